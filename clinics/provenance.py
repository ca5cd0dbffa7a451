"""Where each field of a listing comes from, and when it was last confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clinics.freshness import TELLING, confirmed_since
from clinics.importing.columns import Columns
from clinics.importing.mappings import MAPPINGS
from clinics.importing.proposing import said_by
from clinics.importing.reading import Mapping
from clinics.models import Clinic, ClinicEvent, SavedMapping, SourceRecord
from clinics.statements import SAID_OF, is_known, statements
from places.models import Precision

FIELDS = (
    "name",
    "street",
    "town",
    "region",
    "postcode",
    "position",
    "phone",
    "email",
    "website",
    "treatments",
    "prices",
    "payments",
    "taking_new_patients",
    "opening_hours",
)
COLUMNS = {"position": "latitude"}  # the column of a field that has not its own name
FROM_THE_ADDRESS = (Precision.POSTCODE, Precision.SECTOR, Precision.DISTRICT, Precision.TOWN)
_FACTS = {name: fact for fact, names in SAID_OF.items() for name in names}


@dataclass(frozen=True)
class Origin:
    """Of one field: who said it, since when we have it, and when somebody at the clinic last confirmed it."""

    label: str
    said_by: str
    since: date | None  # None where an edit did not keep it
    confirmed_on: date | None


def origins(clinic: Clinic) -> Iterator[Origin]:
    """The origin of each field that says anything. Asks the same few queries for any history."""
    told = statements(clinic)
    changed, records = _changes(clinic), list(clinic.source_records.order_by("-first_seen_at", "-pk"))
    listed = _lists(clinic, records)
    confirmed = confirmed_since([clinic.pk])
    for name in FIELDS:
        if not is_known(told[name] if name in told else getattr(clinic, COLUMNS.get(name, name))):
            continue
        record = listed.get(name) or (records[-1] if records and name in told else None)
        if name in changed:
            who, since = _person(changed[name]), changed[name].at.date()
        elif record:  # every later edit of what is told is an event
            who, since = record.source, record.first_seen_at.date()
        elif name == "position" and clinic.position_precision in FROM_THE_ADDRESS:
            who, since = "The gazetteer, from the address", None
        else:
            who, since = "Entered in the admin", None if records else clinic.created_at.date()
        days = [clinic.verified_on, confirmed.get((clinic.pk, _FACTS[name])) if name in _FACTS else None]
        yield Origin(
            label=name.replace("_", " ").capitalize(),
            said_by=who,
            since=since,
            confirmed_on=max((day for day in days if day), default=None),
        )


def _changes(clinic: Clinic) -> dict[str, ClinicEvent]:
    """The last event that changed each field."""
    events = clinic.events.filter(kind__in=(*TELLING, "edit"), data__has_key="changed").select_related("by")
    found: dict[str, ClinicEvent] = {}
    for event in events.order_by("at", "pk"):
        for name in event.data["changed"]:
            found["position" if name in ("latitude", "longitude") else name] = event
    return found


def _person(event: ClinicEvent) -> str:
    who = event.by.get_username() if event.by else "The operator"
    return f"{who}: {event.because}" if event.because else f"{who} ({event})"


def _lists(clinic: Clinic, records: list[SourceRecord]) -> dict[str, SourceRecord]:
    """The source record that says each field as it is, the earliest of several."""
    found: dict[str, SourceRecord] = {}
    for record in records:
        mapping = _mapping_of(record.source)
        for about, values in (said_by(mapping, record.data) if mapping else {}).items():
            if all(getattr(clinic, name) == value for name, value in values.items()):
                found[about] = record
    return found


def _mapping_of(source: str) -> Mapping | None:
    if source in MAPPINGS:
        return MAPPINGS[source]
    saved = SavedMapping.objects.filter(source=source).first()
    return Columns.of(saved.as_data()).mapping() if saved else None
