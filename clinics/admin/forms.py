"""What a curator fills in on a call, and when answering a report."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from clinics.models import Clinic, ContactAttempt, Report, SafetyAnswer, SafetyQuestion
from clinics.phones import read_phone

YES_NO = [("yes", "Yes"), ("no", "No")]
AS_TYPED = {"yes": True, "no": False}
EVENTS_LOOKED_AT = 100  # the latest
NOT_KNOWN = [("unknown", "Not known"), ("true", "Yes"), ("false", "No")]


class CorrectionForm(forms.ModelForm):
    """What the listing says, to be put right. Prices, treatments and hours are in the full editor."""

    website = forms.URLField(max_length=200, required=False, assume_scheme="https")

    class Meta:
        model = Clinic
        fields = [
            "phone",
            "email",
            "website",
            "street",
            "town",
            "region",
            "postcode",
            "psychiatric_assessment",
            "therapy_alongside",
            "referral_needed",
            "youngest_age",
            "oldest_age",
            "wheelchair_access",
            "accessible_toilet",
            "parking",
            "access_note",
        ]

    def __init__(self, *args, proposed: Mapping[str, str] | None = None, **kwargs):
        """*proposed* is what somebody told us fields should say; it stands in the form, for the curator to judge."""
        super().__init__(*args, **kwargs)
        self.before = model_to_dict(self.instance, self._meta.fields)
        self.proposed = {name: said for name, said in (proposed or {}).items() if name in self.fields}
        self.initial.update({name: AS_TYPED.get(said, said) for name, said in self.proposed.items()})
        for field in self.fields.values():
            field.help_text = ""
            # What was shown comes back with what is sent: a field that nobody touched overwrites nobody's change.
            field.show_hidden_initial = True
            if isinstance(field, forms.NullBooleanField):
                field.widget.choices = NOT_KNOWN

    def date_fields(self) -> None:
        """Say of each field when it was last corrected, where that is known."""
        events = self.instance.events.filter(data__has_key="changed").order_by("-at")[:EVENTS_LOOKED_AT]
        for event in reversed(events):
            for name in event.data["changed"].keys() & self.fields.keys():
                self.fields[name].help_text = f"Corrected {event.at.day} {event.at:%B %Y}"

    @property
    def as_shown(self) -> SafeString:
        """Hidden: what each field said when the page was made. Wagtail's drawing of a field leaves it out."""
        return format_html_join("", "{}", ((field.as_hidden(only_initial=True),) for field in self))

    @property
    def told(self) -> list[forms.BoundField]:
        """The fields that somebody told us of."""
        return [field for field in self if field.name in self.proposed]

    @property
    def rest(self) -> list[forms.BoundField]:
        """The other fields."""
        return [field for field in self if field.name not in self.proposed]

    def clean_phone(self) -> str:
        """In the form that the directory keeps."""
        text = self.cleaned_data["phone"]
        return read_phone(text, self.instance.country) if text and text != self.before["phone"] else text

    def corrections(self) -> dict[str, Any]:
        """What is to change: the touched and the proposed fields that differ from the listing."""
        touched = {*self.changed_data, *self.proposed}
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in touched and value != self.before[name]
        }


class CallForm(forms.Form):
    """The script of a call, its outcome, and when to try next."""

    outcome = forms.ChoiceField(
        choices=ContactAttempt.Outcome.choices,
        widget=forms.RadioSelect,
        label="What came of it?",
        error_messages={"required": "Say what came of the call."},
    )
    how = forms.ChoiceField(choices=Clinic.VerifiedBy.choices, label="Reached", initial="phone")
    taking_new_patients = forms.ChoiceField(
        choices=[*YES_NO, ("", "Not asked")],
        widget=forms.RadioSelect,
        required=False,
        label="Are you taking new patients?",
    )
    wait_weeks = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=104,
        label="How many weeks until a first appointment?",
        help_text="0 when it is within a week. Leave empty when they did not say.",
    )
    confirmed = forms.BooleanField(
        required=False,
        label="They went through the listing with me: with the corrections on this page, it is true.",
    )
    because = forms.CharField(
        required=False,
        max_length=300,
        label="Why it was corrected",
        help_text="Kept in the history. Left empty: “Said on the call.”",
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        label="Note for the next caller",
        help_text="Never public.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_attempt_on = forms.DateField(
        required=False,
        label="Try again on",
        help_text="Left empty: after an answer, when the listing is due; otherwise in 1 to 14 days by what came of it.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for question in SafetyQuestion:
            self.fields[f"answer-{question}"] = forms.ChoiceField(
                choices=[*SafetyAnswer.Answer.choices, ("", "Not asked")],
                widget=forms.RadioSelect,
                required=False,
                label=question.asked,
            )
            self.fields[f"said-{question}"] = forms.CharField(
                required=False, max_length=300, label=f"What they said to: {question.asked}"
            )

    @property
    def script(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each question of the safety card, with the field for what they said."""
        return [(self[f"answer-{question}"], self[f"said-{question}"]) for question in SafetyQuestion]

    def answers(self) -> dict[str, tuple[str, str]]:
        """By question, what was answered: (answer, words)."""
        return {
            question.value: (answer, self.cleaned_data[f"said-{question}"])
            for question in SafetyQuestion
            if (answer := self.cleaned_data.get(f"answer-{question}"))
        }

    def clean_next_attempt_on(self):
        """Not before today."""
        on = self.cleaned_data["next_attempt_on"]
        if on and on < timezone.localdate():
            raise ValidationError("That day has passed.")
        return on

    def clean(self):
        """Only somebody who answered can have told us anything."""
        cleaned = super().clean() or {}
        learnt = cleaned.get("taking_new_patients") or cleaned.get("wait_weeks") is not None or self.answers()
        if "outcome" in cleaned and cleaned["outcome"] != ContactAttempt.Outcome.ANSWERED:
            if cleaned.get("confirmed"):
                self.add_error("confirmed", "Nobody can have confirmed it in a call that was not answered.")
            if learnt:
                self.add_error(
                    "outcome", "There are answers below. Choose that somebody answered, or take them out."
                )
        return cleaned

    def attempt(self) -> ContactAttempt:
        """The attempt as it is to be kept, without clinic and person."""
        said = self.cleaned_data
        return ContactAttempt(
            at=timezone.now(),
            how=said["how"],
            outcome=said["outcome"],
            taking_new_patients=AS_TYPED.get(said["taking_new_patients"]),
            wait_weeks=said["wait_weeks"],
            note=said["note"],
        )


class AnswerForm(forms.Form):
    """The end of a report, or that it stays open."""

    outcome = forms.ChoiceField(
        required=False,
        choices=[("", "Leave it open"), *Report.Outcome.choices],
        label="Answer to this report",
    )
    answer = forms.CharField(
        required=False,
        max_length=1000,
        label="What the sender reads",
        help_text="Needed when nothing is changed: say why.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self):
        """Who is declined is told why."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Report.Outcome.DECLINED and not cleaned.get("answer"):
            self.add_error("answer", "Say why nothing was changed: whoever told us will read it.")
        return cleaned


class BecauseForm(forms.Form):
    """Why a clinic may be called again."""

    because = forms.CharField(
        max_length=300,
        label="How do you know?",
        error_messages={"required": "Say how you know that it may be called again."},
    )


class OwnerLinkForm(forms.Form):
    """Where to send the link with which a clinic looks its own listing over."""

    to = forms.EmailField(label="E-mail address of the clinic")
