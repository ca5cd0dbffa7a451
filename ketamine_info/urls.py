"""Addresses of the site. Wagtail's page tree answers whatever no other pattern does."""

from csp.decorators import csp
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps import Sitemap
from wagtail.contrib.sitemaps import views as sitemap_views
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from accounts.gate import within_role
from clinics.sitemaps import BrowseSitemap, ClinicSitemap
from clinics.urls import embed_urls
from ketamine_info.api.v1 import api

admin_policy = csp(settings.ADMIN_CONTENT_SECURITY_POLICY)
admin_patterns = decorate_urlpatterns(
    decorate_urlpatterns(wagtailadmin_urls.urlpatterns, within_role), admin_policy
)

SITEMAPS = {"pages": Sitemap, "clinics": ClinicSitemap, "browse": BrowseSitemap}

urlpatterns = [
    # One way to sign in, with a second factor: both of Wagtail's own are closed.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(admin_patterns)),
    path("accounts/", include("accounts.urls")),
    path("clinics/", include("clinics.urls")),
    path("embed/", include(embed_urls)),
    path("map/", include("places.urls")),
    path("api/v1/", api.urls),
    path("data/", include("clinics.exporting.urls")),
    path(
        "sitemap.xml", sitemap_views.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, "sitemaps"
    ),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, "sitemap"),
    path(
        "robots.txt",
        TemplateView.as_view(
            template_name="robots.txt",
            content_type="text/plain",
            extra_context={"sitemap": f"{settings.SITE_URL}/sitemap.xml"},
        ),
        name="robots",
    ),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("articles.urls")),
    path("", include(wagtail_urls)),
]
if not settings.PRODUCTION:  # a server leaves uploaded files to the proxy (deploy/nginx.conf)
    urlpatterns.insert(0, path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}))

handler400 = "ketamine_info.views.bad_request"
handler403 = "ketamine_info.views.permission_denied"
handler404 = "ketamine_info.views.page_not_found"
handler500 = "ketamine_info.views.server_error"
