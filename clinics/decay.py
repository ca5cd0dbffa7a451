"""How fast what a listing says goes out of date: the facts, what we believed beforehand, and the arithmetic.

Each fact is taken to change at a constant rate, so that the chance that it still holds after t days is exp(-rate t).
The rate is not known: what we know of it is a Gamma distribution, of a *shape* (changes seen) and a *scale* (days in
which they were seen). Watching adds the changes to the one and the days to the other (the conjugate prior of
exponential survival: Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6). Averaged over what the rate may be,
the chance is the survival function of a Lomax distribution,

    P(still true after t days) = (scale / (scale + t)) ^ shape,

which is one half at scale * (2 ^ (1 / shape) - 1) days: the half-life.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

PRIOR_CHANGES = 2.0  # what we believed beforehand weighs as much as two changes that were seen


class Fact(TextChoices):
    """Something that a listing says and that may cease to be true. The label is its name within a sentence."""

    OPEN = "open", "whether it is still there"
    PHONE = "phone", "phone number"
    NEW_PATIENTS = "new-patients", "new patients"
    TREATMENTS = "treatments", "treatments"
    PRICES = "prices", "prices"
    ADDRESS = "address", "address"
    OPENING_HOURS = "opening-hours", "opening hours"
    PAYMENTS = "payments", "ways to pay"
    WAITING_TIME = "waiting-time", "waiting time"
    WEBSITE = "website", "website"

    @property
    def weight(self) -> int:
        """How much it matters to somebody looking for a clinic that it is true; 1 to 5, the curators' judgement."""
        return WEIGHTS[self]


WEIGHTS = {
    Fact.OPEN: 5,
    Fact.PHONE: 5,
    Fact.NEW_PATIENTS: 4,
    Fact.TREATMENTS: 4,
    Fact.PRICES: 3,
    Fact.ADDRESS: 3,
    Fact.OPENING_HOURS: 2,
    Fact.PAYMENTS: 2,
    Fact.WAITING_TIME: 1,
    Fact.WEBSITE: 1,
}

# Days in which half of them would have changed: a judgement, not a measurement, which history soon outweighs.
BELIEVED_HALF_LIVES = {
    Fact.OPEN: 5 * 365,
    Fact.PHONE: 3 * 365,
    Fact.NEW_PATIENTS: 120,
    Fact.TREATMENTS: 2 * 365,
    Fact.PRICES: 365,
    Fact.ADDRESS: 5 * 365,
    Fact.OPENING_HOURS: 365,
    Fact.PAYMENTS: 2 * 365,
    Fact.WAITING_TIME: 60,
    Fact.WEBSITE: 3 * 365,
}


@dataclass(frozen=True)
class Decay:
    """What is known of the rate at which a fact changes: a Gamma distribution, per day."""

    shape: float
    scale: float  # days

    @classmethod
    def believed(cls, fact: Fact) -> Decay:
        """Before anything was seen."""
        spread = 2 ** (1 / PRIOR_CHANGES) - 1
        return cls(PRIOR_CHANGES, BELIEVED_HALF_LIVES[fact] / spread)

    def after(self, *, changes: int, days: float) -> Decay:
        """Having seen so many *changes* in so many *days*, of all clinics together."""
        return Decay(self.shape + changes, self.scale + days)

    def chance_true(self, days: float) -> float:
        """That what was true is true still, *days* later."""
        return (self.scale / (self.scale + max(days, 0))) ** self.shape

    @property
    def half_life(self) -> float:
        """Days after which it is likelier out of date than not."""
        return self.scale * (2 ** (1 / self.shape) - 1)


@dataclass
class Watched:
    """What history shows of one fact."""

    changes: int = 0
    unchanged: int = 0  # times it was confirmed as it stood
    days: float = 0

    def add(self, days: float, *, changed: bool) -> None:
        """Between two looks that lie *days* apart. It changed somewhere between: half of them, on average, before."""
        if days <= 0:  # put right on the day it was confirmed: a slip of the pen
            return
        self.changes += changed
        self.unchanged += not changed
        self.days += days / 2 if changed else days
