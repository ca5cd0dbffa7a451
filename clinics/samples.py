"""The sample world: clinics made up so that the site can be tried before a real one is listed."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from clinics.models import (
    Clinic,
    ClosedDates,
    ContactAttempt,
    OpeningHours,
    Provider,
    Route,
    SafetyAnswer,
    SourceRecord,
    Treatment,
    Verification,
    opening_borders,
)
from clinics.models.source import digest_of

SAMPLES = Path(settings.BASE_DIR, "fixtures", "clinics", "sample_clinics.json")
SOURCE = "sample"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass
class Outcome:
    """What a load did, in clinics."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0  # edited by a curator, or not a sample at all

    def __str__(self) -> str:
        return (
            f"{self.created} created, {self.changed} changed, {self.unchanged} unchanged, "
            f"{self.kept} left alone because a curator has edited them"
        )


def read_samples(path: Path = SAMPLES) -> list[dict[str, Any]]:
    """The entries of the sample file, one for each clinic."""
    return json.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def load_samples(entries: Iterable[dict[str, Any]], *, at: datetime) -> Outcome:
    """Make the sample clinics what *entries* say, as of *at*; whatever a curator has edited stays as it is.

    An entry is recognised by its digest, so a second run finds nothing to do, on a later day too:
    "verified 12 days ago" is counted from the day an entry was first loaded.
    """
    outcome = Outcome()
    by_slug = {entry["slug"]: entry for entry in entries}
    existing = Clinic.objects.in_bulk(list(by_slug), field_name="slug")
    digests = dict(SourceRecord.objects.filter(source=SOURCE).values_list("identifier", "digest"))
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for slug, entry in by_slug.items():
        clinic = existing.get(slug)
        if clinic is None:
            new.append(entry)
        elif not clinic.is_sample or clinic.latest_revision_id is not None:
            outcome.kept += 1
        elif digests.get(slug) == digest_of(entry):
            outcome.unchanged += 1
        else:
            changed.append(entry)
    outcome.created, outcome.changed = len(new), len(changed)
    providers = _providers(new + changed)
    clinics = Clinic.objects.bulk_create([Clinic(**_fields(entry, providers, at)) for entry in new])
    for entry in changed:
        clinic = existing[entry["slug"]]
        clinic.treatments.all().delete()
        clinic.opening_hours.all().delete()
        clinic.closed_dates.all().delete()
        clinic.contact_attempts.filter(by=None).delete()
        fresh = Clinic(pk=clinic.pk, created_at=clinic.created_at, **_fields(entry, providers, at))
        fresh.save_base(force_update=True)
        clinics.append(fresh)
    _write_parts(clinics, new + changed, at)
    return outcome


def _write_parts(clinics: list[Clinic], entries: list[dict[str, Any]], at: datetime) -> None:
    pairs = list(zip(clinics, entries, strict=True))
    Treatment.objects.bulk_create(
        Treatment(clinic=clinic, **treatment | {"route": Route.from_slug(treatment["route"])})
        for clinic, entry in pairs
        for treatment in entry["treatments"]
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=span.weekday, opens=span.opens, closes=span.closes)
        for clinic, entry in pairs
        for span in _hours(entry)
    )
    ClosedDates.objects.bulk_create(
        ClosedDates(
            clinic=clinic,
            first_on=first,
            last_on=first + timedelta(days=dates["days"] - 1),
            reason=dates["reason"],
        )
        for clinic, entry in pairs
        for dates in entry.get("closed", [])
        for first in [at.date() + timedelta(days=dates["in_days"])]
    )
    _write_calls(pairs, at)
    SourceRecord.objects.bulk_create(
        [
            SourceRecord(
                source=SOURCE,
                identifier=entry["slug"],
                clinic=clinic,
                data=entry,
                digest=digest_of(entry),
                first_seen_at=at,
                last_seen_at=at,
            )
            for clinic, entry in pairs
        ],
        update_conflicts=True,
        unique_fields=["source", "identifier"],
        update_fields=["clinic", "data", "digest", "last_seen_at"],
    )


def _write_calls(pairs: list[tuple[Clinic, dict[str, Any]]], at: datetime) -> None:
    """The made-up calls of each; one that gives none was answered on the day it was confirmed."""
    calls = [
        (clinic, dict(call)) for clinic, entry in pairs for call in entry.get("calls", _only_call(entry))
    ]
    answers = [call.pop("answers", {}) for _, call in calls]
    attempts = ContactAttempt.objects.bulk_create(
        ContactAttempt(clinic=clinic, at=at - timedelta(days=call.pop("days_ago")), **call)
        for clinic, call in calls
    )
    Verification.objects.bulk_create(
        [
            Verification(clinic=attempt.clinic, do_not_call_since=attempt.at.date())
            for attempt in attempts
            if attempt.outcome == ContactAttempt.Outcome.DO_NOT_CALL
        ],
        ignore_conflicts=True,
    )
    SafetyAnswer.objects.bulk_create(
        SafetyAnswer(attempt=attempt, question=question, answer=answer)
        for attempt, given in zip(attempts, answers, strict=True)
        for question, answer in given.items()
    )


def _only_call(entry: dict[str, Any]) -> list[dict[str, Any]]:
    if "verified_days_ago" not in entry:
        return []
    return [
        {
            "days_ago": entry["verified_days_ago"],
            "how": entry["verified_how"],
            "outcome": ContactAttempt.Outcome.ANSWERED,
            "taking_new_patients": entry.get("taking_new_patients"),
        }
    ]


def _providers(entries: list[dict[str, Any]]) -> dict[str, Provider]:
    names = {entry["provider"] for entry in entries if "provider" in entry}
    known = set(Provider.objects.filter(name__in=names, is_sample=True).values_list("name", flat=True))
    Provider.objects.bulk_create(Provider(name=name, is_sample=True) for name in sorted(names - known))
    return {provider.name: provider for provider in Provider.objects.filter(name__in=names, is_sample=True)}


def _fields(entry: dict[str, Any], providers: dict[str, Provider], at: datetime) -> dict[str, Any]:
    parts = ("provider", "treatments", "opening_hours", "closed", "verified_days_ago", "calls")
    fields = {name: value for name, value in entry.items() if name not in parts}
    if "provider" in entry:
        fields["provider"] = providers[entry["provider"]]
    if "verified_days_ago" in entry:
        fields["verified_on"] = at.date() - timedelta(days=entry["verified_days_ago"])
    live = entry.get("live", True)
    published_at = at if live else None
    return fields | {
        "is_sample": True,
        "live": live,
        "has_unpublished_changes": not live,
        "first_published_at": published_at,
        "last_published_at": published_at,
        "routes": sorted(Route.from_slug(treatment["route"]) for treatment in entry["treatments"]),
        "opening_borders": opening_borders(_hours(entry)),
    }


def _hours(entry: dict[str, Any]) -> Iterable[OpeningHours]:
    """An entry's ``"Mon-Wed,Fri 09:00-17:00"`` as spans of no clinic yet."""
    for line in entry.get("opening_hours", []):
        days, opens, closes = re.split("[ -](?=[0-9])", line)
        for part in days.split(","):
            first, _, last = part.partition("-")
            for weekday in range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1):
                yield OpeningHours(
                    weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
                )
