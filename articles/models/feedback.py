"""Whether readers found an article useful, and what they would change. Nothing says who they are."""

from datetime import date, timedelta

from django.core.signing import TimestampSigner
from django.db import models
from wagtail.admin.panels import FieldPanel

MOST_PER_DAY = 200  # answers about one article; more than that are not readers
KEPT = timedelta(days=365)
QUESTION = TimestampSigner(salt="articles.feedback.question")


def question_token(page) -> str:
    """What the question on *page* carries: which page it was asked on, and when the page was made."""
    return QUESTION.sign(str(page.pk))


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Questions asked of the feedback."""

    def is_full(self, page, *, on: date) -> bool:
        """Whether *page* has had as many answers on that day as are taken."""
        return self.filter(page=page, given_on=on).count() >= MOST_PER_DAY

    def outdated(self, *, on: date) -> "FeedbackQuerySet":
        """What is to be forgotten by that day."""
        return self.filter(given_on__lt=on - KEPT)


class Feedback(models.Model):
    """One answer to “Was this page useful?”. The day is kept, not the time; no address, no cookie, no name."""

    page = models.ForeignKey("articles.ArticlePage", on_delete=models.CASCADE, related_name="feedback")
    is_useful = models.BooleanField("useful")
    comment = models.TextField(max_length=500, blank=True)
    given_on = models.DateField()

    objects = FeedbackQuerySet.as_manager()

    panels = [
        FieldPanel("page", read_only=True),
        FieldPanel("is_useful", read_only=True),
        FieldPanel("comment", read_only=True),
        FieldPanel("given_on", read_only=True),
    ]

    class Meta:
        indexes = [models.Index(fields=["page", "given_on"], name="feedback_by_page_and_day")]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return self.comment or ("Useful" if self.is_useful else "Not useful")
