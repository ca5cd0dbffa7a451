"""A publication that the articles cite."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import RevisionMixin
from wagtail.search import index


class Source(index.Indexed, RevisionMixin, models.Model):
    """One primary publication. Articles name it by its key, as in ``[@murrough-2013]``."""

    class Kind(models.TextChoices):
        """What sort of study or document it is, in words that a reader is shown."""

        BLIND_TRIAL = "blind-trial", "Randomised trial, double-blind"
        OPEN_TRIAL = "open-trial", "Randomised trial, open-label"
        WITHDRAWAL_TRIAL = "withdrawal-trial", "Randomised withdrawal trial"
        UNCONTROLLED = "uncontrolled", "Study without a comparison group"
        SURVEY = "survey", "Survey"
        LABORATORY = "laboratory", "Brain-imaging study"
        SYSTEMATIC_REVIEW = "systematic-review", "Systematic review"
        REVIEW = "review", "Review of laboratory research"
        REGULATOR = "regulator", "Decision or notice of a public body"
        LABEL = "label", "Product information"
        SERVICE = "service", "Page of a health service"

    class Standing(models.TextChoices):
        """Whether the publication still stands, as readers are told beside each citation of it."""

        CURRENT = "current", "Current"
        SUPERSEDED = "superseded", "Superseded"
        RETRACTED = "retracted", "Retracted"

    key = models.SlugField(
        unique=True,
        help_text="First author and year, such as murrough-2013. Articles cite it as [@murrough-2013], so leave it "
        "as it is once they do.",
    )
    kind = models.CharField("type of study", max_length=20, choices=Kind)
    authors = models.CharField(
        max_length=200, help_text="First author and “and others”, or the body that published it."
    )
    year = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1950), MaxValueValidator(2100)],
        help_text="Leave empty for a page without a date.",
    )
    title = models.CharField(max_length=300, blank=True, help_text="Only if you have seen it. Never guess.")
    journal = models.CharField("journal or publisher", max_length=200, blank=True)
    doi = models.CharField(
        "DOI",
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^10\.\d{4,9}/\S+$", "A DOI looks like 10.1056/NEJMoa2302399.")],
    )
    pmcid = models.CharField(
        "PMC number",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^PMC\d+$", "A PMC number looks like PMC6551577.")],
    )
    pmid = models.CharField(
        "PubMed number",
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^\d+$", "A PubMed number is digits only, such as 23982301.")],
    )
    url = models.URLField(
        "other address", max_length=400, blank=True, help_text="Only where none of the three above is known."
    )
    standing = models.CharField(
        max_length=10,
        choices=Standing,
        default=Standing.CURRENT,
        help_text="A source that is not current is flagged wherever it is cited, at once.",
    )
    standing_note = models.CharField(
        "what happened to it",
        max_length=300,
        blank=True,
        help_text="Who retracted it and when, or what replaced it. Readers see this.",
    )
    checked_on = models.DateField(
        "last checked on",
        null=True,
        blank=True,
        help_text="When somebody last opened it, or our record of it, and compared what we say it says.",
    )

    panels = [
        FieldPanel("key"),
        FieldPanel("kind"),
        MultiFieldPanel(
            [FieldPanel("authors"), FieldPanel("year"), FieldPanel("title"), FieldPanel("journal")],
            heading="What it is",
        ),
        MultiFieldPanel(
            [FieldPanel("doi"), FieldPanel("pmcid"), FieldPanel("pmid"), FieldPanel("url")],
            heading="Where to read it",
            help_text="Copy these from the publication itself. An address that is not certain is left out.",
        ),
        MultiFieldPanel(
            [FieldPanel("standing"), FieldPanel("standing_note"), FieldPanel("checked_on")],
            heading="Does it still hold?",
        ),
    ]
    search_fields = [
        index.AutocompleteField("authors"),
        index.AutocompleteField("title"),
        index.AutocompleteField("key"),
        index.SearchField("authors"),
        index.SearchField("title"),
    ]

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(standing="current") | ~models.Q(standing_note=""),
                name="source_not_current_says_why",
                violation_error_message="Say who retracted it and when, or what replaced it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authors} ({self.year})" if self.year else self.authors

    def structured_data(self) -> dict[str, str]:
        """The publication as schema.org describes it, with what is known of it."""
        official = {self.Kind.REGULATOR, self.Kind.LABEL, self.Kind.SERVICE}
        known = {
            "name": self.title or self.journal,
            "author": self.authors,
            "datePublished": str(self.year or ""),
            "url": self.address,
        }
        kind = "CreativeWork" if self.kind in official else "ScholarlyArticle"
        return {"@type": kind} | {name: value for name, value in known.items() if value}

    @property
    def is_current(self) -> bool:
        return self.standing == self.Standing.CURRENT

    @property
    def address(self) -> str:
        """The most lasting address known, or an empty string."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmcid:
            return f"https://pmc.ncbi.nlm.nih.gov/articles/{self.pmcid}/"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.url
