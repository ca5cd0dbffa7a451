"""Medical statements of this site, each with its sources, how sure it is, and when it was last checked."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.forms import BaseChildFormSet
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, MultipleChooserPanel
from wagtail.models import DraftStateMixin, Orderable, RevisionMixin
from wagtail.search import index

from articles.models.source import Source

WITHOUT_SOURCE = "A claim needs at least one source. Choose one under “Sources”."


class SourcesFormSet(BaseChildFormSet):
    """The sources of a claim in the editor."""

    default_error_messages = {"too_few_forms": WITHOUT_SOURCE}


class SourcesPanel(MultipleChooserPanel):
    """Where an editor chooses the sources of a claim."""

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = SourcesFormSet
        return options


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Questions asked of the claims."""

    def live(self) -> "ClaimQuerySet":
        """Claims that the public may see."""
        return self.filter(live=True)

    def with_sources(self) -> "ClaimQuerySet":
        """With the sources of all of them, in two more queries however many there are."""
        return self.prefetch_related("claim_sources__source")

    def due(self, *, on: datetime.date) -> "ClaimQuerySet":
        """Claims the public sees whose next check has come, the longest overdue first."""
        return self.live().filter(next_check_on__lte=on).order_by("next_check_on", "key")

    def on_fallen_sources(self) -> "ClaimQuerySet":
        """Claims with a source that has been retracted or superseded."""
        fallen = ClaimSource.objects.filter(claim=models.OuterRef("pk")).exclude(
            source__standing=Source.Standing.CURRENT
        )
        return self.filter(models.Exists(fallen))

    def without_source(self) -> "ClaimQuerySet":
        """Claims that rest on nothing, or only on what has been retracted."""
        holding = ClaimSource.objects.filter(claim=models.OuterRef("pk")).exclude(
            source__standing=Source.Standing.RETRACTED
        )
        return self.filter(~models.Exists(holding))


class Claim(index.Indexed, DraftStateMixin, RevisionMixin, ClusterableModel):
    """One medical statement. Articles cite it by its key, as in ``[#murrough-response]``, and so its sources."""

    class Topic(models.TextChoices):
        """What a claim is about: the headings of the ledger, in their order there."""

        MECHANISM = "mechanism", "How it works"
        BENEFIT = "benefit", "Whether it helps"
        COMPARED = "compared", "Against other treatments"
        LASTING = "lasting", "How long it lasts"
        SESSION = "session", "What happens at a session"
        SIDE_EFFECTS = "side-effects", "Side effects and risks"
        SUITABILITY = "suitability", "Who should not have it"
        LICENCE = "licence", "Licences and official advice"
        AT_HOME = "at-home", "Ketamine at home"
        COST = "cost", "Costs and who pays"
        OTHER = "other", "Other options"

    class Grade(models.TextChoices):
        """How sure a statement is: the four words of GRADE, and one for what is no finding of research."""

        HIGH = "high", "High"
        MODERATE = "moderate", "Moderate"
        LOW = "low", "Low"
        VERY_LOW = "very-low", "Very low"
        RECORD = "record", "On record"

    key = models.SlugField(
        unique=True,
        help_text="Short and lasting, such as murrough-response. Texts cite it as [#murrough-response], so leave it "
        "as it is once they do.",
    )
    topic = models.CharField(max_length=20, choices=Topic)
    statement = models.TextField(
        help_text="One statement in plain words that stands by itself. A percentage has its number of people, what "
        "it was compared with, and when it was measured."
    )
    grade = models.CharField(
        "how sure it is",
        max_length=10,
        choices=Grade,
        help_text="“On record” is for rules, decisions and prices, which can be looked up.",
    )
    grade_reason = models.CharField("why this grade", max_length=300, help_text="Readers see this.")
    checked_on = models.DateField(
        "last checked on", help_text="When the statement was last compared with its sources."
    )
    next_check_on = models.DateField(
        help_text="In a year at the latest; sooner for prices and official decisions, which change."
    )

    objects = ClaimQuerySet.as_manager()

    panels = [
        FieldPanel("key"),
        FieldPanel("topic"),
        FieldPanel("statement"),
        SourcesPanel(
            "claim_sources",
            chooser_field_name="source",
            heading="Sources",
            label="Source",
            min_num=1,
            help_text="The one that says it best comes first.",
        ),
        MultiFieldPanel([FieldPanel("grade"), FieldPanel("grade_reason")], heading="How sure is it?"),
        FieldRowPanel([FieldPanel("checked_on"), FieldPanel("next_check_on")], heading="Checks"),
    ]
    search_fields = [
        index.AutocompleteField("statement"),
        index.AutocompleteField("key"),
        index.SearchField("statement"),
        index.FilterField("topic"),
        index.FilterField("live"),
    ]

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(next_check_on__gt=models.F("checked_on")),
                name="claim_next_check_after_last",
                violation_error_message="The next check must come after the last one.",
            ),
        ]

    def __str__(self) -> str:
        return self.statement

    def clean(self) -> None:
        """Refuse a claim that rests on nothing. (The editor's form counts the sources of a new one.)"""
        super().clean()
        if self.pk and not self.claim_sources.all():
            raise ValidationError(WITHOUT_SOURCE)

    @property
    def sources(self) -> list[Source]:
        """What it rests on, the best first."""
        return [entry.source for entry in self.claim_sources.all()]

    @property
    def anchor(self) -> str:
        """Where it stands on the page of all claims."""
        return f"claim-{self.key}"


class ClaimSource(Orderable):
    """One source of one claim. A source that a claim rests on cannot be deleted."""

    claim = ParentalKey(Claim, on_delete=models.CASCADE, related_name="claim_sources")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="claim_sources")

    panels = [FieldPanel("source")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["claim", "source"], name="claim_names_a_source_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} – {self.source}"
