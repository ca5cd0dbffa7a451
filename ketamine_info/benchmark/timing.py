"""Durations of things done many times."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Timings:
    """Durations in ms, in the order of the rounds."""

    ms: tuple[float, ...]

    def of(self, rounds: Iterable[int]) -> Timings:
        """Those of some of the rounds."""
        return Timings(tuple(self.ms[number] for number in rounds))

    def quantile(self, share: float) -> float:
        """The duration in ms that *share* (0 to 1) of the runs stayed at or below: the nearest rank."""
        return sorted(self.ms)[min(len(self.ms) - 1, int(share * len(self.ms)))]

    @property
    def p50(self) -> float:
        return self.quantile(0.50)

    @property
    def p99(self) -> float:
        return self.quantile(0.99)


def time_in_turn(works: Mapping[Any, Callable[[int], object]], rounds: int) -> dict[Any, Timings]:
    """How long each of *works* takes in each round, given the round's number.

    All take their turn in every round, in an order drawn anew, so that whatever else the machine does slows
    them alike, and the ratio of two of them can be trusted where neither duration can.
    """
    order = list(works)
    dice = random.Random("turns")
    durations: dict[Any, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        dice.shuffle(order)
        for name in order:
            start = perf_counter()
            works[name](number)
            durations[name].append((perf_counter() - start) * 1000)
    return {name: Timings(tuple(ms)) for name, ms in durations.items()}
