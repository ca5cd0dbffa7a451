"""Addresses of the export."""

from django.urls import path

from clinics import unmet_need_views
from clinics.exporting import views

app_name = "data"
urlpatterns = [
    path("", views.export, name="export"),
    path("unmet-need.csv", unmet_need_views.unmet_need_csv, name="unmet_need_csv"),
    path("unmet-need.json", unmet_need_views.unmet_need_json, name="unmet_need_json"),
    path("<str:name>", views.export_file, name="file"),
]
