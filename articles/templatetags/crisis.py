"""The telephone lines of a country, for pages of other parts of the site."""

from django import template

from articles.models import CrisisLine

register = template.Library()


@register.simple_tag
def crisis_lines_of(country: str) -> list[CrisisLine]:
    """Those of an ISO 3166-1 country, the emergency number first; of the British islands, the United Kingdom's."""
    country = "GB" if country in ("JE", "GG", "IM") else country
    return list(CrisisLine.objects.filter(country=country).order_by("position", "pk"))
