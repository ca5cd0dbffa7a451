"""Version 1: the routers, the problems they may raise, and the document that describes them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from wagtail.utils.urlpatterns import decorate_urlpatterns

from articles.api import router as articles
from clinics.api.router import PlaceProblem
from clinics.api.router import router as clinics
from ketamine_info.api.docs import PlainDocs
from ketamine_info.api.reading import for_programs
from ketamine_info.problems import MEDIA_TYPE, problem_response

DESCRIPTION = (
    "Where places are, which listed clinics are near them, and the articles. Read only, without a key, free to use "
    "with the credits of /data/."
)
PROBLEM = {"$ref": "#/components/schemas/Problem"}


class ReadAPI(NinjaAPI):
    """An API that only answers; its document says how it refuses, too."""

    def get_openapi_schema(self, **kwargs: Any):
        schema = super().get_openapi_schema(**kwargs)
        for path, methods in schema["paths"].items():
            for operation in methods.values():
                _add_problems(operation, has_names="{" in path)
                for parameter in operation["parameters"]:
                    _say_plainly(parameter)
        return schema

    def get_openapi_operation_id(self, operation) -> str:
        return operation.view_func.__name__

    @property
    def urls(self):
        patterns, app_name, namespace = super().urls
        return decorate_urlpatterns(patterns, for_programs), app_name, namespace


def _add_problems(operation: dict[str, Any], *, has_names: bool) -> None:
    """Every operation may find its parameters wrong or be asked too often; one with a name in its path, nothing."""
    titles = {
        400: "A NUL character",
        414: "Too long an address",
        422: "Invalid parameters",
        429: "Too many requests",
    } | ({404: "Not found"} if has_names else {})
    responses = operation["responses"]
    for status, title in titles.items():
        responses.setdefault(status, {"description": title})
    for status in responses:
        if int(status) >= 400:
            responses[status]["content"] = {MEDIA_TYPE: {"schema": PROBLEM}}
    responses[304] = {"description": "Not changed since the ETag sent as If-None-Match"}


def _say_plainly(parameter: dict[str, Any]) -> None:
    """As OpenAPI has it: a parameter is left out rather than null, and has one example, not a list of them."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        (only,) = [each for each in schema.pop("anyOf") if each.get("type") != "null"]
        schema.update(only | schema)
    if "description" in schema:
        parameter["description"] = schema["description"]
    if examples := parameter.pop("examples", None):
        parameter["example"] = examples[0]


api = ReadAPI(
    title="Ketamine Info",
    version="1",
    description=DESCRIPTION,
    docs=PlainDocs(),
    urls_namespace="api",
)
api.add_router("", clinics)
api.add_router("", articles)


@api.exception_handler(PlaceProblem)
def place_problem(request: HttpRequest, error: PlaceProblem) -> HttpResponse:
    problem = error.problem().model_dump(mode="json", exclude={"type"})
    return problem_response(**problem)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # What was sent is not repeated: it may be somebody's postcode.
    detail = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors)
    return problem_response(422, title="Invalid parameters", detail=detail)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(404, detail="There is nothing here.")


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(error.status_code, detail=str(error))


@api.exception_handler(PermissionDenied)
def refused(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem_response(403, detail="You may not do that.")
