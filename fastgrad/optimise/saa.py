"""Sample average approximation: frozen random numbers make a deterministic function, for SciPy."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import stats

from . import checks
from .algorithms import Algorithm
from .frozen import Frozen
from .run import Run
from .sampling import Sample
from .search import Found, search, search_along, sizes

SAMPLES = 4, 8  # independent solutions: at least, and where each has replications enough
ENOUGH = 100  # replications of one of them
FIRST = 32  # replications of the first sample
GROWING = 0.35  # of the budget, at most, for samples of growing size
LAST_LOOK = 0.12  # of the budget
EVALUATIONS = 10  # at most, of one solution that starts near by
FIRST_STEP = 0.2  # of the size of θ
STILL = 1e-9  # of the size of θ: a rounding
LEVEL = 0.95
# Of SciPy, those that take a gradient; and what they keep.
SOLVERS: dict[str, tuple[str, ...]] = {
    "L-BFGS-B": ("bounds",), "TNC": ("bounds",), "SLSQP": ("bounds", "linear", "expected"),
    "trust-constr": ("bounds", "linear", "expected"), "BFGS": (), "CG": (), "Newton-CG": (),
}  # fmt: skip
SEARCHING = 0.2  # of the budget, at most, for the search where values and gradients differ
BATCH = 25  # replications of one gradient of it
LEAST = 1e-3  # of the size at the start: what a component keeps that passes through 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class SAA(Algorithm):
    """Sample average approximation: min (1/n) Σ Y(θ, ω_i) with the same ω at every θ.

    A sample of growing size leads to the neighbourhood of the optimum. There several samples are
    solved independently from the same point, and their mean is the answer: its error is that of
    all samples together, their spread gives its covariance, and the mean of their minima is a
    lower bound of the optimal value (Mak, Morton and Wood 1999).

    Gradients that do not follow the path are not those of the sample average, which jumps: line
    searches compare its values with slopes that it has not. There a search by signs comes first,
    and solvers are given the integral of the gradient in the place of the value.

    Parameters
    ----------
    solver : str, optional
        As `scipy.optimize.minimize` calls it; by default L-BFGS-B for bounds, SLSQP for other
        constraints.
    options : dict, optional
        Of the solver.
    samples : int
        How many are solved at the end: by default 8, or fewer of 100 replications at least.
    batch : int, optional
        Replications of each of these samples; by default what the budget allows.
    search : bool
        As for `RobbinsMonro`, where gradients do not follow the path.
    """

    solver: str | None = None
    options: dict[str, Any] | None = None
    samples: int | None = None
    name = "saa"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("samples", self.samples, 2)
        if self.solver is not None:
            checks.one_of("solver", self.solver, tuple(SOLVERS))
        if not isinstance(self.options, (dict, type(None))):
            raise TypeError(f"options must be a dict of the solver's, got {self.options!r}")

    def refusal(self, box: bool, linear: bool, expected: bool) -> str | None:
        """What its solver cannot keep; None if it keeps all.

        Parameters
        ----------
        box, linear, expected : bool
            Whether there are bounds, linear constraints, expected constraints.
        """
        kept = SOLVERS.get(self.solver or "SLSQP", ())
        asked = {"bounds": box, "linear": linear, "expected": expected}
        lost = [name for name, wanted in asked.items() if wanted and name not in kept]
        others = ", ".join(repr(name) for name, keeps in SOLVERS.items() if set(lost) <= set(keeps))
        if not lost:
            return None
        what = f"{lost[0]} constraints".replace("bounds constraints", "bounds")
        return f"solver {self.solver!r} keeps no {what}; {others} do"


@dataclasses.dataclass
class Solved:
    """What the samples say."""

    x: np.ndarray
    solutions: np.ndarray  # (samples, d)
    optima: np.ndarray  # (samples,) minima of the sample averages
    sizes: list[int]  # of all samples, in order
    moved: bool


def solve(run: Run, algorithm: SAA) -> Solved:
    """Growing samples to the neighbourhood of the optimum, then independent ones."""
    paths = run.source.paths + run.prices.paths
    x, counts, unit = _approach(run, algorithm, paths)
    run.phase = "replicated solutions"
    until = 1.0 - LAST_LOOK
    samples = algorithm.samples
    if samples is None:
        fitting = run.left(until) / (EVALUATIONS * ENOUGH * paths)
        samples = int(np.clip(fitting, *SAMPLES)) if np.isfinite(fitting) else SAMPLES[1]
    solutions, optima = [], []
    for k in range(samples):
        left = run.left(until) / ((samples - k) * EVALUATIONS * paths)
        size = algorithm.batch or max(int(left), 8)
        counts.append(size)
        frozen = Frozen(run, size, unit)
        found = frozen.solve(algorithm.solver, algorithm.options, x, EVALUATIONS)
        solutions.append(found.x)
        optima.append(frozen.value(found.x))
        run.best = run.region.project(np.mean(solutions, axis=0), unit)
        if k >= 1 and run.used() >= until:
            break
    shift = np.abs(run.best - run.start)
    moved = bool(np.any(shift > STILL * sizes(run.start, run.region)))
    return Solved(run.best, np.array(solutions), np.array(optima), counts, moved)


def _approach(run: Run, algorithm: SAA, paths: int) -> tuple[np.ndarray, list[int], np.ndarray]:
    """Solutions of samples of growing size, each from the last; and units for the next ones."""
    x, unit = run.start, FIRST_STEP * sizes(run.start, run.region)
    if algorithm.search and not run.source.follows:
        found = _search(run, paths)
        x, unit = found.x, found.step
    run.phase = "growing samples"
    counts: list[int] = []
    largest = run.left(GROWING) / (EVALUATIONS * paths)
    count = algorithm.batch or FIRST
    while True:
        counts.append(count)
        frozen = Frozen(run, count, unit)
        affordable = run.left(GROWING + 0.1) / (count * paths)
        most = int(np.clip(affordable, 3, 3 * EVALUATIONS))
        solved = frozen.solve(algorithm.solver, algorithm.options, x, most)
        step = np.max(np.abs(solved.x - x) / unit)
        x = run.best = solved.x
        unit = (
            frozen.next_unit(solved, sizes(x, run.region))
            if step < 1.0 / FIRST_STEP
            else FIRST_STEP * sizes(x, run.region)
        )
        if run.used() >= GROWING or run.left(GROWING) < 0.5 * EVALUATIONS * paths * count:
            return x, counts, unit
        count = int(min(4 * count, max(largest, FIRST)))


def _search(run: Run, paths: int) -> Found:
    """By signs of gradients from fresh replications, to where noise begins."""
    run.phase = "search"
    size = sizes(run.start, run.region)

    def gradient(x: np.ndarray, count: int) -> Sample:
        first = run.source.fresh(count)
        sample = run.source.gradient(x, count, first)
        if len(run.prices):
            sample = run.prices.leading(sample, run.prices.seen(x, count, first), size)
        run.record(x, sample, x)
        return sample

    go = search if run.region.is_box else search_along
    return go(
        gradient, run.source.exists, run.region, run.start, BATCH,
        lambda: run.left(SEARCHING), LEAST * size,
    )  # fmt: skip


def gap_between(optima: np.ndarray, value: float, error: float) -> tuple[float, float]:
    """Upper less lower bound of the optimal value, and its 95 % upper end.

    The mean of the minima of sample averages lies below the optimal value in expectation.
    """
    n = len(optima)
    spread = float(np.std(optima, ddof=1)) / np.sqrt(n) if n > 1 else np.inf
    gap = value - float(np.mean(optima))
    both = np.hypot(error, spread)
    degrees = max(n - 1, 1)
    return max(gap, 0.0), max(gap, 0.0) + float(stats.t.ppf(LEVEL, degrees)) * float(both)
