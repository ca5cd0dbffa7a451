"""The API's page: plain HTML from the OpenAPI document, since Swagger's page needs inline styles."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class PlainDocs(DocsBase):
    """The page at /api/v1/docs."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = api.get_openapi_schema()
        context = {
            "schema": schema,
            "operations": list(operations(schema)),
            "document_url": self.get_openapi_url(api, kwargs),
            "requests_per_minute": settings.API_REQUESTS_PER_MINUTE,
        }
        return TemplateResponse(request, "api/docs.html", context).render()


def operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the page tells of each operation of an OpenAPI document."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield {
                "id": operation["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "description": operation.get("description", ""),
                "parameters": [
                    {
                        "name": parameter["name"],
                        "takes": _takes(parameter["schema"]),
                        "description": parameter["schema"].get("description")
                        or parameter.get("description", ""),
                    }
                    for parameter in operation.get("parameters", [])
                ],
            }


def _takes(schema: dict[str, Any]) -> str:
    """A parameter's JSON Schema in words."""
    if schema.get("type") == "array":
        return f"{_takes(schema['items'])}; may be repeated"
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "integer":
        return f"whole number, {schema['minimum']} to {schema['maximum']}"
    return f"text of at most {schema['maxLength']} characters" if "maxLength" in schema else "text"
