"""Seconds to a precision: a pilot, the replications it asks for, and runs of so many."""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Z = 1.959964
PROMISING = 10.0  # ways predicted to take longer than so many times the best are left at a pilot
SHARE = 0.01  # half-width of the 95 % interval, of each component's scale
PILOT, LIMIT, TOTAL, ROUNDS = 0.05, 2.0, 0.3, 25  # seconds, seconds, seconds, runs at most
PAUSE = 0.01  # seconds before a run: the scheduler then leaves it alone for a while
ERRORS = 5.0  # standard errors that an estimate may be away from the truth


class Way(NamedTuple):
    """One way to estimate a gradient.

    run: (replications, seed) -> (estimate, half-width), arrays of one number for each component.
    least: replications to begin with; run does whole multiples of what it needs.
    doubling: half-widths fall faster than 1/√n, so that n is found by doubling.
    """

    method: str
    sampler: str
    run: Callable[[int, int], tuple[np.ndarray, np.ndarray]]
    least: int = 256
    doubling: bool = False


class Timing(NamedTuple):
    """What it took. extrapolated: by 1/√n from a run that was shorter. right: near the truth."""

    replications: int
    seconds: float
    extrapolated: bool
    right: bool


class Run(NamedTuple):
    """A run of so many replications."""

    replications: int
    seconds: float
    estimate: np.ndarray
    half: np.ndarray

    def over(self, problem):
        """Half-width over what is asked for, of the worst component."""
        return float(np.max(self.half / problem.scale)) / SHARE


class Pilot(NamedTuple):
    """A first run, and the seconds of the smallest: no other takes less."""

    run: Run
    least: float

    def predicted(self, problem):
        """Seconds to the precision, as far as this run can tell."""
        return max(self.run.seconds * self.run.over(problem) ** 2, self.least)


def first_look(problem, way):
    """A pilot, after a run that compiles."""
    way.run(way.least, 0)
    least = _run(way, way.least, 0).seconds
    return Pilot(_doubled(problem, way) if way.doubling else _pilot(way), least)


def time_to_precision(problem, way, pilot, full=True):
    """Seconds of the fastest run that reaches the precision, and whether the estimate is right.

    The fastest of up to ROUNDS: whatever else the machine does only slows a run down. Without
    `full`, only what the pilot says.
    """
    run, predicted = pilot.run, pilot.predicted(problem)
    grow = max(run.over(problem) ** 2, way.least / run.replications)
    wanted = int(np.ceil(run.replications * (max(grow, 1.0) if way.doubling else grow)))
    if not full and _right(problem, [run]):  # few replications may be wrong about their error
        return Timing(wanted, predicted, True, True)
    if predicted > LIMIT:
        run = _run(way, max(int(wanted * LIMIT / predicted), way.least), 1)
        seconds = run.seconds * wanted / run.replications
        return Timing(wanted, seconds, True, _right(problem, [run]))
    rounds = int(np.clip(TOTAL / max(predicted, 1e-9), 3, ROUNDS))
    runs = [_run(way, wanted, seed) for seed in range(1, rounds + 1)]
    return Timing(wanted, min(run.seconds for run in runs), False, _right(problem, runs))


def _run(way, count, seed):
    time.sleep(PAUSE)
    began = time.perf_counter()
    estimate, half = way.run(count, seed)
    return Run(count, time.perf_counter() - began, estimate, half)


def _pilot(way):
    """The first run of a few hundredths of a second."""
    count = max(way.least, 2048)
    while True:
        run = _run(way, count, 100)
        if run.seconds >= PILOT or count >= 2**26 or not run.half.any():
            return run
        count *= 4


def _doubled(problem, way):
    """The first run, doubled each time, where two of three intervals are narrow enough."""
    count = way.least
    while True:
        runs = [_run(way, count, seed) for seed in (100, 101, 102)]
        middle = sorted(runs, key=lambda run: run.over(problem))[1]
        if middle.over(problem) <= 1.0 or 8.0 * middle.seconds > LIMIT:
            return middle
        count *= 2


def _right(problem, runs):
    """Whether the mean of the runs is where it should be."""
    error = np.mean([run.half for run in runs], axis=0) / Z / np.sqrt(len(runs))
    found = np.mean([run.estimate for run in runs], axis=0)
    allowed = ERRORS * np.hypot(error, problem.error) + 1e-9 * problem.scale
    return bool(np.all(np.abs(found - problem.truth) <= allowed))


def from_sums(count, sums):
    """(estimate, half-width) from sums (2, d) of samples and of their squares."""
    mean = sums[0] / count
    variance = np.maximum(sums[1] / count - mean**2, 0.0) * count / (count - 1)
    return mean, Z * np.sqrt(variance / count)
