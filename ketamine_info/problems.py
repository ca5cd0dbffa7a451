"""Problem documents (RFC 9457): how anything under /api/ says that it cannot answer."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse

MEDIA_TYPE = "application/problem+json"


def problem_response(status: int, *, title: str = "", detail: str = "", **more: Any) -> HttpResponse:
    """The answer with that status; *more* are members of its own that say more about it."""
    problem = {"type": "about:blank", "title": title or HTTPStatus(status).phrase, "status": status}
    if detail:
        problem["detail"] = detail
    return JsonResponse(problem | more, status=status, content_type=MEDIA_TYPE)
