"""What two listings may say differently, each fact as one thing to choose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clinics.models import Clinic
from clinics.templatetags.clinic_words import (
    address_line,
    ages,
    language_name,
    payment_label,
    phone_words,
    price,
)

NOT_KNOWN = ["Not known"]
KEYS = ("id", "clinic")  # of a part of a clinic, which say nothing


@dataclass(frozen=True)
class Fact:
    """Fields that only mean something together, or the parts of one kind, and how a curator reads them."""

    name: str
    label: str
    fields: tuple[str, ...]
    read: Callable[[Clinic], list[str]]
    is_parts: bool = False
    is_of_its_setting: bool = (
        False  # a remote service and a clinic with a door cannot take it from each other
    )

    def value(self, clinic: Clinic) -> Any:
        """What is said, to be compared."""
        if self.is_parts:
            return sorted(repr(_said(part)) for part in getattr(clinic, self.name).all())
        return [_plain(getattr(clinic, field)) for field in self.fields]

    def is_known(self, clinic: Clinic) -> bool:
        value = self.value(clinic)
        return bool(value) if self.is_parts else any(said not in (None, "", []) for said in value)

    def taken_from(self, clinic: Clinic) -> dict[str, Any]:
        """The fields by name, to be set on another clinic."""
        if self.is_parts:
            parts = getattr(clinic, self.name).all()
            return {self.name: [type(part)(**_said(part)) for part in parts]}
        return {field: getattr(clinic, field) for field in self.fields}

    def words(self, clinic: Clinic) -> list[str]:
        """What is said, in lines."""
        return self.read(clinic) if self.is_known(clinic) else NOT_KNOWN


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _said(part) -> dict[str, Any]:
    return {
        field.name: field.to_python(getattr(part, field.name))
        for field in part._meta.concrete_fields
        if field.name not in KEYS
    }


def _text(name: str, label: str) -> Fact:
    return Fact(name, label, (name,), lambda clinic: [str(getattr(clinic, name))])


def _choices(name: str, label: str, said: Callable[[str], str]) -> Fact:
    return Fact(name, label, (name,), lambda clinic: [said(value) for value in sorted(getattr(clinic, name))])


def _yes_no(name: str, label: str) -> Fact:
    return Fact(name, label, (name,), lambda clinic: ["Yes" if getattr(clinic, name) else "No"])


def _position(clinic: Clinic) -> list[str]:
    return [f"{clinic.latitude:.5f}, {clinic.longitude:.5f} ({clinic.get_position_precision_display()})"]


def _verified(clinic: Clinic) -> list[str]:
    return [f"{clinic.verified_on:%-d %B %Y}, {clinic.get_verified_how_display()}"]


def _treatments(clinic: Clinic) -> list[str]:
    treatments = sorted(clinic.treatments.all(), key=lambda treatment: treatment.route)
    return [f"{treatment}: {price(treatment)}" for treatment in treatments]


def _hours(clinic: Clinic) -> list[str]:
    return [
        str(span) for span in sorted(clinic.opening_hours.all(), key=lambda span: (span.weekday, span.opens))
    ]


ADDRESS = ("street", "town", "region", "postcode", "country", "timezone")
FACTS = (
    _text("name", "Name"),
    _text("provider", "Provider"),
    Fact("address", "Address", ADDRESS, lambda clinic: [address_line(clinic)], is_of_its_setting=True),
    Fact(
        "position",
        "Position",
        ("latitude", "longitude", "position_precision"),
        _position,
        is_of_its_setting=True,
    ),
    Fact("phone", "Phone", ("phone",), lambda clinic: [phone_words(clinic)]),
    _text("email", "E-mail"),
    _text("website", "Website"),
    Fact("treatments", "Treatments and prices", ("treatments",), _treatments, is_parts=True),
    _choices("payments", "Ways to pay", payment_label),
    _yes_no("taking_new_patients", "Taking new patients"),
    _yes_no("referral_needed", "Referral needed"),
    _yes_no("psychiatric_assessment", "A psychiatrist assesses each patient"),
    _yes_no("therapy_alongside", "Talking therapy alongside"),
    Fact("ages", "Ages", ("youngest_age", "oldest_age"), lambda clinic: [ages(clinic)]),
    Fact("opening_hours", "Opening hours", ("opening_hours",), _hours, is_parts=True),
    Fact(
        "closed_dates",
        "Closed dates",
        ("closed_dates",),
        lambda clinic: sorted(str(dates) for dates in clinic.closed_dates.all()),
        is_parts=True,
    ),
    _yes_no("wheelchair_access", "Wheelchair access"),
    _yes_no("accessible_toilet", "Accessible toilet"),
    _yes_no("parking", "Parking"),
    _text("access_note", "Access, in words"),
    _choices("languages", "Languages", language_name),
    _choices("remote_regions", "Regions served remotely", str),
    Fact("verified", "Confirmed", ("verified_on", "verified_how", "verified_by"), _verified),
)


def differing(one: Clinic, other: Clinic) -> list[Fact]:
    """The facts of which one may be chosen for both: those that the two say differently."""
    return [
        fact
        for fact in FACTS
        if fact.value(one) != fact.value(other)
        and not (fact.is_of_its_setting and one.setting != other.setting)
    ]


def better(one: Clinic, other: Clinic) -> Clinic:
    """The listing to keep, unless a curator says otherwise: published, listed, confirmed last, fuller, older."""

    def worth(clinic: Clinic) -> tuple:
        confirmed = clinic.verified_on.toordinal() if clinic.verified_on else 0
        known = sum(fact.is_known(clinic) for fact in FACTS)
        return clinic.live, clinic.status == Clinic.Status.LISTED, confirmed, known, -clinic.pk

    return max(one, other, key=worth)
