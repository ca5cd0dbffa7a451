"""The pages of the finder: ask, and what was found."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url
from django_htmx.middleware import HtmxDetails

from clinics import unmet_need
from clinics.facets import Facets, count_facets
from clinics.filters import (
    chosen_options,
    filter_groups,
    in_other_unit,
    radii,
    radius_reaching,
    remote_alone,
    sort_choices,
)
from clinics.freshness import mark_doubtful
from clinics.ladder import ladder
from clinics.maps import results_map
from clinics.models import Clinic
from clinics.search import MOST_REMOTE, ClinicSearch, Results, positive_number
from places.finding import Outcome
from places.models import Place
from places.vicinity import Vicinity

STATUS = {
    Outcome.MALFORMED: 422,
    Outcome.UNKNOWN: 404,
    Outcome.NOT_COVERED: 404,
    Outcome.AMBIGUOUS: 200,
    Outcome.PARTIAL: 422,  # a part of a postcode that is no place by itself
}


class FinderRequest(HttpRequest):
    """A request as HtmxMiddleware hands it on."""

    htmx: HtmxDetails


class SeeOther(HttpResponseRedirect):
    """303: what was posted is answered at another address, to be fetched with GET."""

    status_code = 303


@csrf_exempt  # it changes nothing, and the box sits on pages that caches share
@require_http_methods(["GET", "HEAD", "POST"])
def clinic_search(request: HttpRequest) -> HttpResponse:
    """The search box. A place found leads on to its results, at an address that names no exact postcode."""
    asked = request.POST if request.method == "POST" else request.GET
    if "at" in request.POST:
        return _lead_to_position(request, request.POST["at"])
    text = asked.get("where", asked.get("q"))
    if text is None:
        return TemplateResponse(request, "clinics/clinic_search.html", {})
    if not text.strip():
        return TemplateResponse(request, "clinics/clinic_search.html", {"nothing_typed": True}, status=422)
    finding = Place.objects.find(text, country=asked.get("country") or None)
    if finding.place:
        return SeeOther(ClinicSearch.from_query(finding.place, asked).get_absolute_url())
    choices = [(place, ClinicSearch.from_query(place, asked).get_absolute_url()) for place in finding.places]
    return TemplateResponse(
        request,
        "clinics/clinic_search.html",
        {"finding": finding, "choices": choices},
        status=STATUS[finding.outcome],
    )


def _lead_to_position(request: HttpRequest, position: str) -> HttpResponse:
    """On to what is near the cell of a *position*: a browser rounds it, and this rounds whatever came."""
    try:
        vicinity = Vicinity.around(position)
    except ValueError:
        return TemplateResponse(request, "clinics/clinic_search.html", {"no_position": True}, status=422)
    return SeeOther(ClinicSearch.from_query(vicinity, request.POST).get_absolute_url())


@csrf_exempt  # it changes nothing
@require_POST  # what is typed stays out of addresses, and so out of every log on the way
def clinic_suggest(request: HttpRequest) -> HttpResponse:
    """Places that begin with what is being typed, each with the address of its results."""
    places = Place.objects.suggest(request.POST.get("q", ""), country=request.POST.get("country") or None)
    suggestions = [
        {
            "label": place.label,
            "country": place.country_name,
            "url": ClinicSearch.from_query(place, request.POST).get_absolute_url(),
        }
        for place in places
    ]
    return JsonResponse({"places": suggestions})


@require_safe
def clinic_near(request: FinderRequest, country: str, place: str) -> HttpResponse:
    """Clinics near a place, nearest first."""
    try:
        centre = Place.objects.at(country.upper(), place)
    except Place.DoesNotExist:
        return TemplateResponse(request, "clinics/clinic_search.html", {"no_such_place": True}, status=404)
    return _results(request, ClinicSearch.from_query(centre, request.GET))


@require_safe
def clinic_near_position(request: FinderRequest, position: str) -> HttpResponse:
    """Clinics near where somebody is, at the address of a cell of about 1 km; a finer one leads to that."""
    try:
        vicinity = Vicinity.around(position, on_map=request.GET.get("from") == "map")
    except ValueError:
        return TemplateResponse(request, "clinics/clinic_search.html", {"no_such_place": True}, status=404)
    search = ClinicSearch.from_query(vicinity, request.GET)
    if position != vicinity.slug:
        return HttpResponseRedirect(search.get_absolute_url())
    return _results(request, search)


def _results(request: FinderRequest, search: ClinicSearch) -> HttpResponse:
    """The page of results; for htmx only those parts of it that a change of the filters changes."""
    results = search.results(positive_number(request.GET, "page"))
    facets = count_facets(search, results.within_km)
    context = near_context(request, search, results, facets)
    unmet_need.count(request, search, results, today=timezone.localdate())
    if not request.htmx:
        return TemplateResponse(request, "clinics/clinic_near.html", context)
    return push_url(
        TemplateResponse(request, "clinics/_near_changed.html", context), search.get_absolute_url()
    )


def near_context(
    request: HttpRequest, search: ClinicSearch, results: Results, facets: Facets
) -> dict[str, Any]:
    """What the page of results is made from; *facets* are those of the results' radius."""
    groups = filter_groups(search, facets)
    nearest = None if results.count else search.nearest_anywhere()
    remote = (
        [] if search.is_remote or results.page > 1 else list(search.remote().for_cards()[: MOST_REMOTE + 1])
    )
    shared = search.to_share()
    clinics = results.clinics if results.count else []
    mark_doubtful([*clinics, *remote], timezone.localdate())
    return {
        "search": search,
        "results": results,
        "namesakes": _namesakes(request, search),
        "remote": remote[:MOST_REMOTE],
        "all_remote": remote_alone(search) if len(remote) > MOST_REMOTE else None,
        "rungs": [] if results.count or not search.is_filtered else ladder(search, results.within, facets),
        "nearest_anywhere": nearest,
        "wider": radius_reaching(search, nearest.km) if nearest else None,
        "filter_groups": groups,
        "chosen_options": chosen_options(groups),
        "unfiltered": search.without_filters(),
        "radii": radii(search),
        "sort_choices": sort_choices(search),
        "in_other_unit": in_other_unit(search),
        "paper_url": search.get_paper_url(),
        "share_url": "" if shared.is_from_position else request.build_absolute_uri(shared.get_absolute_url()),
        "map": results_map(search, results),
        "ticked_elsewhere": _ticked_elsewhere(search, {*clinics, *remote[:MOST_REMOTE]}),
    }


def _ticked_elsewhere(search: ClinicSearch, shown: set[Clinic]) -> list[Clinic]:
    """The clinics ticked for a comparison that the page does not list."""
    slugs = set(search.ticked) - {clinic.slug for clinic in shown}
    return list(Clinic.objects.listed().filter(slug__in=slugs).only("name", "slug")) if slugs else []


def _namesakes(request: HttpRequest, search: ClinicSearch) -> list[tuple[Place, str]]:
    """Other towns of the name, each with the address of the same search there."""
    if not isinstance(search.place, Place) or search.place.kind != Place.Kind.TOWN:
        return []
    return [
        (place, ClinicSearch.from_query(place, request.GET).get_absolute_url())
        for place in Place.objects.namesakes(search.place)
    ]
