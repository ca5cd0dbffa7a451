"""One verb for many listings: each is done or refused by itself, with an event where it is done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.actions.publish_revision import PublishPermissionError

from clinics import curation
from clinics.models import Clinic, ClinicTag, Verification

MOST = 200  # listings at once


@dataclass
class Outcome:
    """What came of it: the listings that were changed, and the others with why not."""

    done: list[Clinic] = field(default_factory=list)
    refused: list[tuple[Clinic, str]] = field(default_factory=list)


def publish(clinics: Iterable[Clinic], *, because: str, by) -> Outcome:
    """Show the latest draft of each to the public."""

    def one(clinic: Clinic) -> None:
        _refuse(clinic.status == Clinic.Status.DELISTED, "It is delisted.")
        _refuse(clinic.live and not clinic.has_unpublished_changes, "It is published already.")
        curation.publish(clinic=clinic, because=because, by=by)

    return _each(clinics, one)


def pause(clinics: Iterable[Clinic], *, because: str, by) -> Outcome:
    """Take each out of results for now; *because* is shown on its page."""

    def one(clinic: Clinic) -> None:
        _refuse(clinic.status == Clinic.Status.DELISTED, "It is delisted.")
        _refuse(not clinic.live, "It is a draft, which nobody is shown.")
        _refuse(clinic.status == Clinic.Status.PAUSED, "It is paused already.")
        curation.pause(clinic=clinic, note=because, by=by)

    return _each(clinics, one)


def assign(clinics: Iterable[Clinic], *, to, because: str, by) -> Outcome:
    """Say who looks after each; nobody where *to* is None."""

    def one(clinic: Clinic) -> None:
        state, _ = Verification.objects.select_for_update().get_or_create(clinic=clinic)
        _refuse(state.assigned_to_id == (to and to.pk), f"It is with {to or 'nobody'} already.")
        state.assigned_to = to
        state.save(update_fields=["assigned_to"])
        data = {"to": to.get_username() if to else None}
        curation.note(clinic=clinic, kind="assign", because=because, data=data, by=by)

    return _each(clinics, one)


def tag(clinics: Iterable[Clinic], *, name: str, remove: bool, because: str, by) -> Outcome:
    """Put a tag on each, or take it off."""

    def one(clinic: Clinic) -> None:
        tags = ClinicTag.objects.filter(clinic=clinic, name=name)
        if remove:
            _refuse(not tags.delete()[0], "It does not have this tag.")
        else:
            _, made = ClinicTag.objects.get_or_create(clinic=clinic, name=name)
            _refuse(not made, "It has this tag already.")
        kind = "untag" if remove else "tag"
        curation.note(clinic=clinic, kind=kind, because=because, data={"tag": name}, by=by)

    return _each(clinics, one)


def _each(clinics: Iterable[Clinic], verb: Callable[[Clinic], None]) -> Outcome:
    outcome = Outcome()
    for clinic in sorted(
        clinics, key=lambda clinic: clinic.pk
    ):  # so that two people wait for each other in turn
        try:
            with transaction.atomic():
                verb(clinic)
        except curation.DraftPendingError:
            outcome.refused.append((clinic, "It has a draft that waits: publish it or go back first."))
        except PublishPermissionError:
            outcome.refused.append((clinic, "Your role does not let you change what the public sees."))
        except ValidationError as error:
            outcome.refused.append((clinic, " ".join(error.messages)))
        else:
            outcome.done.append(clinic)
    return outcome


def _refuse(condition: bool, why: str) -> None:
    if condition:
        raise ValidationError(why)
