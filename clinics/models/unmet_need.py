from datetime import date, timedelta

from django.db import models, transaction
from django.db.models import F, Max, Sum

from places.distance import Point

FEWEST = 5  # people; no setting goes below it
SHOWN_WEEKS = 52


def week_of(day: date) -> date:
    """The Monday that its week begins with."""
    return day - timedelta(days=day.weekday())


class UnmetNeedQuerySet(models.QuerySet["UnmetNeed"]):
    """Questions asked of what was looked for in vain."""

    def finished(self, today: date):
        """Of weeks that are over: nobody who looks twice learns when in a week something was searched."""
        return self.filter(week__lt=week_of(today))

    def by_area(self, today: date):
        """The last year's rows put together, as dicts: the area, what was looked for, searches; the most first."""
        since = week_of(today) - timedelta(weeks=SHOWN_WEEKS)
        rows = self.finished(today).filter(week__gte=since)
        grouped = rows.order_by().values("country", "area", "route", "payment")
        return grouped.annotate(
            total=Sum("searches"),
            last_week=Max("week"),
            title=Max("name"),
            north=Max("latitude"),
            east=Max("longitude"),
        ).order_by("-total", "country", "area", "route", "payment")


class UnmetNeed(models.Model):
    """So many people of an area looked in a week for something, and found nothing.

    A row is written once there were several, by whoever was the last of them (clinics.unmet_need).
    """

    week = models.DateField(help_text="The Monday that it begins with.")
    country = models.CharField(max_length=2)
    area = models.CharField(max_length=8, help_text="The beginning of its postcodes: ZE1, 995.")
    name = models.CharField(max_length=200, blank=True, help_text="A town there, with its region.")
    route = models.CharField(max_length=16, blank=True, help_text="The treatment asked for; empty for any.")
    payment = models.CharField(
        max_length=16, blank=True, help_text="The way to pay asked for; empty for any."
    )
    searches = models.PositiveIntegerField()
    latitude = models.FloatField(null=True, help_text="Degrees north of the middle of the area.")
    longitude = models.FloatField(null=True, help_text="Degrees east of the middle of the area.")

    objects = UnmetNeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["week", "country", "area", "route", "payment"], name="unmet_need_once"
            ),
            models.CheckConstraint(
                condition=models.Q(searches__gte=FEWEST), name="unmet_need_of_several_people"
            ),
            models.CheckConstraint(
                condition=models.Q(week__iso_week_day=1), name="unmet_need_week_begins_on_monday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.area}, {self.week}: {self.searches}"

    @classmethod
    def add(cls, searches: int, *, name: str, centre: Point | None, **key) -> None:
        """Add to the row of *key* (week, country, area, route, payment), or make it."""
        fields = {"name": name, "searches": searches}
        if centre:
            fields |= {"latitude": centre.latitude, "longitude": centre.longitude}
        with transaction.atomic():
            row, is_new = cls.objects.get_or_create(**key, defaults=fields)
            if not is_new:
                cls.objects.filter(pk=row.pk).update(searches=F("searches") + searches)
