"""What every answer of the API has in common: any site may read it, within a limit, and only if it has changed."""

import hashlib
from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from ketamine_info.api import limits
from ketamine_info.problems import problem_response

READ = "GET, HEAD, OPTIONS"


def for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer HEAD and the browser's question before it asks, count, and send 304 for what the asker has."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": READ})
        if request.method not in ("GET", "HEAD"):
            refusal = problem_response(405, detail="The API is read only.")
            refusal["Allow"] = READ
            return refusal
        allowance = limits.take(_address_of(request), limit=settings.API_REQUESTS_PER_MINUTE)
        if allowance.is_exceeded:
            return _with_limit(_too_many(allowance), allowance)
        response = _conditional(request, _as_get(view, request, *args, **kwargs))
        if request.resolver_match and request.resolver_match.view_name in settings.SHARED_VIEWS:
            return response  # a cache may give it to others, whose count is another
        return _with_limit(response, allowance)

    return answered


def _as_get(view: Callable[..., HttpResponse], request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """HEAD is GET without the body, which a middleware drops."""
    method, request.method = request.method, "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = method


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code != 200:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _address_of(request: HttpRequest) -> str:
    """The visitor's address behind the trusted proxies; empty where it cannot be told."""
    try:
        return get_adapter(request).get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):
        return ""


def _too_many(allowance: limits.Allowance) -> HttpResponse:
    detail = (
        f"At most {allowance.limit} requests a minute from one address. Ask again in {allowance.resets_in} s. "
        "The whole directory can be had at once under /data/."
    )
    refusal = problem_response(429, detail=detail)
    refusal["Retry-After"] = str(allowance.resets_in)
    return refusal


def _with_limit(response: HttpResponse, allowance: limits.Allowance) -> HttpResponse:
    """The fields of the IETF's draft on rate limits (draft-ietf-httpapi-ratelimit-headers)."""
    response["RateLimit-Policy"] = f'"minute";q={allowance.limit};w={limits.WINDOW}'
    response["RateLimit"] = f'"minute";r={allowance.remaining};t={allowance.resets_in}'
    return response
