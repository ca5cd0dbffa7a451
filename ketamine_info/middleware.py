"""What every answer carries, and what is refused before anything else looks at it."""

from urllib.parse import urlsplit

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.encoding import uri_to_iri
from wagtail.contrib.redirects.middleware import RedirectMiddleware
from wagtail.contrib.redirects.models import Redirect

from ketamine_info.views import refused

LONGEST_QUERY = 2048  # bytes; the longest search with every filter chosen is a third of it
LONGEST_STAFF_SEARCH = 200  # characters; Wagtail's search turns each word into a nested query
LARGEST_PUBLIC_BODY = 64 * 1024  # bytes; what the public may send
STAFF_PATHS = ("/admin/", "/accounts/")

SHARED = "public, max-age=60, s-maxage=300, stale-while-revalidate=600, stale-if-error=86400"
SHARED_FOR_LONG = "public, max-age=604800, stale-while-revalidate=2592000, stale-if-error=2592000"
NOT_STORED = "private, no-store"

OPEN_PATHS = ("/api/", "/data/", "/share-images/")  # what pages of other sites may read and show
FRAMED_PATH = "/embed/"  # the one page that may stand in a frame of any site
READABLE_BY_OTHERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag, RateLimit, RateLimit-Policy, Retry-After",
    "Access-Control-Max-Age": "86400",
}


class ContentSecurityPolicy(CSPMiddleware):
    """The policy of the address asked for, once.

    Wagtail makes a preview by asking the site for the page from within the admin's own answer. The page's policy
    would forbid the frame that the preview is shown in; the admin's, put on the outer answer, is the one that counts.
    """

    def process_response(self, request, response):
        if getattr(request, "is_dummy", False):
            return response
        return super().process_response(request, response)


class Redirects(RedirectMiddleware):
    """Wagtail's, which asks for the site and for each spelling of a path, only where a redirect has one of them.

    Most addresses that lead nowhere never led anywhere: one short query is enough for those that strangers try out.
    """

    def process_response(self, request, response):
        if response.status_code != 404 or not leads_on(request):
            return response
        return super().process_response(request, response)


def leads_on(request: HttpRequest) -> bool:
    """Whether a redirect has the path of *request*, with its query or without, as it was sent or decoded."""
    whole = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    sent = {whole, urlsplit(whole).path}
    paths = sent | {uri_to_iri(path) for path in sent}
    return Redirect.objects.filter(old_path__in=[path for path in paths if "\0" not in path]).exists()


def headers(get_response):
    """Headers that no setting of Django's gives."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=(), payment=()"
        open_to_others = request.path_info.startswith(OPEN_PATHS)
        may_be_embedded = open_to_others or request.path_info == FRAMED_PATH
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if may_be_embedded else "same-origin"
        if open_to_others:
            for name, value in READABLE_BY_OTHERS.items():
                response[name] = value
        if request.method == "HEAD" and not response.streaming:
            response.content = b""  # its length was said; gunicorn warns of a body nobody may get
        return response

    return middleware


def caching(get_response):
    """Nothing is stored by anybody, but what is on the allow-list and looked at nobody's session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Cache-Control"] = how_long(request) if may_be_shared(request, response) else NOT_STORED
        return response

    return middleware


def how_long(request: HttpRequest) -> str:
    """For how long caches may keep what is asked for, once they may keep it at all."""
    view = request.resolver_match and request.resolver_match.view_name
    return SHARED_FOR_LONG if view in settings.SHARED_FOR_LONG_VIEWS else SHARED


def may_be_shared(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether caches may keep *response* for other people.

    A page behind a password or for a group looks at the session to decide, which is what keeps it private.
    """
    view = request.resolver_match and request.resolver_match.view_name
    session = getattr(request, "session", None)
    return (
        request.method in ("GET", "HEAD")
        and response.status_code in (200, 304)
        and view in settings.SHARED_VIEWS | settings.SHARED_FOR_LONG_VIEWS
        and not response.cookies
        and session is not None
        and not session.accessed
    )


def input_limits(get_response):
    """Refuse NUL, which PostgreSQL cannot store, wherever it comes, and more than any of our forms needs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return refused(request, status) if (status := refusal(request)) else get_response(request)

    return middleware


def refusal(request: HttpRequest) -> int | None:
    """The status with which *request* is refused, or None."""
    query = request.META.get("QUERY_STRING", "")
    if "\0" in request.path_info or "\0" in query or "%00" in query:
        return 400
    if any("\0" in value for value in request.COOKIES.values()):
        return 400
    staff = request.path_info.startswith(STAFF_PATHS)
    if staff and len(request.GET.get("q", "")) > LONGEST_STAFF_SEARCH:
        return 414
    if len(query) > LONGEST_QUERY and not staff:
        return 414
    if request.method in ("GET", "HEAD"):
        return None
    if not staff and _content_length(request) > LARGEST_PUBLIC_BODY:
        return 413
    try:
        names_and_values = [text for name, values in request.POST.lists() for text in (name, *values)]
    except RequestDataTooBig:
        return 413
    except UnreadablePostError:
        return 400  # cut off on its way
    return 400 if any("\0" in text for text in names_and_values) else None


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
