"""The average of a fixed sample, as a deterministic function for SciPy's solvers."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from ..errors import NotApplicable
from .expected import Expected
from .run import Run
from .sampling import Sample, Source

NEAR = 0.01, 0.2  # of the size of θ: first steps of later solutions
OUTSIDE = 1e6  # what stands for the objective where there is no model, in units of its start


class Frozen:
    """The average of a fixed sample, as a function of θ; and its expected constraints'.

    Where gradients do not follow the path, the average jumps in θ by what they do not see. The
    function that has them for its gradient is their integral: from the nearest point that is
    known, by the trapezoidal rule.
    """

    def __init__(self, run: Run, count: int, unit: np.ndarray) -> None:
        self.run, self.count, self.unit = run, count, unit
        self.first = run.source.fresh(count)
        self._known: dict[tuple[int, bytes], Sample] = {}
        self._integral: list[tuple[np.ndarray, float, np.ndarray]] = []  # z, value, gradient
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
        slope = self.unit * seen.gradient
        if run.source.follows:
            return seen.value, slope
        return self._integrated(x / self.unit, seen.value, slope), slope

    def _integrated(self, z: np.ndarray, value: float, slope: np.ndarray) -> float:
        """The integral of the gradient from the nearest known point; the first has its value."""
        known = self._integral
        if known:
            at, value, there = min(known, key=lambda one: float(np.sum((one[0] - z) ** 2)))
            value += 0.5 * float((z - at) @ (slope + there))
        known.append((z, value, slope))
        return value

    def value(self, x: np.ndarray) -> float:
        """The average itself."""
        return self.sample(self.run.source, -1, x).value

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

    def solve(self, solver: str | None, options: Any, x: np.ndarray, evaluations: int) -> Any:
        """SciPy's solution from x, by about so many evaluations at most."""
        constrained = len(self.run.prices) > 0 or not self.run.region.is_box
        solver = solver or ("SLSQP" if constrained else "L-BFGS-B")
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
