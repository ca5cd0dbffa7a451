"""Addresses of the export."""

from django.urls import path

from clinics.exporting import views

app_name = "data"
urlpatterns = [
    path("", views.export, name="export"),
    path("<str:name>", views.export_file, name="file"),
]
