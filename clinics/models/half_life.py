from django.db import models

from clinics.decay import Decay, Fact


class HalfLife(models.Model):
    """What the history of all listings shows of how fast one fact goes out of date; measured each night."""

    fact = models.CharField(max_length=16, choices=Fact, unique=True)
    changes = models.PositiveIntegerField(help_text="How often it was found changed.")
    unchanged = models.PositiveIntegerField(help_text="How often it was confirmed as it stood.")
    days = models.FloatField(help_text="Days for which it was watched, of all clinics together.")
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(days__gte=0), name="half_life_days_not_negative"),
            models.CheckConstraint(condition=models.Q(fact__in=Fact.values), name="half_life_fact_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_fact_display()}: {self.decay.half_life:.0f} days"

    @property
    def decay(self) -> Decay:
        """What we know now: what we believed, and what was seen."""
        return Decay.believed(Fact(self.fact)).after(changes=self.changes, days=self.days)

    @classmethod
    def decays(cls) -> dict[Fact, Decay]:
        """Of every fact; what is believed of those that nobody has measured yet. One query."""
        measured = {Fact(each.fact): each.decay for each in cls.objects.all()}
        return {fact: measured.get(fact) or Decay.believed(fact) for fact in Fact}
