"""The site's addresses and two more: the floor, a results page whose twenty clinics are known by primary key, and the
results page without the counts beside its filters.
"""

from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from clinics.facets import Facets
from clinics.filters import chosen_options, filter_groups, in_other_unit, radii
from clinics.models import Clinic
from clinics.search import ClinicSearch, Results
from clinics.views import near_context
from ketamine_info.benchmark.scenarios import nowhere
from ketamine_info.urls import *  # noqa: F403
from ketamine_info.urls import urlpatterns as site
from places.models import Place

NO_FACETS = Facets({}, is_at_least=False)


class KnownResults(Results):
    """Results that were found beforehand."""

    keys: list[int]

    @cached_property
    def count(self) -> int:
        return len(self.keys)

    @cached_property
    def clinics(self) -> list[Clinic]:
        clinics = list(Clinic.objects.filter(pk__in=self.keys).for_cards())
        for clinic in clinics:
            clinic.km = self.search.point.km_to(clinic.point)
        return clinics


def floor(request: HttpRequest) -> HttpResponse:
    search = ClinicSearch(nowhere(), within=50)
    results = KnownResults(search, within=50)
    object.__setattr__(results, "keys", [int(key) for key in request.GET.getlist("key")])
    groups = filter_groups(search, NO_FACETS)
    context = {
        "search": search,
        "results": results,
        "filter_groups": groups,
        "chosen_options": chosen_options(groups),
        "radii": radii(search),
        "in_other_unit": in_other_unit(search),
    }
    return TemplateResponse(request, "clinics/clinic_near.html", context)


def without_facets(request: HttpRequest, country: str, place: str) -> HttpResponse:
    search = ClinicSearch.from_query(Place.objects.at(country, place), request.GET)
    context = near_context(request, search, search.results(), NO_FACETS)
    return TemplateResponse(request, "clinics/clinic_near.html", context)


urlpatterns = [
    path("bench/floor/", floor),
    path("bench/without-facets/<slug:country>/<slug:place>/", without_facets),
    *site,
]
