"""Pages for when something is wrong; for the API, problems (RFC 9457)."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ketamine_info.problems import problem_response

RETRY_AFTER_SECONDS = 30


def refused(request: HttpRequest, status: int) -> HttpResponse:
    """The page, or the problem, of an error *status*: 400, 403, 404, 413, 414, 500 or 503."""
    if request.path_info.startswith("/api/"):
        response = problem_response(status)
    else:
        template = "413.html" if status == 414 else f"{status}.html"
        response = render(request, template, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def bad_request(request, exception):
    return refused(request, 400)


def permission_denied(request, exception):
    return refused(request, 403)


def csrf_failure(request, reason=""):
    return refused(request, 403)


def page_not_found(request, exception):
    return refused(request, 404)


def server_error(request):
    """500, or 503 when it is the database that does not answer. The page itself needs no database."""
    database_gone = isinstance(sys.exception(), OperationalError | InterfaceError)
    return refused(request, 503 if database_gone else 500)
