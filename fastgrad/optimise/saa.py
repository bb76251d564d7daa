"""Sample average approximation: frozen random numbers make a deterministic function, for SciPy."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import optimize, stats

from ..errors import NotApplicable
from .algorithms import Algorithm
from .expected import Expected
from .run import Run
from .sampling import Sample, Source
from .search import sizes

SAMPLES = 4, 8  # independent solutions: at least, and where each has replications enough
ENOUGH = 100  # replications of one of them
FIRST = 32  # replications of the first sample
GROWING = 0.35  # of the budget, at most, for samples of growing size
LAST_LOOK = 0.12  # of the budget
EVALUATIONS = 10  # at most, of one solution that starts near by
FIRST_STEP = 0.2  # of the size of θ
NEAR = 0.01, 0.2  # of the size of θ: first steps of later solutions
STILL = 1e-9  # of the size of θ: a rounding
LEVEL = 0.95
OUTSIDE = 1e6  # what stands for the objective where there is no model, in units of its start


@dataclasses.dataclass(frozen=True, kw_only=True)
class SAA(Algorithm):
    """Sample average approximation: min (1/n) Σ Y(θ, ω_i) with the same ω at every θ.

    A sample of growing size leads to the neighbourhood of the optimum. There several samples are
    solved independently from the same point, and their mean is the answer: its error is that of
    all samples together, their spread gives its covariance, and the mean of their minima is a
    lower bound of the optimal value (Mak, Morton and Wood 1999).

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
        As for `RobbinsMonro`.
    """

    solver: str | None = None
    options: dict[str, Any] | None = None
    samples: int | None = None
    name = "saa"

    def __post_init__(self) -> None:
        if self.samples is None:
            return
        if not (int(self.samples) == self.samples and self.samples >= 2):
            raise ValueError(f"samples must be a whole number, 2 or more, got {self.samples!r}")


@dataclasses.dataclass
class Solved:
    """What the samples say."""

    x: np.ndarray
    solutions: np.ndarray  # (samples, d)
    optima: np.ndarray  # (samples,) minima of the sample averages
    sizes: list[int]  # of all samples, in order
    moved: bool


class Frozen:
    """The average of a fixed sample, as a function of θ; and its expected constraints'."""

    def __init__(self, run: Run, count: int, unit: np.ndarray) -> None:
        self.run, self.count, self.unit = run, count, unit
        self.first = run.source.fresh(count)
        self._known: dict[tuple[int, bytes], Sample] = {}
        self.worst = np.inf

    def sample(self, source: Source, which: int, x: np.ndarray) -> Sample:
        """Each point is simulated once, be it asked for a value, a gradient or a constraint."""
        key = (which, x.tobytes())
        if key not in self._known:
            self._known[key] = source.gradient(x, self.count, self.first)
        return self._known[key]

    def objective(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        """Value and gradient at x = unit · z, for `jac=True`."""
        run = self.run
        x = run.region.clipped(self.unit * z)
        try:
            seen = self.sample(run.source, -1, x)
        except NotApplicable:
            raise
        except (ValueError, ArithmeticError):
            if not np.isfinite(self.worst):
                raise
            return self.worst, np.zeros(len(z))  # a line search turns back
        self.worst = max(abs(seen.value), 1.0) * OUTSIDE if self.worst == np.inf else self.worst
        run.record(x, seen, run.best)
        return seen.value, self.unit * seen.gradient

    def slack(self, which: int, constraint: Expected, z: np.ndarray) -> float:
        """Positive where the constraint holds."""
        x = self.run.region.clipped(self.unit * z)
        seen = self.sample(self.run.prices.sources[which], which, x)
        return -constraint.sign * (seen.value - constraint.limit)

    def slack_gradient(self, which: int, constraint: Expected, z: np.ndarray) -> np.ndarray:
        """Of the slack."""
        x = self.run.region.clipped(self.unit * z)
        seen = self.sample(self.run.prices.sources[which], which, x)
        return -constraint.sign * self.unit * seen.gradient

    def solve(self, algorithm: SAA, x: np.ndarray, evaluations: int) -> Any:
        """SciPy's solution from x, by about so many evaluations at most."""
        constrained = len(self.run.prices) > 0 or not self.run.region.is_box
        solver = algorithm.solver or ("SLSQP" if constrained else "L-BFGS-B")
        options = algorithm.options
        if options is None:
            options = {"maxiter": evaluations}
            if solver == "L-BFGS-B":
                options = {"maxiter": evaluations, "maxfun": evaluations, "ftol": 1e-8}
        found = optimize.minimize(
            self.objective, x / self.unit, jac=True, method=solver, options=options,
            **self._scaled(),
        )  # fmt: skip
        found.x = self.run.region.project(self.unit * found.x, self.unit)
        return found

    def next_unit(self, found: Any, size: np.ndarray) -> np.ndarray:
        """Units in which the first step of L-BFGS-B, of length 1, is a Newton step.

        With the diagonal of the inverse Hessian that the last solution has learnt.
        """
        inverse = getattr(found, "hess_inv", None)
        if inverse is None or not hasattr(inverse, "todense"):
            return np.minimum(self.unit, NEAR[1] * size)
        learnt = self.unit * np.sqrt(np.maximum(np.diag(inverse.todense()), 1e-12))
        slope = self.run.path[-1].sample
        length = float(np.linalg.norm(learnt * slope.gradient)) if slope is not None else 0.0
        # The next sample's own gradient at this point is noise: as long as this sample's at most.
        noise = 0.0 if slope is None else float(np.linalg.norm(learnt * np.sqrt(slope.variance)))
        unit = learnt * max(min(length, noise), 0.5 * noise)
        return np.clip(unit, NEAR[0] * size, NEAR[1] * size)

    def _scaled(self) -> dict[str, Any]:
        region, unit = self.run.region, self.unit
        made: dict[str, Any] = {}
        if not region.is_free:
            made["bounds"] = optimize.Bounds(region.low / unit, region.high / unit)
        constraints: list[Any] = []
        if not region.is_box:
            constraints.append(
                optimize.LinearConstraint(region.matrix * unit, region.least, region.most)
            )
        for j, constraint in enumerate(self.run.prices.constraints):
            constraints.append({
                "type": "ineq",
                "fun": lambda z, j=j, c=constraint: self.slack(j, c, z),
                "jac": lambda z, j=j, c=constraint: self.slack_gradient(j, c, z),
            })  # fmt: skip
        if constraints:
            made["constraints"] = constraints
        return made


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
        found = Frozen(run, size, unit).solve(algorithm, x, EVALUATIONS)
        solutions.append(found.x)
        optima.append(float(found.fun))
        run.best = run.region.project(np.mean(solutions, axis=0), unit)
        if k >= 1 and run.used() >= until:
            break
    shift = np.abs(run.best - run.start)
    moved = bool(np.any(shift > STILL * sizes(run.start, run.region)))
    return Solved(run.best, np.array(solutions), np.array(optima), counts, moved)


def _approach(run: Run, algorithm: SAA, paths: int) -> tuple[np.ndarray, list[int], np.ndarray]:
    """Solutions of samples of growing size, each from the last; and units for the next ones."""
    run.phase = "growing samples"
    x, unit = run.start, FIRST_STEP * sizes(run.start, run.region)
    counts: list[int] = []
    largest = run.left(GROWING) / (EVALUATIONS * paths)
    count = algorithm.batch or FIRST
    while True:
        counts.append(count)
        frozen = Frozen(run, count, unit)
        affordable = run.left(GROWING + 0.1) / (count * paths)
        most = int(np.clip(affordable, 3, 3 * EVALUATIONS))
        found = frozen.solve(algorithm, x, most)
        step = np.max(np.abs(found.x - x) / unit)
        x = run.best = found.x
        unit = (
            frozen.next_unit(found, sizes(x, run.region))
            if step < 1.0 / FIRST_STEP
            else FIRST_STEP * sizes(x, run.region)
        )
        if run.used() >= GROWING or run.left(GROWING) < 0.5 * EVALUATIONS * paths * count:
            return x, counts, unit
        count = int(min(4 * count, max(largest, FIRST)))


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
