"""What a whole course asks of a person: visits, travel and money in the first eight weeks, by route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from clinics.models import Clinic, Treatment, TreatmentSchedule
from places.distance import Point

MONTHS = 2  # about eight weeks, for a price by the month


@dataclass(frozen=True)
class Burden:
    """One treatment of a clinic over eight weeks. What cannot be known is None, never nought."""

    treatment: Treatment
    schedule: TreatmentSchedule | None
    km_away: float | None  # in a straight line from where the person starts

    @property
    def travel_km(self) -> tuple[float, float] | None:
        """There and back for the fewest and the most visits; None without a start or a schedule."""
        if self.schedule is None or self.km_away is None:
            return None
        return 2 * self.km_away * self.schedule.visits_from, 2 * self.km_away * self.schedule.visits_to

    @property
    def price(self) -> tuple[Decimal, Decimal] | None:
        """The least and the most that the treatment itself comes to; None where either factor is not known."""
        lowest, highest = self.treatment.price_from, self.treatment.price_to or self.treatment.price_from
        if lowest is None or highest is None:
            return None
        match self.treatment.price_unit:
            case Treatment.PriceUnit.COURSE:
                return lowest, highest
            case Treatment.PriceUnit.MONTH:
                return lowest * MONTHS, highest * MONTHS
            case _ if self.schedule:
                return lowest * self.schedule.visits_from, highest * self.schedule.visits_to
        return None


def schedules_by_route() -> dict[int, TreatmentSchedule]:
    """All of them, in one query."""
    return {schedule.route: schedule for schedule in TreatmentSchedule.objects.all()}


def burdens(clinic: Clinic, start: Point | None, schedules: Mapping[int, TreatmentSchedule]) -> list[Burden]:
    """One for each treatment, in the clinic's order; none for a remote service, to which nobody travels."""
    if clinic.setting == Clinic.Setting.REMOTE:
        return []
    km_away = start.km_to(clinic.point) if start and clinic.point else None
    return [Burden(treatment, schedules.get(treatment.route), km_away) for treatment in clinic.offers]
