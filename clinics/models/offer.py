"""What a clinic offers, and when it is open."""

import re
from collections.abc import Iterable
from datetime import date, time

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey


class Route(models.IntegerChoices):
    """How the medicine is taken. Integers, because the nearest-neighbour index holds them in an integer array."""

    IV = 1, "Intravenous infusion"
    IM = 2, "Injection into a muscle"
    SUBCUTANEOUS = 3, "Injection under the skin"
    ESKETAMINE = 4, "Esketamine nasal spray"
    ORAL = 5, "By mouth or under the tongue"

    @property
    def slug(self) -> str:
        """The word for it in addresses and the API."""
        return {1: "iv", 2: "im", 3: "subcutaneous", 4: "esketamine", 5: "oral"}[self.value]

    @classmethod
    def from_slug(cls, slug: str) -> "Route":
        """The route of that word; KeyError for another."""
        return {route.slug: route for route in cls}[slug]


class Treatment(models.Model):
    """A route offered at a clinic, with its price there."""

    class PriceUnit(models.TextChoices):
        SESSION = "session", "a session"
        COURSE = "course", "a course"
        MONTH = "month", "a month"

    clinic = ParentalKey("clinics.Clinic", on_delete=models.CASCADE, related_name="treatments")
    route = models.PositiveSmallIntegerField(choices=Route)
    price_from = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="The lowest price a patient pays themselves. Leave empty when not known.",
    )
    price_to = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="The highest, where it is a range.",
    )
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217 code, such as GBP.")
    price_unit = models.CharField(max_length=8, choices=PriceUnit, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="Shown to the public beside the price.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "route"], name="treatment_route_once"),
            models.CheckConstraint(condition=Q(route__in=Route.values), name="treatment_route_known"),
            models.CheckConstraint(
                condition=Q(price_from__isnull=True, price_to__isnull=True)
                | (Q(price_from__isnull=False) & Q(price_from__gte=0) & ~Q(currency="") & ~Q(price_unit="")),
                name="treatment_price_has_currency_and_unit",
            ),
            models.CheckConstraint(
                condition=Q(price_to__isnull=True) | Q(price_to__gte=F("price_from")),
                name="treatment_price_range_ascends",
            ),
        ]

    def __str__(self) -> str:
        return self.get_route_display()

    def clean(self):
        """What the constraints hold, said beside the field it is about."""
        super().clean()
        errors = {}
        if self.price_from is None and self.price_to is not None:
            errors["price_from"] = "Give the lowest price too, or leave both empty."
        if self.price_from is not None and not self.currency:
            errors["currency"] = "Say in which currency."
        if self.currency and not re.fullmatch("[A-Z]{3}", self.currency):
            errors["currency"] = "A currency is a code of three capital letters, such as GBP."
        if self.price_from is not None and not self.price_unit:
            errors["price_unit"] = "Say what the price is for."
        lowest, highest = self.price_from, self.price_to
        if lowest is not None and highest is not None and highest < lowest:
            errors["price_to"] = "The highest price is below the lowest."
        if errors:
            raise ValidationError(errors)


class OpeningHours(models.Model):
    """One span of opening on one day of the week, in the clinic's own time zone.

    A span that closes at or before its opening time runs past midnight into the next day.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    clinic = ParentalKey("clinics.Clinic", on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name_plural = "opening hours"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="opening_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M} to {self.closes:%H:%M}"


MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY


def opening_borders(spans: Iterable[OpeningHours]) -> list[int]:
    """The minutes of the week at which a clinic opens, closes, opens, closes …, from Monday 00:00 by its own clock.

    They ascend, and spans that touch are one; what runs past the end of Sunday goes on at 0. A clinic is open while
    an odd number of borders has passed, which is how PostgreSQL asks (``clinics.open_now``).
    """
    stretches = []
    for span in spans:
        opens = span.weekday * MINUTES_A_DAY + _minute_of_day(span.opens)
        closes = span.weekday * MINUTES_A_DAY + _minute_of_day(span.closes)
        if closes <= opens:
            closes += MINUTES_A_DAY
        stretches.append((opens, min(closes, MINUTES_A_WEEK)))
        if closes > MINUTES_A_WEEK:
            stretches.append((0, closes - MINUTES_A_WEEK))
    borders: list[int] = []
    for opens, closes in sorted(stretches):
        if borders and opens <= borders[-1]:
            borders[-1] = max(borders[-1], closes)
        else:
            borders += [opens, closes]
    return borders


def _minute_of_day(value: time | str) -> int:
    clock = models.TimeField().to_python(value)  # a form may have left it as text
    return clock.hour * 60 + clock.minute


class ClosedDates(models.Model):
    """Days on which a clinic is closed though its opening hours say otherwise, by its own calendar."""

    clinic = ParentalKey("clinics.Clinic", on_delete=models.CASCADE, related_name="closed_dates")
    first_on = models.DateField("first day")
    last_on = models.DateField("last day")
    reason = models.CharField(max_length=100, blank=True, help_text="Shown to the public, such as: Easter.")

    class Meta:
        verbose_name_plural = "closed dates"
        indexes = [  # for the few of a day, among those of all years
            models.Index(fields=["last_on", "first_on"], include=["clinic"], name="closed_dates_by_day")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="closed_dates_ascend",
                violation_error_message="The last day cannot come before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_on} to {self.last_on}"

    def covers(self, day: date) -> bool:
        """Whether it is closed on *day*."""
        return self.first_on <= day <= self.last_on
