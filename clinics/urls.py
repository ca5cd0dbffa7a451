"""Addresses of the finder and the directory."""

from django.urls import path, re_path

from clinics import clinic_page, views

app_name = "clinics"
urlpatterns = [
    path("", views.clinic_search, name="search"),
    path("suggest", views.clinic_suggest, name="suggest"),
    re_path(r"^near/at/(?P<position>[^/]*,[^/]*)/$", views.clinic_near_position, name="near_position"),
    path("near/<slug:country>/<slug:place>/", views.clinic_near, name="near"),
    path("<slug:slug>/", clinic_page.clinic, name="clinic"),
]
