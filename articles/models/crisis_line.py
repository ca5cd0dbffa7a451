"""Telephone lines for people in danger, by country."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import RevisionMixin


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    """Questions asked of the crisis lines."""

    def by_country(self) -> list[tuple[str, list["CrisisLine"]]]:
        """Pairs of country name and its lines, in the order of ``CrisisLine.Country``."""
        lines = list(self.order_by("position", "pk"))
        countries = (
            (country.label, [line for line in lines if line.country == country])
            for country in CrisisLine.Country
        )
        return [(name, its_lines) for name, its_lines in countries if its_lines]


class CrisisLine(RevisionMixin, models.Model):
    """One service that answers at once, with the numbers it answers on."""

    class Country(models.TextChoices):
        GB = "GB", "United Kingdom"
        IE = "IE", "Ireland"
        US = "US", "United States"
        CA = "CA", "Canada"
        AU = "AU", "Australia"
        NZ = "NZ", "New Zealand"
        DE = "DE", "Germany"

    key = models.SlugField(unique=True, help_text="Country and service, such as gb-samaritans.")
    country = models.CharField(max_length=2, choices=Country)
    name = models.CharField(max_length=100)
    is_emergency = models.BooleanField(
        "emergency number", default=False, help_text="Ambulance and police, as 999 or 911."
    )
    numbers = ArrayField(
        models.CharField(max_length=20),
        help_text="As people of that country write them, with commas between.",
    )
    by_call = models.BooleanField("answers calls", default=True)
    by_text = models.BooleanField("answers text messages", default=False)
    text_word = models.CharField(
        "word to text",
        max_length=20,
        blank=True,
        help_text="Where the first message must be a word, as SHOUT.",
    )
    note = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Smaller numbers come first in a country."
    )

    objects = CrisisLineQuerySet.as_manager()

    panels = [
        FieldPanel("key"),
        FieldPanel("country"),
        FieldPanel("name"),
        FieldPanel("is_emergency"),
        FieldPanel("numbers"),
        FieldPanel("by_call"),
        FieldPanel("by_text"),
        FieldPanel("text_word"),
        FieldPanel("note"),
        FieldPanel("position"),
    ]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by_call=True) | models.Q(by_text=True),
                name="crisis_line_answers_calls_or_texts",
                violation_error_message="A line must answer calls or text messages.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_country_display()})"

    @property
    def dialled(self) -> list[tuple[str, str]]:
        """Pairs of a number as written and as dialled: ``("13 11 14", "131114")``."""
        return [(number, "".join(digit for digit in number if digit.isdigit())) for number in self.numbers]
