"""What came of trying to reach a clinic. What the public is told of reachability and safety comes from here alone."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from clinics.models.clinic import Clinic


class SafetyQuestion(models.TextChoices):
    """The fixed questions, in the order they are asked. The label is what the public reads beside the answer."""

    PSYCHIATRIST = "psychiatrist", "A psychiatrist confirms the diagnosis and past treatments first"
    REGISTERED = "registered", "Whoever prescribes and whoever stays in the room are on a public register"
    MEDICINE = "medicine", "It says which medicine, dose and route, and whether it is licensed for this"
    MONITORED = "monitored", "Patients are monitored during a session and until they may leave"
    EMERGENCY = "emergency", "Emergency equipment and somebody trained in life support are on site"
    REFUSES = "refuses", "It says whom it would not treat"
    CONSENT = "consent", "Consent is written, covers touch, and a patient may stop at any time"
    MEASURED = "measured", "Benefit is measured, and there is a rule for when to stop"
    HARMS = "harms", "It checks bladder, liver and misuse, and writes to the patient's own doctor"
    PRICE = "price", "It gives the full price of a course, of maintenance and what is refunded"
    OUT_OF_HOURS = "out-of-hours", "Somebody answers out of hours"

    @property
    def asked(self) -> str:
        """The words to ask it in."""
        return ASKED[self]


ASKED = {
    SafetyQuestion.PSYCHIATRIST: "Does a psychiatrist confirm the diagnosis and past treatments before a first dose?",
    SafetyQuestion.REGISTERED: "Are the people who prescribe, and who stay in the room, on a public register?",
    SafetyQuestion.MEDICINE: "Do you tell patients which medicine, dose and route, and if it is licensed for this?",
    SafetyQuestion.MONITORED: "Is a patient monitored during the session, and until it is safe to leave?",
    SafetyQuestion.EMERGENCY: "Is there emergency equipment, and somebody trained in life support, on site?",
    SafetyQuestion.REFUSES: "Are there people whom you would not treat, and do you say who?",
    SafetyQuestion.CONSENT: "Is consent taken in writing, for touch too, and may a patient stop at any time?",
    SafetyQuestion.MEASURED: "Do you measure whether it helps, and have a rule for when to stop?",
    SafetyQuestion.HARMS: "Do you check bladder, liver and misuse, and write to the patient's own doctor?",
    SafetyQuestion.PRICE: "Do you give the full price of a course, of maintenance, and what is refunded?",
    SafetyQuestion.OUT_OF_HOURS: "Can a patient reach somebody out of hours?",
}


class ContactAttempt(models.Model):
    """One try to reach a clinic, and what was learnt from it."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "Answered, and talked to us"
        UNWILLING = "unwilling", "Answered, would not talk now"
        VOICEMAIL = "voicemail", "Voicemail or a menu, no person"
        NO_ANSWER = "no-answer", "No answer"
        WRONG_NUMBER = "wrong-number", "Wrong number"
        DO_NOT_CALL = "do-not-call", "Asked us not to call again"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="contact_attempts")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty for the made-up calls of sample clinics.",
    )
    how = models.CharField(max_length=8, choices=Clinic.VerifiedBy, default=Clinic.VerifiedBy.PHONE)
    outcome = models.CharField(max_length=12, choices=Outcome)
    taking_new_patients = models.BooleanField(null=True, blank=True)
    wait_weeks = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Weeks until a first appointment; 0 within a week."
    )
    note = models.TextField(max_length=2000, blank=True, help_text="For curators; never public.")

    class Meta:
        indexes = [models.Index(F("clinic"), F("at").desc(), name="contact_attempt_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="answered")
                | Q(taking_new_patients__isnull=True, wait_weeks__isnull=True),
                name="contact_attempt_learns_by_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(wait_weeks__isnull=True) | Q(wait_weeks__lte=104),
                name="contact_attempt_wait_within_two_years",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d}"

    @property
    def is_answered(self) -> bool:
        return self.outcome == self.Outcome.ANSWERED


class SafetyAnswer(models.Model):
    """What a clinic said to one of the fixed questions. A question without an answer was not asked."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        DECLINED = "declined", "Declined to say"

    attempt = models.ForeignKey(ContactAttempt, on_delete=models.CASCADE, related_name="safety_answers")
    question = models.CharField(max_length=16, choices=SafetyQuestion)
    answer = models.CharField(max_length=8, choices=Answer)
    note = models.CharField(
        max_length=300, blank=True, help_text="What they said; for curators, never public."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="safety_answer_once"),
            models.CheckConstraint(
                condition=Q(question__in=SafetyQuestion.values), name="safety_answer_question_known"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["yes", "no", "declined"]), name="safety_answer_answer_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"

    def clean(self):
        """An answer needs somebody who answered."""
        super().clean()
        if not self.attempt.is_answered:
            raise ValidationError("Only a call that was answered has answers.")
