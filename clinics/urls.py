"""Addresses of the finder and the directory."""

from django.urls import path, re_path

from clinics import clinic_page, report_views, views

app_name = "clinics"
urlpatterns = [
    path("", views.clinic_search, name="search"),
    path("suggest", views.clinic_suggest, name="suggest"),
    re_path(r"^near/at/(?P<position>[^/]*,[^/]*)/$", views.clinic_near_position, name="near_position"),
    path("near/<slug:country>/<slug:place>/", views.clinic_near, name="near"),
    path("suggest-a-clinic/", report_views.suggest_clinic, name="suggest_clinic"),
    path("your-report/", report_views.report_status, name="report_status"),
    path("your-listing/", report_views.owner, name="owner"),
    path("<slug:slug>/report/", report_views.report_mistake, name="report_mistake"),
    path("<slug:slug>/", clinic_page.clinic, name="clinic"),
]
