"""The curator's first screen: the day's work as short lists, and the calls in hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from clinics.admin.calls import for_queue
from clinics.admin.duplicates import pair_address
from clinics.admin.positions import why
from clinics.admin.reports import edit_address
from clinics.freshness import mark_doubtful
from clinics.models import Clinic, DuplicatePair, Report

SHORT = 3  # rows of a list


@dataclass(frozen=True)
class Row:
    """Something to do: what, since when or why, and where it is done."""

    name: str
    why: str
    url: str
    button: str
    is_posted: bool = False  # claiming a clinic changes something


@dataclass(frozen=True)
class WorkList:
    """One of the day's lists: how many, the most urgent few, and where all of them are."""

    slug: str
    heading: str
    count: int
    rows: list[Row]
    url: str
    done: str  # said when nothing waits


class DayPanel(Component):
    """The day's lists, on the first screen of whoever may work on them."""

    name = "day"
    template_name = "clinics/admin/day.html"
    order = 10

    class Media:
        css = {"all": ["css/curation.css"]}

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        now = timezone.now()
        return {
            "csrf_token": get_token(self.request),  # a panel is not given the page's
            "lists": [to_review(), to_verify(now), without_position(), possible_duplicates()],
            "mine": _with_doubts(for_queue(Clinic.objects.claimed_by(self.request.user, now)), now),
            "now": now,
        }


def _with_doubts(clinics, now) -> list[Clinic]:
    found = list(clinics)
    mark_doubtful(found, now.date())
    return found


def to_review() -> WorkList:
    """What the public told us, then drafts that nobody has published."""
    open_reports = Report.objects.to_review()
    drafts = Clinic.objects.drafts().defer("position")
    rows = [
        Row(report.subject, f"told us {day(report.received_at)}", report_address(report), "Review")
        for report in open_reports.select_related("clinic").defer("clinic__position")[:SHORT]
    ]
    rows += [
        Row(clinic.name, f"draft of {day(clinic.updated_at)}", edit_address(clinic), "Open")
        for clinic in drafts[: SHORT - len(rows)]
    ]
    count = open_reports.order_by().count() + drafts.order_by().count()
    url = reverse("curation:reports")
    return WorkList("to-review", "To review", count, rows, url, "Nobody has told us anything new.")


def to_verify(now) -> WorkList:
    """Whom to call."""
    waiting = Clinic.objects.to_verify(now)
    rows = [
        Row(
            clinic.name,
            confirmed(clinic),
            reverse("curation:claim", args=[clinic.pk]),
            "Call",
            is_posted=True,
        )
        for clinic in waiting.defer("position")[:SHORT]
    ]
    count = waiting.order_by().count()
    return WorkList(
        "to-verify", "To verify", count, rows, reverse("curation:queue"), "Every listing is fresh."
    )


def without_position() -> WorkList:
    """Those that no search by distance finds."""
    clinics = Clinic.objects.without_position()
    rows = [
        Row(
            clinic.name,
            f"{clinic.town or clinic.postcode or 'no address'}: {why(clinic)}",
            edit_address(clinic),
            "Place it",
        )
        for clinic in clinics.defer("position").select_related("geocoding")[:SHORT]
    ]
    url = reverse("curation:without_position")
    count = clinics.order_by().count()
    return WorkList("without-position", "Without a position", count, rows, url, "Every clinic is on the map.")


def possible_duplicates() -> WorkList:
    """Pairs of listings that may be of one clinic."""
    pairs = DuplicatePair.objects.possible()
    rows = [
        Row(str(pair), f"{pair.score} points: {pair.main_reason}", pair_address(pair), "Compare")
        for pair in pairs.with_clinics()[:SHORT]
    ]
    url = reverse("curation:duplicates")
    count = pairs.order_by().count()
    return WorkList(
        "duplicates", "Possible duplicates", count, rows, url, "No two listings look like one clinic."
    )


def confirmed(clinic: Clinic) -> str:
    """Why it is in the queue."""
    if clinic.is_reported:
        return "somebody reported a mistake"
    return f"confirmed {day(clinic.verified_on)}" if clinic.verified_on else "never confirmed"


def report_address(report: Report) -> str:
    return reverse("curation:report", args=[report.pk])


def day(at) -> str:
    return f"{at.day} {at:%B %Y}"
