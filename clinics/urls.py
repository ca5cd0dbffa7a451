"""Addresses of the finder and the directory."""

from django.urls import path

from clinics import views

app_name = "clinics"
urlpatterns = [
    path("", views.clinic_search, name="search"),
    path("near/<slug:country>/<slug:place>/", views.clinic_near, name="near"),
    path("<slug:slug>/", views.clinic, name="clinic"),
]
