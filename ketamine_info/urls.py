"""Addresses of the site. Wagtail's page tree answers whatever no other pattern does."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from clinics.api import api

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("clinics/", include("clinics.urls")),
    path("api/v1/", api.urls),
    path("", include(wagtail_urls)),
]
