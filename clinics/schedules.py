"""The treatment schedules that the project comes with, each with the source that it was read in."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from clinics.models import Route, TreatmentSchedule

SCHEDULES = Path(settings.BASE_DIR, "fixtures", "clinics", "treatment_schedules.json")


def read_schedules(path: Path = SCHEDULES) -> list[dict[str, Any]]:
    """The entries of the file, one for each route that has one."""
    return json.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def load_schedules(entries: list[dict[str, Any]]) -> int:
    """Make the schedules what *entries* say, but for those that an editor has changed; how many were written."""
    edited = set(TreatmentSchedule.objects.exclude(latest_revision=None).values_list("route", flat=True))
    untouched = [entry for entry in entries if Route.from_slug(entry["route"]) not in edited]
    for entry in untouched:
        fields = {name: value for name, value in entry.items() if name != "route"}
        TreatmentSchedule.objects.update_or_create(route=Route.from_slug(entry["route"]), defaults=fields)
    return len(untouched)
