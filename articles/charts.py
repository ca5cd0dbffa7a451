"""How the figures of a chart are written and drawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Bar:
    """One arm of a trial. *percent* is of the people in that arm, and the bar's share of the drawing's width."""

    label: str
    percent: str


@dataclass(frozen=True)
class DrawnTrial:
    """A trial's values with the two bars that show them."""

    value: Any
    treatment: Bar
    comparator: Bar


def plain(number: Decimal) -> str:
    """The number without needless zeros: 71, 69.3."""
    return f"{number.normalize():f}"


def drawn(trials: Iterable[Any]) -> list[DrawnTrial]:
    """Each child of a chart's ``trials`` with its bars."""
    return [
        DrawnTrial(
            value=trial.value,
            treatment=Bar(trial.value["treatment"], plain(trial.value["treatment_percent"])),
            comparator=Bar(trial.value["comparator"], plain(trial.value["comparator_percent"])),
        )
        for trial in trials
    ]
