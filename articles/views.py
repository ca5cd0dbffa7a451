"""The search of the site, and the picture that goes with a link to a page."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from articles.search import LONGEST_TEXT, search, shown
from articles.share_images import drawn
from places.finding import Outcome
from places.models import Place
from places.postcodes import read, tidy

MOST_PLACES = 3  # offered where a text may be the code or the name of several
# What somebody in danger may type. The card that it brings up does no harm to anybody else.
IN_DANGER = re.compile(
    r"suicid|\bdie\b|dying|kill(?:ing)? (?:my|him|her|them)|end (?:my|his|her|it|their)\b|self.?harm|overdos"
    r"|hurt(?:ing)? myself|emergency|crisis",
    re.IGNORECASE,
)


class SeeOther(HttpResponseRedirect):
    """303: what was posted is answered at another address, to be fetched with GET."""

    status_code = 303


@csrf_exempt  # it changes nothing, and the box may sit on pages that caches share
@require_http_methods(["GET", "HEAD", "POST"])
def site_search(request: HttpRequest) -> HttpResponse:
    """Search the site. Words come back in the address, so that one can go back to them; a postcode never does."""
    asked = request.POST if request.method == "POST" else request.GET
    if "q" not in asked:
        return _page(request)
    text = tidy(asked["q"])
    if not text:
        return _page(request, status=422, error="Type a word to look for, such as bladder.")
    if len(text) > LONGEST_TEXT:
        error = f"That is longer than {LONGEST_TEXT} characters. Use a few words."
        return _page(request, status=422, text=text, error=error)
    if postcode := exact_postcode(text):
        return _clinics_near(request, postcode)
    if request.method == "POST":
        return SeeOther(f"{reverse('articles:search')}?{urlencode({'q': text})}")
    found = search(text, request.GET.get("page"))
    places = () if found.as_typed and not read(text) else _places(text)
    in_danger = IN_DANGER.search(text)
    if places and not found.as_typed:  # the name of a town, which looks like other words
        return _page(request, text=text, places=places, in_danger=in_danger)
    return _page(
        request, text=text, found=found, results=shown(found, request), places=places, in_danger=in_danger
    )


def exact_postcode(text: str) -> str:
    """The first whole postcode in *text* that is finer than what the finder puts into an address, or nothing."""
    words = text.split()
    for length in (2, 1):
        for start in range(len(words) - length + 1):
            candidate = " ".join(words[start : start + length])
            if any(reading.is_whole and reading.shown != reading.code for reading in read(candidate)):
                return candidate
    return ""


@require_safe
def share_image(request: HttpRequest, page: int) -> HttpResponse:
    """The picture that other sites show beside a link to a page."""
    shared = get_object_or_404(Page.objects.live().public().filter(depth__gt=1), pk=page)
    return HttpResponse(drawn(shared.title), content_type="image/png")


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    return TemplateResponse(request, "articles/search.html", context, status=status)


def _places(text: str) -> tuple[Place, ...]:
    """Places that *text* may be the name or the code of."""
    finding = Place.objects.find(text)
    known = (Outcome.FOUND, Outcome.PARTIAL, Outcome.AMBIGUOUS)
    return finding.places[:MOST_PLACES] if finding.outcome in known else ()


def _clinics_near(request: HttpRequest, postcode: str) -> HttpResponse:
    """On to the clinics near a postcode, whose address names its area. An unknown one gets into no address."""
    place = Place.objects.find(postcode).place
    if place is None:
        return _page(request, status=404, postcode=postcode)
    return SeeOther(reverse("clinics:near", args=[place.country.lower(), place.slug]))
