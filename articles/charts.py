"""Where the bars of a chart go.

Widths and positions are percentages of the drawing's width, so that one drawing suits a phone and a desk
and its letters keep their size. A bar of 100 % fills ``FULL`` of the width; the rest is for its label.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

FULL = Decimal("0.6")


@dataclass(frozen=True)
class Bar:
    """One arm of a trial. *percent* is of the people in that arm; *width* is of the drawing, in per cent."""

    label: str
    percent: str
    width: str


@dataclass(frozen=True)
class DrawnTrial:
    """A trial's values with the two bars that show them."""

    value: Any
    treatment: Bar
    comparator: Bar


def plain(number: Decimal) -> str:
    """The number without needless zeros: 71, 69.3."""
    return f"{number.normalize():f}"


def bar(label: str, percent: Decimal) -> Bar:
    """The bar of one arm."""
    return Bar(label=label, percent=plain(percent), width=plain(percent * FULL))


def drawn(trials: Iterable[Any]) -> list[DrawnTrial]:
    """Each child of a chart's ``trials`` with its bars."""
    return [
        DrawnTrial(
            value=trial.value,
            treatment=bar(trial.value["treatment"], trial.value["treatment_percent"]),
            comparator=bar(trial.value["comparator"], trial.value["comparator_percent"]),
        )
        for trial in trials
    ]
