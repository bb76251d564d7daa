"""Time several ways to do the same thing in one run, and compare them by ratios.

The contenders take turns (A B C, B C A, …) for several rounds, and what counts is the median
over rounds of the ratio of two times of one round: a load that comes and goes hits both.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Contender(NamedTuple):
    """One way to do it: a function to call, and how much work (variates, …) a call does."""

    run: Callable[[], object]
    work: float


class Ratio(NamedTuple):
    """time of `numerator` / time of `denominator`, and the limit set for it, if any."""

    numerator: str
    denominator: str
    most: float | None = None
    least: float | None = None


class Figure(NamedTuple):
    """A quantity with a limit that is not a ratio: seconds, megabytes."""

    name: str
    value: float
    unit: str
    most: float


@dataclass
class Comparison:
    """Contenders, their times by round, and the ratios of interest.

    unit: the unit of work ("customer"). notes: what was left out, and why.
    """

    title: str
    unit: str
    contenders: dict[str, Contender]
    ratios: list[Ratio] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)

    def warm_up(self):
        """Call everything once: compilation and first touches are not timed."""
        for contender in self.contenders.values():
            contender.run()

    def one_round(self):
        """Time every contender once; the next round begins with another one."""
        names = list(self.contenders)
        start = len(self.times.get(names[0], ())) % len(names)
        collecting = gc.isenabled()
        gc.disable()
        try:
            for name in names[start:] + names[:start]:
                self.times.setdefault(name, []).append(self._nanoseconds(name))
        finally:
            if collecting:
                gc.enable()

    def _nanoseconds(self, name):
        contender = self.contenders[name]
        began = time.perf_counter()
        contender.run()
        return (time.perf_counter() - began) * 1e9 / contender.work

    def ratio(self, numerator, denominator):
        """Median and the quartiles of the ratio over rounds."""
        ratios = np.divide(self.times[numerator], self.times[denominator])
        return np.quantile(ratios, [0.5, 0.25, 0.75])

    def known_ratios(self):
        """The ratios whose contenders are both here."""
        return [
            ratio
            for ratio in self.ratios
            if ratio.numerator in self.times and ratio.denominator in self.times
        ]


def holds(value, most=None, least=None):
    """Whether a value keeps its limit; None if it has none."""
    if most is None and least is None:
        return None
    return (most is None or value <= most) and (least is None or value >= least)
