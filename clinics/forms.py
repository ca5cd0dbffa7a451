"""What the public may tell us of clinics."""

from typing import Any

from django import forms

from clinics.models import Clinic, Report
from clinics.submissions import SubmissionForm
from places.countries import COVERED, country_name

EMAIL_HINT = (
    "Only if you want a message when we have looked into it. We delete your address 30 days after that."
)
ANSWERS = [("", "Not said"), ("yes", "Yes"), ("no", "No")]
OTHER_COUNTRY = "ZZ"  # a code that ISO 3166 leaves to users


def _email() -> forms.EmailField:
    return forms.EmailField(
        required=False,
        max_length=254,
        label="Your e-mail address (optional)",
        help_text=EMAIL_HINT,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Write the address like name@example.org, or leave it empty."},
    )


def _text(label: str, *, lines: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": lines}), **kwargs
    )


class ReportForm(SubmissionForm):
    """Something in a listing is wrong."""

    about = forms.ChoiceField(
        label="What is wrong?",
        choices=[("", "Choose one"), *Report.About.choices],
        error_messages={
            "required": "Choose what is wrong.",
            "invalid_choice": "Choose what is wrong.",
        },
    )
    note = _text(
        "What did you find?",
        help_text="For example: the number belongs to somebody else. Leave out anything about your own health.",
        error_messages={"required": "Say what you found."},
    )
    correction = forms.CharField(
        required=False,
        max_length=300,
        label="What should it say? (optional)",
        help_text="If you know, such as the right number.",
    )
    email = _email()

    def proposed(self) -> dict[str, str]:
        """What the listing should say, as it was typed."""
        said = self.cleaned_data["correction"]
        return {self.cleaned_data["about"]: said} if said else {}


class SuggestionForm(SubmissionForm):
    """A clinic that is missing."""

    name = forms.CharField(
        label="Name of the clinic",
        max_length=200,
        error_messages={"required": "Write the name of the clinic."},
    )
    town = forms.CharField(
        label="Town or postcode",
        max_length=100,
        error_messages={"required": "Write the town or the postcode, so that we find it."},
    )
    country = forms.ChoiceField(
        label="Country",
        choices=lambda: [
            ("", "Choose one"),
            *((code, country_name(code)) for code in COVERED),
            (OTHER_COUNTRY, "Another country"),
        ],
        error_messages={
            "required": "Choose the country.",
            "invalid_choice": "Choose the country.",
        },
    )
    phone = forms.CharField(required=False, label="Phone number (optional)", max_length=40)
    website = forms.CharField(required=False, label="Website (optional)", max_length=200)
    note = _text(
        "What do you know about it? (optional)",
        required=False,
        help_text="Such as which treatments it offers. Leave out anything about your own health.",
    )
    email = _email()

    def proposed(self) -> dict[str, str]:
        """What the listing should say, as it was typed."""
        fields = ("name", "town", "country", "phone", "website")
        return {name: said for name in fields if (said := self.cleaned_data[name])}


class OwnerForm(SubmissionForm):
    """What a clinic says of its own listing: each field as we have it, for them to leave or to change."""

    phone = forms.CharField(required=False, max_length=40, label="Phone number for new patients")
    website = forms.CharField(required=False, max_length=200, label="Website")
    street = forms.CharField(required=False, max_length=200, label="Street")
    town = forms.CharField(required=False, max_length=100, label="Town")
    postcode = forms.CharField(required=False, max_length=12, label="Postcode")
    taking_new_patients = forms.ChoiceField(
        required=False, choices=ANSWERS, label="Are you taking new patients?"
    )
    psychiatric_assessment = forms.ChoiceField(
        required=False, choices=ANSWERS, label="Does a psychiatrist assess each patient before treatment?"
    )
    wheelchair_access = forms.ChoiceField(
        required=False, choices=ANSWERS, label="Can a wheelchair get in without steps?"
    )
    note = _text(
        "Anything else that has changed (optional)",
        required=False,
        help_text="Treatments, prices, opening hours, or whatever else on the page is not right.",
    )
    sender = forms.CharField(
        max_length=200,
        label="Your name and what you do there",
        help_text="So that we can ask back. It is not shown to anybody else.",
        error_messages={"required": "Write your name and what you do there."},
    )
    email = _email()

    def __init__(self, *args, clinic: Clinic, **kwargs):
        self.shown = {name: _as_typed(getattr(clinic, name)) for name in OWNED}
        super().__init__(*args, initial=self.shown, **kwargs)

    def proposed(self) -> dict[str, str]:
        """What they changed, as it was typed, and who they are."""
        changed = {
            name: self.cleaned_data[name] for name in OWNED if self.cleaned_data[name] != self.shown[name]
        }
        return changed | {"sender": self.cleaned_data["sender"]}


OWNED = [
    name
    for name in OwnerForm.base_fields
    if name in {field.name for field in Clinic._meta.fields} - {"email"}
]


def _as_typed(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {None: "", True: "yes", False: "no"}[value]
    return str(value)
