from django.db import models
from django.db.models import F, Q
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import RevisionMixin

from clinics.models.offer import Route


class TreatmentSchedule(RevisionMixin, models.Model):
    """How often a route is usually given in its first eight weeks, as a source says that can be cited.

    A route without one is shown without figures: nothing is guessed.
    """

    route = models.PositiveSmallIntegerField(choices=Route, unique=True)
    visits_from = models.PositiveSmallIntegerField(
        "fewest visits", help_text="In the first eight weeks, without assessments."
    )
    visits_to = models.PositiveSmallIntegerField(
        "most visits", help_text="The same, where it is not a range."
    )
    pattern = models.CharField(max_length=200, help_text="In words, such as: twice a week for four weeks.")
    staying = models.CharField(max_length=200, help_text="How long a person stays each time.")
    going_home = models.CharField(
        max_length=300, help_text="Who must take them home, and when they may drive."
    )
    afterwards = models.CharField(max_length=200, help_text="What usually follows the eight weeks.")
    source = models.CharField(max_length=300, help_text="Who says so, in which publication, and when.")
    source_url = models.URLField("address of the source", blank=True)
    checked_on = models.DateField(help_text="When this was last compared with the source.")

    panels = [
        FieldPanel("route"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("visits_from"), FieldPanel("visits_to")]),
                FieldPanel("pattern"),
                FieldPanel("staying"),
                FieldPanel("going_home"),
                FieldPanel("afterwards"),
            ],
            heading="What it asks of a person",
        ),
        MultiFieldPanel(
            [FieldPanel("source"), FieldPanel("source_url"), FieldPanel("checked_on")],
            heading="How we know",
        ),
    ]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(visits_from__gte=1, visits_to__gte=F("visits_from")),
                name="schedule_visits_ascend",
                violation_error_message="The most visits cannot be fewer than the fewest, nor these fewer than one.",
            ),
            models.CheckConstraint(condition=Q(route__in=Route.values), name="schedule_route_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_route_display()}: {self.pattern}"

    @property
    def visits(self) -> str:
        """As people say it: "12", "3 to 6"."""
        return (
            str(self.visits_to)
            if self.visits_from == self.visits_to
            else f"{self.visits_from} to {self.visits_to}"
        )
