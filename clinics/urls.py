"""Addresses of the finder and the directory."""

from django.urls import path, re_path

from clinics import browse_views, clinic_page, compare, embed, paper, report_views, unmet_need_views, views

app_name = "clinics"
urlpatterns = [
    path("", views.clinic_search, name="search"),
    path("suggest", views.clinic_suggest, name="suggest"),
    re_path(r"^near/at/(?P<position>[^/]*,[^/]*)/$", views.clinic_near_position, name="near_position"),
    path("near/<slug:country>/<slug:place>/", views.clinic_near, name="near"),
    path("where-nothing-was-found/", unmet_need_views.unmet_need, name="unmet_need"),
    path("suggest-a-clinic/", report_views.suggest_clinic, name="suggest_clinic"),
    path("your-report/", report_views.report_status, name="report_status"),
    path("your-listing/", report_views.owner, name="owner"),
    path("<slug:slug>/report/", report_views.report_mistake, name="report_mistake"),
    path("near/<slug:country>/<slug:place>/paper/", paper.search_paper, name="near_paper"),
    path("compare/", compare.clinic_compare, name="compare"),
    path("compare/paper/", paper.compare_paper, name="compare_paper"),
    path("browse/", browse_views.browse_countries, name="browse"),
    path("browse/<slug:country>/", browse_views.browse_country, name="browse_country"),
    path("browse/<slug:country>/<slug:region>/", browse_views.browse_region, name="browse_region"),
    path("browse/<slug:country>/<slug:region>/<slug:town>/", browse_views.browse_town, name="browse_town"),
    path("<slug:slug>/", clinic_page.clinic, name="clinic"),
    path("<slug:slug>/from/", clinic_page.clinic_from, name="from"),
]

embed_urls = (
    [path("", embed.box, name="box"), path("code/", embed.code, name="code")],
    "embed",
)
