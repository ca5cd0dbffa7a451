"""The addresses of the directory that search engines should know: real listings, and the places that have some."""

from django.contrib.sitemaps import Sitemap

from clinics import browse
from clinics.models import Clinic


class ClinicSitemap(Sitemap):
    """Every listed clinic that is not a sample."""

    limit = 10_000  # addresses a file

    def items(self):
        clinics = Clinic.objects.listed().filter(is_sample=False).order_by("pk")
        return clinics.only("slug", "updated_at")

    def lastmod(self, clinic: Clinic):
        return clinic.updated_at


class BrowseSitemap(Sitemap):
    """Countries and regions with a listed clinic that is not a sample; the towns are linked from them."""

    def items(self) -> list[str]:
        countries = [country for country in browse.countries() if country.real]
        regions = [
            region.url
            for country in countries
            for region in browse.regions(country.slug.upper())
            if region.real
        ]
        return [country.url for country in countries] + regions

    def location(self, url: str) -> str:
        return url
