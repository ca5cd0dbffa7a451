"""Structured data for search engines."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What could end the script element or start a tag is written as JSON escapes; any JSON reader undoes them.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """*data* as a JSON-LD block. It is data, not script: browsers do not run it, and the CSP lets it be."""
    text = json.dumps({name: value for name, value in data.items() if value}).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
