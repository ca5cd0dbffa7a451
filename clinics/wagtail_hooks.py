"""The directory in the admin: clinics, the providers that run them, and what published lists said of them."""

from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.views.generic import View
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn
from wagtail.log_actions import LogFormatter
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    InspectView,
    SnippetViewSet,
    SnippetViewSetGroup,
    UnpublishView,
)

from clinics import conflicts, curation
from clinics.admin import bulk, menu  # noqa: F401  (their hooks)
from clinics.admin.listing import EXPORT_HEADINGS, LIST_EXPORT, ClinicFilterSet, ClinicIndexView, for_list
from clinics.editing import PANELS, ProviderForm
from clinics.models import Clinic, Provider, SourceRecord, TreatmentSchedule
from clinics.statements import statements

SAID_BEFORE = "clinic_said_before"  # on a request that edits a clinic: what the public read until then


class NothingIsDeleted(ModelPermissionPolicy):
    """Clinics are delisted, never deleted: their addresses go on saying what became of them. So with who runs them."""

    forbidden = {"delete"}

    def user_has_permission(self, user, action):
        return action not in self.forbidden and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class NothingIsWritten(NothingIsDeleted):
    """What a source said stays as it was said. Who may change clinics may read it."""

    forbidden = {"add", "change", "delete", "publish"}

    def user_has_permission(self, user, action):
        return super().user_has_permission(user, action) or (
            action == "view" and user.has_perm("clinics.change_clinic")
        )


register_permission_policy(Clinic, NothingIsDeleted(Clinic))
register_permission_policy(Provider, NothingIsDeleted(Provider))  # its clinics could not stand without it
register_permission_policy(SourceRecord, NothingIsWritten(SourceRecord))


def _shown_as(clinic: Clinic) -> str:
    """What the public is shown. Wagtail's own column asks the database about each row."""
    if not clinic.live:
        return "Draft"
    return clinic.get_status_display() + (", draft waiting" if clinic.has_unpublished_changes else "")


class SavedByHand(View):
    """No autosave: half a word typed by mistake would be a draft that stands in everybody's way (docs/adr/0021)."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.autosave_enabled = False


class ClinicCreateView(SavedByHand, CreateView):
    pass


class ClinicEditView(SavedByHand, EditView):
    """The editor, which never writes over what somebody else saved meanwhile: Wagtail's own saves without asking."""

    theirs: list[str] | None = None  # what others changed since the form was opened; None when nobody did

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        Clinic.objects.select_for_update().only("pk").get(pk=self.object.pk)  # the next one waits, then looks
        if (opened := request.POST.get("loaded_revision_id")) is not None:
            self.theirs = conflicts.changed_since(clinic=self.object, revision=opened)
        response = super().post(request, *args, **kwargs)
        if self.theirs is not None:
            response.status_code = 409
        return response

    def is_valid(self, form):
        if self.theirs is None:
            return super().is_valid(form)
        self.produced_error_code = "invalid_revision"
        self.produced_error_message = (
            "Somebody saved this clinic after you opened it. What you typed is below, and not saved yet. They "
            f"changed: {', '.join(self.theirs) or 'nothing that the form shows'}. Their version is in the history. "
            "Saving now puts yours in its place."
        )
        return False


class ClinicUnpublishView(UnpublishView):
    def unpublish(self):
        curation.unpublish(clinic=self.object, because="", by=self.request.user)


class ClinicViewSet(SnippetViewSet):
    model = Clinic
    icon = "clipboard-list"
    menu_label = "Clinics"
    edit_handler = PANELS
    list_display = [
        "name",
        "town",
        Column("country", sort_key="country"),
        Column("status", accessor=_shown_as, sort_key="status"),
        DateColumn("verified_on", label="Verified on", sort_key="verified_on"),
        Column("source", label="Source"),
        Column("assigned_to", label="With", sort_key="assigned_to"),
        Column("tag_names", label="Tags", accessor=lambda clinic: ", ".join(clinic.tag_names)),
    ]
    list_export = LIST_EXPORT
    export_headings = EXPORT_HEADINGS
    export_filename = "clinics"
    index_view_class = ClinicIndexView
    list_per_page = 50
    filterset_class = ClinicFilterSet
    search_fields = ["name", "town", "postcode", "street", "phone", "slug"]
    ordering = ["name", "pk"]
    copy_view_enabled = False
    add_view_class = ClinicCreateView
    edit_view_class = ClinicEditView
    unpublish_view_class = ClinicUnpublishView

    def get_queryset(self, request: HttpRequest):
        return for_list()


class ProviderViewSet(SnippetViewSet):
    model = Provider
    icon = "group"
    menu_label = "Providers"
    edit_handler = ObjectList(
        [FieldPanel("name"), FieldPanel("website"), FieldPanel("is_sample")], base_form_class=ProviderForm
    )
    list_display = ["name", "website", NumberColumn("clinic_count", label="Clinics", sort_key="clinic_count")]
    list_per_page = 50
    list_filter = ["is_sample"]
    search_fields = ["name", "website"]
    ordering = ["name", "pk"]
    copy_view_enabled = False

    def get_queryset(self, request: HttpRequest):
        return Provider.objects.annotate(clinic_count=Count("clinics"))


class SourceRecordInspectView(InspectView):
    def get_clinic_display_value(self):
        clinic = self.object.clinic
        address = clinic and AdminURLFinder(self.request.user).get_edit_url(clinic)
        return format_html('<a href="{}">{}</a>', address, clinic) if address else clinic or "None"

    def get_data_display_value(self):
        cells = sorted(self.object.data.items())
        rows = format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td></tr>", cells)
        return format_html("<table class='listing'><tbody>{}</tbody></table>", rows)


class SourceRecordViewSet(SnippetViewSet):
    model = SourceRecord
    icon = "doc-full-inverse"
    menu_label = "Source records"
    inspect_view_enabled = True
    inspect_view_class = SourceRecordInspectView
    inspect_view_fields = [
        "source",
        "identifier",
        "clinic",
        "data",
        "digest",
        "first_seen_at",
        "last_seen_at",
    ]
    list_display = ["identifier", "source", "clinic", DateColumn("last_seen_at", label="Last seen")]
    list_per_page = 50
    list_filter = ["source"]
    search_fields = ["identifier", "clinic__name"]
    ordering = ["source", "identifier"]
    copy_view_enabled = False
    panels = [FieldPanel("source", read_only=True), FieldPanel("identifier", read_only=True)]

    def get_queryset(self, request: HttpRequest):
        return SourceRecord.objects.select_related("clinic").defer("data", "clinic__position")


class TreatmentScheduleViewSet(SnippetViewSet):
    model = TreatmentSchedule
    icon = "calendar"
    menu_label = "Treatment schedules"
    list_display = ["route", "visits", "source", DateColumn("checked_on", label="Checked on")]
    ordering = ["route"]
    copy_view_enabled = False


class DirectoryViewSetGroup(SnippetViewSetGroup):
    items = [ClinicViewSet, ProviderViewSet, SourceRecordViewSet, TreatmentScheduleViewSet]
    menu_label = "Directory"
    menu_icon = "site"
    menu_order = 200


register_snippet(DirectoryViewSetGroup)
bulk.take_away_delete()


@hooks.register("register_log_actions")
def register_log_actions(actions) -> None:
    """What the history of a clinic says of its first version, and of what was done for a reason."""
    actions.register_action("clinics.keep", "Keep as it was", "As it was before its first edit")

    @actions.register_action("clinics.event")
    class Event(LogFormatter):
        label = "Curation"

        def format_message(self, log_entry):
            return f"{log_entry.data['event']}. {log_entry.data['because']}".strip()


@hooks.register("before_edit_snippet")
def keep_first_version(request: HttpRequest, instance) -> None:
    """An imported clinic has no revision, so its first edit would have nothing to be compared with."""
    if request.method == "POST" and isinstance(instance, Clinic):
        shown = Clinic.objects.get(pk=instance.pk)
        curation.keep_first_version(clinic=shown)
        setattr(request, SAID_BEFORE, statements(shown))


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def record_edit(request: HttpRequest, instance) -> None:
    """Edits stand in a clinic's history beside the verbs of curation."""
    if isinstance(instance, Clinic):
        saved = Clinic.objects.only("live", "has_unpublished_changes").get(pk=instance.pk)
        is_published = saved.live and not saved.has_unpublished_changes
        before = getattr(request, SAID_BEFORE, {})  # a new clinic had said nothing
        curation.record_edit(clinic=instance, by=request.user, published=is_published, before=before)
