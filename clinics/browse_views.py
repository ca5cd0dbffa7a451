"""The pages of the directory by place."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinics import browse
from clinics.browse import Branch
from clinics.freshness import mark_doubtful
from clinics.models import Clinic
from clinics.search import MOST_REMOTE, positive_number
from places.countries import COVERED, country_name


def _country(slug: str) -> str:
    code = slug.upper()
    if slug != slug.lower() or code not in COVERED:
        raise Http404
    return code


def _found(branches: list[Branch], slug: str) -> Branch:
    branch = next((branch for branch in branches if branch.slug == slug), None)
    if branch is None:
        raise Http404
    return branch


def _page(request: HttpRequest, count: int, size: int) -> tuple[int, int, slice]:
    """(number of the page, how many there are, what of a list is on it)."""
    pages = browse.pages(count, size)
    number = min(max(positive_number(request.GET, "page"), 1), pages)
    return number, pages, slice((number - 1) * size, number * size)


@require_safe
def browse_countries(request: HttpRequest) -> HttpResponse:
    """The countries with a listed clinic."""
    branches = browse.countries()
    context = {
        "branches": branches,
        "is_sample": all(branch.is_sample for branch in branches),
        "canonical_url": request.build_absolute_uri(request.path),
    }
    return TemplateResponse(request, "clinics/browse_countries.html", context)


@require_safe
def browse_country(request: HttpRequest, country: str) -> HttpResponse:
    """The regions of a country, and the remote services that may serve all of it."""
    code = _country(country)
    branches = browse.regions(code)
    remote = Clinic.objects.listed().serving(code).for_cards().order_by("name", "pk")[:MOST_REMOTE]
    context = {
        "name": country_name(code),
        "branches": branches,
        "count": sum(branch.count for branch in branches),
        "remote": list(remote),
        "is_sample": all(branch.is_sample for branch in branches),
        "canonical_url": request.build_absolute_uri(request.path),
    }
    return TemplateResponse(request, "clinics/browse_country.html", context)


@require_safe
def browse_region(request: HttpRequest, country: str, region: str) -> HttpResponse:
    """The towns of a region."""
    code = _country(country)
    branch = _found(browse.regions(code), region)
    towns = browse.towns(code, branch)
    page, pages, shown = _page(request, len(towns), browse.TOWNS_PAGE)
    context = {
        "region": branch,
        "country_name": country_name(code),
        "country_url": reverse("clinics:browse_country", args=[country]),
        "branches": towns[shown],
        "page": page,
        "pages": pages,
        "is_sample": branch.is_sample,
        "canonical_url": request.build_absolute_uri(request.path),
    }
    return TemplateResponse(request, "clinics/browse_region.html", context)


@require_safe
def browse_town(request: HttpRequest, country: str, region: str, town: str) -> HttpResponse:
    """The clinics of a town."""
    code = _country(country)
    region_branch = _found(browse.regions(code), region)
    town_branch = _found(browse.towns(code, region_branch), town)
    page, pages, shown = _page(request, town_branch.count, browse.CLINICS_PAGE)
    clinics = list(browse.clinics_in(code, region_branch, town_branch)[shown])
    mark_doubtful(clinics, timezone.localdate())
    context = {
        "town": town_branch,
        "region": region_branch,
        "country": code,
        "country_name": country_name(code),
        "country_url": reverse("clinics:browse_country", args=[country]),
        "clinics": clinics,
        "page": page,
        "pages": pages,
        "is_sample": town_branch.is_sample,
        "canonical_url": request.build_absolute_uri(request.path),
    }
    return TemplateResponse(request, "clinics/browse_town.html", context)
