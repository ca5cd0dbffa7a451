"""From a row that has changed to the changes that a curator is asked about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from clinics.importing.reading import Mapping, Row
from clinics.models import Clinic, ProposedChange, SourceRecord

POSITION = ("latitude", "longitude", "position_precision")
NOT_OURS = {"provider", "timezone", "routes"}  # records of their own, or made of other fields


def differences(
    mapping: Mapping, before: dict[str, str], now: dict[str, str]
) -> dict[str, tuple[dict, dict]]:
    """(old fields, new fields) by what they are about, of a row whose cells were *before* and are *now*."""
    old, new = (said_by(mapping, cells) for cells in (before, now))
    return {
        about: (old.get(about, {}), new[about])
        for about in new
        if new[about] != old.get(about) and any(value not in ("", None) for value in new[about].values())
    }


def said_by(mapping: Mapping, cells: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What a row says of a clinic; the parts of a position belong together. Empty where it cannot be read."""
    row = Row(0, cells)
    missing = [column for column in mapping.columns if column not in cells]
    fields = {} if missing else mapping.fields(row)
    if row.is_refused:
        return {}
    said = {name: {name: value} for name, value in fields.items() if name not in {*POSITION, *NOT_OURS}}
    if position := {name: fields[name] for name in POSITION if name in fields}:
        said["position"] = position
    return said


def propose(changes: Iterable[tuple[SourceRecord, dict[str, tuple[dict, dict]]]], *, at: datetime) -> int:
    """Open a proposal for each difference that the clinic does not show already; how many are new or changed.

    The row of a listing that was merged into another proposes to the one that stands for both.

    A proposal that is open follows its source: it takes the newer value, or is withdrawn where the source has gone
    back to what the clinic says.
    """
    changes = [(record, found) for record, found in changes if record.clinic_id]
    if not changes:
        return 0
    records = [record for record, _ in changes]
    known = Clinic.objects.defer("position")
    clinics = known.standing_for(known.filter(pk__in={record.clinic_id for record in records}))
    opened = {
        (change.source_record_id, change.about): change
        for change in ProposedChange.objects.open().filter(source_record__in=records)
    }
    new, moved, withdrawn = [], [], []
    for record, found in changes:
        clinic = clinics[record.clinic_id]
        for about, (before, values) in found.items():
            change = opened.get((record.pk, about))
            is_said_already = all(getattr(clinic, name) == value for name, value in values.items())
            if change and is_said_already:
                change.outcome, change.decided_at = ProposedChange.Outcome.WITHDRAWN, at
                withdrawn.append(change)
            elif change:
                change.values, change.proposed_at = values, at
                moved.append(change)
            elif not is_said_already:
                new.append(
                    ProposedChange(
                        clinic=clinic,
                        source_record=record,
                        about=about,
                        before=before,
                        values=values,
                        proposed_at=at,
                    )
                )
    ProposedChange.objects.bulk_create(new)
    ProposedChange.objects.bulk_update(moved, ["values", "proposed_at"])
    ProposedChange.objects.bulk_update(withdrawn, ["outcome", "decided_at"])
    return len(new) + len(moved)
