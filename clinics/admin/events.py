"""The history of the whole directory, to be read: nobody writes it here, nor anywhere else."""

import json

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets import AdminDateInput
from wagtail.permission_policies import ModelPermissionPolicy

from clinics.admin.reports import edit_address
from clinics.admin.spreadsheets import SafeExportMixin
from clinics.models import ClinicEvent, with_repeats

LARGEST_KEY = 2**63 - 1


def _kinds() -> list[tuple[str, str]]:
    kinds = ClinicEvent.objects.order_by("kind").values_list("kind", flat=True).distinct()
    return [(kind, kind.replace("-", " ").capitalize()) for kind in kinds]


class EventFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=_kinds, label="What")
    by = django_filters.ModelChoiceFilter(
        queryset=lambda request: get_user_model().objects.order_by("username"),
        label="Who",
        empty_label="Anybody",
        null_label="A command",
        null_value="none",
    )
    clinic = django_filters.CharFilter(
        method="about", label="Clinic: its name, or its number", max_length=200
    )
    since = django_filters.DateFilter("at", "date__gte", label="From", widget=AdminDateInput)
    until = django_filters.DateFilter("at", "date__lte", label="To", widget=AdminDateInput)

    class Meta:
        model = ClinicEvent
        fields: list[str] = []

    def about(self, events, name, value):
        """Events of the clinics so called, or of the one with that primary key and of what was merged into it."""
        about = Q(clinic__name__icontains=value)
        if value.isdecimal() and int(value) <= LARGEST_KEY:
            about |= Q(clinic__in=with_repeats(int(value)))
        return events.filter(about)


def _who(event: ClinicEvent) -> str:
    return str(event.by or "A command")


def _when(event: ClinicEvent) -> str:
    return date_format(timezone.localtime(event.at), "j M Y, H:i")


class EventList(SafeExportMixin, ReportView):
    """Who did what to which clinic, when and why; the latest first."""

    model = ClinicEvent
    permission_policy = ModelPermissionPolicy(ClinicEvent)
    permission_required = "view"
    page_title = "History of the directory"
    header_icon = "history"
    verbose_name_plural = "events"
    index_url_name = "curation:events"
    index_results_url_name = "curation:events_results"
    filterset_class = EventFilterSet
    default_ordering = ("-at", "-pk")
    columns = [
        Column("at", label="When", accessor=_when, width="14%"),
        TitleColumn("clinic", label="Clinic", get_url=lambda event: edit_address(event.clinic), width="28%"),
        Column("what", label="What", accessor=str, width="24%"),
        Column("because", label="Why", width="24%"),
        Column("who", label="Who", accessor=_who, width="10%"),
    ]
    list_export = ["pk", "at", "clinic_id", "clinic", "kind", "because", "data", "by"]
    export_headings = {
        "pk": "Number",
        "at": "When (UTC)",
        "clinic_id": "Number of the clinic",
        "clinic": "Clinic",
        "kind": "What",
        "because": "Why",
        "data": "Details",
        "by": "Who",
    }
    export_filename = "history"

    def get_base_queryset(self):
        said = ("clinic_id", "kind", "because", "data", "at", "clinic__name", "by__username")
        return ClinicEvent.objects.select_related("clinic", "by").only(*said)

    def get_filtered_queryset(self):
        return self.get_queryset()  # which has been filtered

    def to_row_dict(self, item: ClinicEvent):
        row = super().to_row_dict(item)
        return row | {"data": json.dumps(item.data, ensure_ascii=False), "by": _who(item)}
