"""Every change to a listing that is more than an edit: one verb, one transaction, one event, one revision.

Wagtail keeps drafts as revisions beside the row that the public sees, and publishing a draft replaces the row. A
verb that wrote the row alone would be undone without a word by whoever publishes an older draft next; so each
verb goes through a revision, and refuses while somebody's draft is waiting (docs/adr/0021).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from clinics.models import Clinic, ClinicEvent
from clinics.statements import changes, statements
from places.distance import Point


class DraftPendingError(Exception):
    """Somebody's changes to the clinic have not been published, and would be mixed with this one."""

    def __init__(self, clinic: Clinic):
        super().__init__(
            f"{clinic} has changes that have not been published. Publish them or go back to the published version "
            "first."
        )


@transaction.atomic
def publish(*, clinic: Clinic, by, because: str = "") -> None:
    """Make the latest draft what the public sees; for a listing, the draft's status decides whether it is shown.

    ValidationError when it can no longer stand as it is, such as when another clinic was given its address meanwhile.
    """
    current = _locked(clinic)
    keep_first_version(clinic=current)
    before = statements(current)
    revision = current.latest_revision
    draft = revision.as_object()
    draft.validate_unique()
    draft.clean()
    revision.publish(user=by)
    _record("publish", clinic, by=by, because=because, data=_told(before, clinic))


@transaction.atomic
def unpublish(*, clinic: Clinic, because: str, by) -> None:
    """Take a listing back to a draft that only curators see: it should not have been published."""
    current = _locked(clinic)
    if not current.live:
        raise ValidationError("It is a draft already.")
    keep_first_version(clinic=current)
    current.unpublish(user=by)
    _record("unpublish", clinic, by=by, because=because)


@transaction.atomic
def pause(*, clinic: Clinic, note: str, by) -> None:
    """Keep the page, which says that it is paused and gives the public *note*, and leave it out of results."""
    _change(
        "pause",
        clinic,
        by=by,
        because=note,
        status=Clinic.Status.PAUSED,
        delisted_because="",
        successor=None,
        status_note=note,
    )


@transaction.atomic
def delist(*, clinic: Clinic, because: str, by, note: str = "", successor: Clinic | None = None) -> None:
    """Take it off the lists for good, *because* of one of Clinic.DelistedBecause; *note* is shown to the public.

    *successor* is the listing of where it has moved, to which its page points, or the one that it repeats, to
    which its address then leads. ValidationError when that cannot be.
    """
    _change(
        "delist",
        clinic,
        by=by,
        because=because,
        status=Clinic.Status.DELISTED,
        delisted_because=because,
        successor=successor,
        status_note=note,
    )


@transaction.atomic
def relist(*, clinic: Clinic, by) -> None:
    """Show a paused or delisted clinic again."""
    _change(
        "relist",
        clinic,
        by=by,
        status=Clinic.Status.LISTED,
        delisted_because="",
        successor=None,
        status_note="",
    )


@transaction.atomic
def verify(
    *,
    clinic: Clinic,
    how: str,
    on: date,
    by,
    corrections: Mapping[str, Any] | None = None,
    because: str = "",
) -> None:
    """Somebody reached the clinic on that day and found the listing true, with *corrections* (fields by name).

    *how* is one of Clinic.VerifiedBy.
    """
    corrections = corrections or {}
    _change(
        "verify",
        clinic,
        by=by,
        because=because,
        data={"how": how, "on": on.isoformat()} | _changes(clinic, corrections),
        **corrections,
        verified_how=how,
        verified_on=on,
        verified_by=by,
    )


@transaction.atomic
def correct(*, clinic: Clinic, corrections: Mapping[str, Any], because: str, by) -> None:
    """Put right what the listing says, fields by name, without claiming that the rest of it was confirmed."""
    _change("correct", clinic, by=by, because=because, data=_changes(clinic, corrections), **corrections)


@transaction.atomic
def place(*, clinic: Clinic, point: Point, precision: str, because: str, by) -> None:
    """Put it where its address was found, known as closely as *precision* (places.models.Precision) says."""
    _change(
        "place",
        clinic,
        by=by,
        because=because,
        latitude=point.latitude,
        longitude=point.longitude,
        position_precision=precision,
    )


@transaction.atomic
def merge(
    *, clinic: Clinic, repeat: Clinic, taken: Mapping[str, Any], said: Mapping[str, Any], because: str, by
) -> None:
    """Let *clinic* stand for *repeat* too, which is delisted and whose address then leads there.

    *taken* are fields of the repeat by name that the clinic says from now on; *said* tells of them in the history, by
    label: before and after.
    """
    data: dict[str, Any] = {"other": named(repeat)} | ({"taken": said} if said else {})
    _change("merge", clinic, by=by, because=because, data=data, **taken)
    _change(
        "merged-into",
        repeat,
        by=by,
        because=because,
        data={"other": named(clinic)},
        status=Clinic.Status.DELISTED,
        delisted_because=Clinic.DelistedBecause.DUPLICATE,
        successor=clinic,
    )


@transaction.atomic
def unmerge(
    *,
    clinic: Clinic,
    repeat: Clinic,
    given_back: Mapping[str, Any],
    status: str,
    status_note: str,
    because: str,
    by,
) -> None:
    """Take a merge back: *repeat* has *status* again, and *clinic* says *given_back*, fields by name."""
    _change("unmerge", clinic, by=by, because=because, data={"other": named(repeat)}, **given_back)
    _change(
        "unmerge",
        repeat,
        by=by,
        because=because,
        data={"other": named(clinic)},
        status=status,
        delisted_because="",
        successor=None,
        status_note=status_note,
    )


def named(clinic: Clinic) -> dict[str, Any]:
    """A clinic, for the history of another."""
    return {"number": clinic.pk, "name": clinic.name, "slug": clinic.slug}


@transaction.atomic
def note(*, clinic: Clinic, kind: str, by, because: str = "", data: dict[str, Any] | None = None) -> None:
    """Keep in the history what happened to a listing without changing it."""
    _record(kind, clinic, by=by, because=because, data=data)


def keep_first_version(*, clinic: Clinic) -> None:
    """Keep what a clinic says as its first revision, unless it has one: imports write no revisions.

    So the first change to an imported clinic can be compared with what was imported, and taken back.
    """
    if clinic.latest_revision_id is not None:
        return
    revision = clinic.save_revision(changed=False, clean=False)
    # Said to have changed, or the history would not offer to go back to it.
    log(instance=clinic, action="clinics.keep", revision=revision, content_changed=True)
    if clinic.live:
        clinic.live_revision = revision
        clinic.save(update_fields=["live_revision"])


def record_edit(*, clinic: Clinic, by, published: bool, before: Mapping[str, Any]) -> None:
    """An edit made in the admin, which has saved the revision itself; *before* are the statements it replaced."""
    ClinicEvent.objects.create(
        clinic_id=clinic.pk,
        kind="publish" if published else "edit",
        by=by,
        at=timezone.now(),
        data=_told(before, clinic) if published else {},
    )


def _change(verb: str, clinic: Clinic, *, by, because: str = "", data: dict | None = None, **fields) -> None:
    """Set *fields* in a revision, published if the clinic is; raises DraftPendingError, ValidationError."""
    current = _locked(clinic)
    if current.live:
        _refuse_while_draft_pending(current)
    keep_first_version(clinic=current)
    latest = current.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(latest, name, value)
    latest.clean()
    revision = latest.save_revision(user=by, log_action=True)
    if current.live:
        revision.publish(user=by)
    else:
        latest.save()  # queues read the row; the public does not
    _record(verb, clinic, by=by, because=because, data=data)


def _changes(clinic: Clinic, corrections: Mapping[str, Any]) -> dict[str, Any]:
    """What *corrections* change, for the event: old and new by field."""
    changed = {name: [getattr(clinic, name), new] for name, new in corrections.items()}
    return {"changed": changed} if changed else {}


def _told(before: Mapping[str, Any], clinic: Clinic) -> dict[str, Any]:
    """What the public reads otherwise than *before*, for the event."""
    changed = changes(before, statements(Clinic.objects.get(pk=clinic.pk)))
    return {"changed": changed} if changed else {}


def _locked(clinic: Clinic) -> Clinic:
    """The clinic as it is now, held against others until the transaction ends."""
    return Clinic.objects.select_for_update().get(pk=clinic.pk)


def _refuse_while_draft_pending(clinic: Clinic) -> None:
    if clinic.has_unpublished_changes:
        raise DraftPendingError(clinic)


def _record(verb: str, clinic: Clinic, *, by, because: str = "", data: dict | None = None) -> None:
    event = ClinicEvent.objects.create(
        clinic_id=clinic.pk, kind=verb, because=because, data=data or {}, by=by, at=timezone.now()
    )
    if because or data:  # Wagtail's history knows that something was saved; this tells it why
        said = {"event": str(event), "because": because}
        # With an id of its own, or Wagtail would show one event of several in a request.
        log(instance=clinic, action="clinics.event", user=by, data=said, uuid=uuid4())
    clinic.refresh_from_db()
