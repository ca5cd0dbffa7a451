"""How the figures of a chart are written and drawn.

Widths are percentages of the drawing and heights are ems, so that a drawing fits any screen and its letters grow
with the reader's text. The table of a chart is made from the same values as its drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

LEFT, RIGHT = 16.0, 93.0  # percent of the width, where the first and last points stand
TOP, FOOT = 2.0, 17.0  # ems from the top, where the highest value and 0 stand
LABEL_ROOM = 11.0  # percent of the width that a label needs on a narrow phone


@dataclass(frozen=True)
class Table:
    """The figures of a chart in words. The first cell of a row names it."""

    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Bar:
    """One arm of a trial. *percent* is of the people in that arm, and the bar's share of the drawing's width."""

    label: str
    percent: str

    def __str__(self) -> str:
        return f"{self.percent}% on {self.label}"


@dataclass(frozen=True)
class DrawnTrial:
    """A trial's values with the two bars that show them."""

    value: Any
    treatment: Bar
    comparator: Bar


@dataclass(frozen=True)
class Trials:
    """Trials, each with its two bars."""

    template: ClassVar = "components/charts/trials.html"
    trials: list[DrawnTrial]

    @property
    def table(self) -> Table:
        return Table(
            ["Trial", "People", "Treatment", "Comparison", "Measured", "Design", "Finding"],
            [
                [
                    trial.value["name"],
                    str(trial.value["people"]),
                    str(trial.treatment),
                    str(trial.comparator),
                    trial.value["when"],
                    trial.value["design"],
                    trial.value["finding"],
                ]
                for trial in self.trials
            ],
        )


@dataclass(frozen=True)
class Effects:
    """Side effects of one treatment, each with its two bars."""

    template: ClassVar = "components/charts/effects.html"
    value: Any
    effects: list[DrawnTrial]

    @property
    def table(self) -> Table:
        return Table(
            [
                "Effect",
                f"{self.value['treatment']} ({self.value['treatment_people']} people)".capitalize(),
                f"{self.value['comparator']} ({self.value['comparator_people']} people)".capitalize(),
            ],
            [
                [effect.value["name"], f"{effect.treatment.percent}%", f"{effect.comparator.percent}%"]
                for effect in self.effects
            ],
        )


@dataclass(frozen=True)
class Point:
    """A value at its place. *label* is empty where there is no room for it; the table has every value."""

    x: float
    y: float
    label: str
    label_x: float
    label_y: float
    anchor: str
    at_end: bool


@dataclass(frozen=True)
class Line:
    """One series, its points, and the straight pieces between them."""

    label: str
    points: list[Point]
    said: str

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        return list(pairwise(self.points))


@dataclass(frozen=True)
class Mark:
    """A label of an axis at its place: *place* is in percent of the width, or in ems from the top."""

    place: float
    label: str
    at_end: bool = True


@dataclass(frozen=True)
class Course:
    """One or two lines over time."""

    template: ClassVar = "components/charts/course.html"
    value: Any
    lines: list[Line]
    across: list[Mark]
    up: list[Mark]

    @property
    def people(self) -> str:
        return f"{self.value['people']:,}"

    @property
    def table(self) -> Table:
        series = self.value["series"]
        return Table(
            ["When", *(entry["label"].capitalize() for entry in series)],
            [
                [
                    time["label"],
                    *(plain(entry["values"][position]) + self.value["unit"] for entry in series),
                ]
                for position, time in enumerate(self.value["times"])
            ],
        )


def plain(number: Decimal) -> str:
    """The number without needless zeros: 71, 69.3."""
    return f"{number.normalize():f}"


def drawn(figures: Sequence[Any]) -> Trials | Effects | Course:
    """What shows the *figures* of a chart. They are all of one sort."""
    value = figures[0].value
    match figures[0].block_type:
        case "effects":
            return Effects(value, [_pair(effect, value) for effect in value["effects"]])
        case "course":
            return _course(value)
        case _:
            return Trials([_pair(trial.value, trial.value) for trial in figures])


def _pair(value: Any, arms: Any) -> DrawnTrial:
    return DrawnTrial(
        value=value,
        treatment=Bar(arms["treatment"], plain(value["treatment_percent"])),
        comparator=Bar(arms["comparator"], plain(value["comparator_percent"])),
    )


def _course(value: Any) -> Course:
    times = [float(time["at"]) for time in value["times"]]
    span = times[-1] - times[0]
    places = [LEFT + (RIGHT - LEFT) * (time - times[0]) / span for time in times]
    labelled = _with_room(places)
    unit, highest = value["unit"], value["highest"]
    return Course(
        value=value,
        lines=[_line(value, position, places, labelled) for position in range(len(value["series"]))],
        across=[
            Mark(round(place, 2), time["label"], place in (places[0], places[-1]))
            for place, time in zip(places, value["times"], strict=True)
            if place in labelled
        ],
        up=[Mark(_height(part * highest / 2, highest), f"{part * highest / 2:g}{unit}") for part in range(3)],
    )


def _line(value: Any, position: int, places: list[float], labelled: set[float]) -> Line:
    series = value["series"][position]
    points = []
    for index, (place, number) in enumerate(zip(places, series["values"], strict=True)):
        others = [entry["values"][index] for entry in value["series"] if entry is not series]
        above = all(number > other or (number == other and position == 0) for other in others)
        x, y = round(place, 2), _height(float(number), value["highest"])
        label = plain(number) if place in labelled else ""
        if index == 0:  # beside the point: the line may fall steeply from it
            points.append(Point(x, y, label, x - 2.5, round(y + 0.35, 2), "end", at_end=True))
        else:
            label_y = round(y - 0.65 if above else y + 1.4, 2)
            points.append(Point(x, y, label, x, label_y, "middle", at_end=place == places[-1]))
    said = ", ".join(
        f"{plain(number)}{value['unit']} at {time['label']}"
        for number, time in zip(series["values"], value["times"], strict=True)
    )
    return Line(series["label"], points, said)


def _height(number: float, highest: int) -> float:
    return round(FOOT - (FOOT - TOP) * number / highest, 2)


def _with_room(places: list[float]) -> set[float]:
    """Places whose labels do not run into each other: the first, which stands beside its point, and the last too."""
    kept: list[float] = []
    for place in places[1:-1]:
        clear = not kept or place - kept[-1] >= LABEL_ROOM - 0.01
        if clear and places[-1] - place >= LABEL_ROOM:
            kept.append(place)
    return {places[0], *kept, places[-1]}
