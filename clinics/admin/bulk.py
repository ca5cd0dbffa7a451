"""What curators do to many clinics at once from their list: publish, pause, assign, tag; always with a reason."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.text import slugify
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from clinics import bulk
from clinics.models import Clinic, ClinicTag

LARGEST_KEY = 2**63 - 1
REFUSALS_SHOWN = 5


class ReasonForm(forms.Form):
    because = forms.CharField(
        max_length=300,
        label="Why?",
        help_text="Kept in the history of each.",
        error_messages={"required": "Say why. It is kept in the history of each."},
    )


class PauseForm(ReasonForm):
    because = forms.CharField(
        max_length=300,
        label="Why?",
        help_text="Shown to the public on each page, and kept in the history.",
        error_messages={"required": "Say why. The public reads it."},
    )


class AssignForm(ReasonForm):
    field_order = ["to", "because"]
    to = forms.ModelChoiceField(
        get_user_model().objects.filter(is_active=True).order_by("username"),
        required=False,
        empty_label="Nobody",
        label="Who looks after them",
    )


class TagForm(ReasonForm):
    field_order = ["name", "remove", "because"]
    name = forms.CharField(
        max_length=40, label="Tag", help_text="A word or two, for curators alone: price check."
    )
    remove = forms.BooleanField(required=False, label="Take it off instead")

    def clean_name(self) -> str:
        name = slugify(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("A tag is made of letters and digits.")
        return name


class ClinicBulkAction(SnippetBulkAction):
    """One verb of ``clinics.bulk``: refuses more than MOST clinics, says of each one that was left why."""

    models = [Clinic]
    template_name = "clinics/admin/bulk.html"
    form_class: type[forms.Form] = ReasonForm
    needs = "change"
    button = ""
    said = ""  # of the clinics that were changed
    do: Callable[..., bulk.Outcome]

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        if not self.permission_policy.user_has_permission(request.user, self.needs):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_actionable_objects(self) -> tuple[list[Clinic], dict[str, Any]]:
        clinics = self._chosen().defer("position")
        return ([] if self._is_too_many() else list(clinics.order_by("name", "pk"))), {
            "items_with_no_access": []
        }

    def _chosen(self):
        keys = self.request.GET.getlist("id")
        known = {int(key) for key in keys if key.isascii() and key.isdigit() and int(key) <= LARGEST_KEY}
        return Clinic.objects.filter(pk__in=known)

    def _is_too_many(self) -> bool:
        everything = "all" in self.request.GET.getlist(
            "id"
        )  # Wagtail means the directory, whatever is filtered
        return everything or self._chosen()[: bulk.MOST + 1].count() > bulk.MOST

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        mine = {"action": self, "most": bulk.MOST, "is_too_many": self._is_too_many()}
        return super().get_context_data(**kwargs) | mine

    def form_valid(self, form) -> HttpResponse:
        if self._is_too_many():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return super().form_valid(form)

    def form_invalid(self, form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_execution_context(self) -> dict[str, Any]:
        return {"action": self, "said": self.cleaned_form.cleaned_data, "by": self.request.user}

    @classmethod
    def execute_action(cls, objects, *, action=None, said=None, by=None, **kwargs) -> tuple[int, int]:
        action.outcome = cls.do(objects, by=by, **said)
        return len(action.outcome.done), 0

    def get_success_message(self, done: int, _) -> str | None:
        refused = self.outcome.refused
        for clinic, why in refused[:REFUSALS_SHOWN]:
            messages.warning(self.request, f"{clinic}: left as it was. {why}")
        if len(refused) > REFUSALS_SHOWN:
            more = len(refused) - REFUSALS_SHOWN
            messages.warning(self.request, f"{more} more {'was' if more == 1 else 'were'} left as they were.")
        return f"{done} {'clinic' if done == 1 else 'clinics'} {self.said}." if done else None


@hooks.register("register_bulk_action")
class PublishMany(ClinicBulkAction):
    display_name, action_type, needs = "Publish", "publish", "publish"
    aria_label = "Publish the chosen clinics"
    action_priority = 10
    button, said = "Publish them", "published"
    do = staticmethod(bulk.publish)


@hooks.register("register_bulk_action")
class PauseMany(ClinicBulkAction):
    display_name, action_type, needs = "Pause", "pause", "publish"
    aria_label = "Pause the chosen clinics"
    action_priority = 20
    form_class = PauseForm
    button, said = "Pause them", "paused"
    do = staticmethod(bulk.pause)


@hooks.register("register_bulk_action")
class AssignMany(ClinicBulkAction):
    display_name, action_type = "Assign", "assign"
    aria_label = "Say who looks after the chosen clinics"
    action_priority = 30
    form_class = AssignForm
    button, said = "Assign them", "assigned"
    do = staticmethod(bulk.assign)


@hooks.register("register_bulk_action")
class TagMany(ClinicBulkAction):
    display_name, action_type = "Tag", "tag"
    aria_label = "Tag the chosen clinics"
    action_priority = 40
    form_class = TagForm
    button, said = "Save", "tagged anew"
    do = staticmethod(bulk.tag)

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        names = ClinicTag.objects.order_by("name").values_list("name", flat=True).distinct()[:50]
        return super().get_context_data(**kwargs) | {"tags_in_use": names}


def take_away_delete() -> None:
    """No clinic is deleted, so the list does not offer it."""
    bulk_action_registry.get_bulk_actions_for_model("clinics", "clinic")  # finds them all, once
    bulk_action_registry.actions["clinics"]["clinic"].pop("delete", None)
