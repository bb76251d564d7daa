"""The pilot of a difference: outputs at a few places on both sides of θ, in proportion.

All pilots of one estimate together simulate at most a tenth of what the estimate itself will.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..core.engine import Moments, make_replications
from ..core.run import Budget
from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..kernels.random.philox import PILOT
from ..settings import Settings
from .difference_plan import difference_plan
from .natural_scale import EPSILON
from .pilots import pilot_replications

ROUNDINGS = 64.0
SIMULATIONS = 11  # of one component's pilots, for each of their replications: 3 + 3 + 5


class Look(NamedTuple):
    """The central (or one-sided) difference quotient at one step, as a pilot saw it."""

    step: float
    quotient: float
    variance: float
    error: float
    output: float  # root mean square of Y
    spread: float  # standard deviation of Y

    @property
    def rounding(self) -> float:
        """The variance that rounding of the output alone may give the quotient."""
        return (ROUNDINGS * EPSILON * self.output / self.step) ** 2

    @property
    def jumping(self) -> float:
        """κ of a variance κ / step that jumps make; 0 where no more than rounding was seen."""
        return self.variance * self.step if self.variance > self.rounding else 0.0

    @property
    def effect(self) -> float:
        """Root mean square of the change of Y between the two ends."""
        return 2.0 * self.step * math.hypot(self.quotient, math.sqrt(self.variance))


class StepPilot:
    """Pilots of one traced model.

    Parameters
    ----------
    simulations : int
        Of the estimate itself, for each of its replications.
    """

    def __init__(
        self, traced: TracedModel, budget: Budget, settings: Settings, simulations: int
    ) -> None:
        self.traced, self.planned = traced, budget.planned
        self.samples = pilot_replications(
            budget, settings, SIMULATIONS * traced.components / simulations
        )
        self.settings = dataclasses.replace(
            settings, sampler="pseudo", antithetic=False, progress=False
        )

    def moments(self, i: int, moves: Sequence[float], rows: Sequence[Sequence[float]]) -> Moments:
        """Moments of Y (first) and of each Σ weight Y(θ + move e_i), with common numbers.

        rows: weights of the output at θ itself, then at each move.
        """
        basis = np.eye(self.traced.components)[i]
        points = [self.traced.theta.vector + move * basis for move in moves]
        entries = [list(enumerate(row)) for row in rows]
        plan = difference_plan(self.traced, self.settings, points, [entries])
        moments = Moments(np.zeros((3, plan.outputs)))
        make_replications(plan, self.settings, PILOT, 0, self.samples, moments.total)
        if not np.all(np.isfinite(moments.total)):
            self._explain(i, moves)
        return moments

    def look(self, i: int, c: float, one_sided: bool = False) -> Look:
        """The difference quotient of component i at step c."""
        ends = [c, 0.0] if one_sided else [c, -c]
        width = ends[0] - ends[1]
        moments = self.moments(i, ends, [[0.0, 1.0 / width, -1.0 / width]])
        spread = float(np.sqrt(moments.variance[0]))
        return Look(
            step=0.5 * width,
            quotient=float(moments.mean[1]),
            variance=float(moments.variance[1]),
            error=float(moments.standard_error[1]),
            output=math.hypot(float(moments.mean[0]), spread),
            spread=spread,
        )

    def _explain(self, i: int, moves: Sequence[float]) -> None:
        """Raise the reason why an output near θ is not a number."""
        name, vector = self.traced.theta.names[i], self.traced.theta.vector
        for move in [0.0, *moves]:
            point = vector.copy()
            point[i] += move
            model = TracedModel(self.traced.build, Theta(self.traced.theta.shaped(point))).model
            try:
                model.explain_failure(self.settings.key, self.samples, PILOT)
            except Exception as error:
                error.add_note(f"in the pilot for the step of {name}, at {name} = {point[i]:.6g}")
                raise
        raise ValueError(
            f"the output is not a finite number in the pilot for the step of {name}, which moved "
            f"it by {', '.join(f'{move:.3g}' for move in moves)}; give step="
        )
