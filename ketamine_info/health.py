"""Health for load balancers: answered before hosts, sessions or redirects are looked at."""

import logging

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)


def health(get_response):
    """Middleware: ``/livez`` says that this process answers, ``/readyz`` whether it can read its database."""

    def middleware(request: HttpRequest):
        if request.path_info == "/livez":
            return _answer("pass", 200)
        if request.path_info == "/readyz":
            readable = database_is_readable()
            checks = {"database": [{"status": "pass" if readable else "fail"}]}
            return _answer("pass" if readable else "fail", 200 if readable else 503, checks=checks)
        return get_response(request)

    return middleware


def database_is_readable() -> bool:
    """Whether a query is answered. Why not is for the log: the answer never holds an address or a name."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except Error as error:
        logger.warning("The database cannot be read: %s", type(error).__name__)
        connection.close()
        return False


def _answer(status: str, code: int, **more) -> JsonResponse:
    answer = JsonResponse({"status": status, **more}, status=code, content_type="application/health+json")
    answer["Cache-Control"] = "no-store"
    return answer
