"""Durations of one thing done many times."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Timings:
    """Sorted durations in ms."""

    ms: tuple[float, ...]

    def quantile(self, share: float) -> float:
        """The duration in ms that *share* (0 to 1) of the runs stayed at or below: the nearest rank."""
        return self.ms[min(len(self.ms) - 1, int(share * len(self.ms)))]

    @property
    def p50(self) -> float:
        return self.quantile(0.50)

    @property
    def p99(self) -> float:
        return self.quantile(0.99)


def time_each(work: Callable[[Any], object], inputs: Iterable[Any]) -> Timings:
    """How long *work* takes for each of the inputs, one after another."""
    durations = []
    for each in inputs:
        start = perf_counter()
        work(each)
        durations.append((perf_counter() - start) * 1000)
    return Timings(tuple(sorted(durations)))
