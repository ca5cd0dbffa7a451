"""The finder box for other people's sites: a page for a frame, and the page that gives the code for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from places.countries import COVERED, country_name


class EmbedForm(forms.Form):
    """What the box may be told by the page that it stands on. Nothing is required."""

    country = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "All")] + [(code.lower(), country_name(code)) for code in COVERED],
        help_text="Where a postcode or a town fits two countries, this one is meant.",
    )
    colours = forms.ChoiceField(
        required=False,
        choices=[("", "As the visitor’s device"), ("light", "Light"), ("dark", "Dark")],
    )
    place = forms.CharField(
        required=False, max_length=80, help_text="What stands in the box at first, such as your town."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "field__input"

    @property
    def address(self) -> str:
        """The address of the box with the options that were chosen."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return reverse("embed:box") + (f"?{urlencode(chosen)}" if chosen else "")


def _chosen(request: HttpRequest) -> EmbedForm:
    """The form as the query string fills it, without what it does not know."""
    form = EmbedForm({name: request.GET.get(name, "") for name in EmbedForm.base_fields})
    if not form.is_valid():
        form.cleaned_data = form.cleaned_data | dict.fromkeys(form.errors, "")
    return form


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def box(request: HttpRequest) -> HttpResponse:
    """The search box alone; its answer opens in a tab of its own. It may stand in a frame of any site."""
    context = _chosen(request).cleaned_data | {"site": request.build_absolute_uri("/")}
    return TemplateResponse(request, "clinics/embed_box.html", context)


@require_safe
@csp_replace({"frame-src": ["'self'"]})
def code(request: HttpRequest) -> HttpResponse:
    """How to put the box on another site: the options, how it looks, and what to copy."""
    form = _chosen(request)
    address = request.build_absolute_uri(form.address)
    context: dict[str, Any] = {
        "form": form,
        "box_url": form.address,
        "code": render_to_string("clinics/_embed_code.html", {"address": address}).strip(),
        "canonical_url": request.build_absolute_uri(request.path),
    }
    return TemplateResponse(request, "clinics/embed_code.html", context)
