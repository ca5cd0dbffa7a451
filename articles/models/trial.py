"""Trials of ketamine and esketamine, as the table of all trials shows them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import RevisionMixin
from wagtail.search import index

from articles.models.source import Source


class Trial(index.Indexed, RevisionMixin, models.Model):
    """One trial with what it compared and what it found, whichever way that went."""

    class Finding(models.TextChoices):
        """What came of the comparison, in words that a reader is shown."""

        BETTER = "better", "Did better than the comparison"
        NO_WORSE = "no-worse", "No worse than the comparison"
        MIXED = "mixed", "Better in part only"
        NO_DIFFERENCE = "no-difference", "No significant difference"
        WORSE = "worse", "The comparison did better"
        NOT_COMPARED = "not-compared", "Main figure has no comparison"

    key = models.SlugField(unique=True, help_text="First author and year, or the trial’s name: karma-dep-2.")
    name = models.CharField(
        max_length=60, help_text="“KARMA-Dep 2”, or the first author where it has no name."
    )
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1990), MaxValueValidator(2100)])
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="trials")
    people = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="All groups together. Leave empty where we hold no figure that is certain.",
    )
    medicine = models.CharField(max_length=60, help_text="“Ketamine by drip”, “Esketamine spray”")
    comparator = models.CharField("compared with", max_length=80)
    who_knew = models.CharField("who knew what they had", max_length=80)
    result = models.CharField(
        max_length=200, help_text="The figure of the treatment first, then the comparison’s, and when."
    )
    finding = models.CharField(max_length=20, choices=Finding)

    panels = [
        FieldPanel("key"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("year")]),
        FieldPanel("source"),
        FieldPanel("people"),
        FieldRowPanel([FieldPanel("medicine"), FieldPanel("comparator")]),
        FieldPanel("who_knew"),
        FieldPanel("result"),
        FieldPanel("finding"),
    ]
    search_fields = [index.AutocompleteField("name"), index.SearchField("name")]

    class Meta:
        ordering = ["year", "name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.year}"
