"""A clinician's sign-off of an article: the step of the workflow, and the record that it leaves."""

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from wagtail.forms import TaskStateCommentForm
from wagtail.models import AbstractGroupApprovalTask, TaskState

from articles import wording


class ClinicalReviewQuerySet(models.QuerySet["ClinicalReview"]):
    """Questions asked of the reviews."""

    def latest_of(self, page) -> "ClinicalReview | None":
        """The latest review of *page*, which may be of words that have changed since."""
        return self.filter(page=page.pk).order_by("-reviewed_at", "-pk").first() if page.pk else None


class ClinicalReview(models.Model):
    """That a clinician read an article as it stood, and signed it off. Never changed; a later one takes its place."""

    page = models.ForeignKey(
        "articles.ArticlePage", on_delete=models.CASCADE, related_name="clinical_reviews"
    )
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    words_digest = models.CharField(
        max_length=64, help_text="Of the words that were read (articles.wording)."
    )
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=100, help_text="As readers see it.")
    qualification = models.CharField(
        max_length=200, help_text="Profession and registration, as readers see them."
    )

    objects = ClinicalReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(qualification=""),
                name="clinical_review_names_its_clinician",
                violation_error_message="A review names the clinician and the qualification.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.qualification}, {self.reviewed_at:%Y-%m-%d}"

    def is_of(self, page) -> bool:
        """Whether *page* still has the words that were reviewed."""
        return self.words_digest == wording.digest(page)


class SignOffForm(TaskStateCommentForm):
    """What a clinician fills in. The name is given each time, so that nobody is named without having said so."""

    name = forms.CharField(
        label="Your name, as readers will see it",
        max_length=100,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    qualification = forms.CharField(
        label="Your profession and registration",
        max_length=200,
        help_text="Such as: consultant psychiatrist, GMC number and the number. Readers see this.",
    )
    field_order = ["name", "qualification", "comment"]


class ClinicalSignOff(AbstractGroupApprovalTask):
    """A step of a workflow that only a clinician of the chosen groups approves: not even a superuser does."""

    class Meta:
        verbose_name = "clinical sign-off"

    def get_actions(self, obj, user):
        if not self._user_in_groups(user):
            return []
        return [("reject", "Request changes", True), ("approve", "Sign off", True)]

    def get_form_for_action(self, action):
        return SignOffForm if action == "approve" else super().get_form_for_action(action)

    @transaction.atomic
    def on_action(self, task_state: TaskState, user, action_name: str, **given) -> None:
        """Approve or reject; an approval is recorded as a review of the latest revision, which it publishes.

        Raises PermissionDenied for whoever is no clinician, and for a sign-off without a name.
        """
        if not self._user_in_groups(user):
            raise PermissionDenied
        if action_name == "approve":
            form = SignOffForm(given)
            if not form.is_valid():
                raise PermissionDenied
            given = {"comment": form.cleaned_data.pop("comment")}
            _record(task_state.workflow_state.content_object.get_latest_revision(), user, form.cleaned_data)
        super().on_action(task_state, user, action_name, **given)

    @classmethod
    def get_description(cls):
        return (
            "A clinician of the chosen groups reads the page and signs it off; readers see who did, and when"
        )


def _record(revision, user, signed: dict[str, str]) -> None:
    page = revision.as_object()
    if not hasattr(page, "clinical_reviews"):  # somebody has given the workflow to another kind of page
        return
    ClinicalReview.objects.create(
        page=page,
        revision=revision,
        words_digest=wording.digest(page),
        reviewed_at=timezone.now(),
        reviewed_by=user,
        **signed,
    )
