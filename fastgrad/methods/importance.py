"""Which tilt makes rare payoffs frequent: found by a pilot of other replications."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy.special import ndtri

from ..core.engine import Plan
from ..core.run import Budget
from ..core.tilt import Tilt, tilted
from ..core.traced_model import TracedModel
from ..kernels.random.philox import PILOT
from ..models.model import Model
from ..settings import Settings
from ..user.pilots.paths import Paths
from .pilots import pilot_replications

LADDER = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)  # deviations of the sum of the rows, up and down
PILOTS = 2 * len(LADDER) + 4
ROUNDS = 3  # of the cross-entropy method
SEEN = 32  # replications with a payoff, from which their mean is trusted
FREE = 64  # rows that may each have a shift of their own
MOST = 6.0  # deviations in one row: beyond, uniforms near 1 are too coarse


def tilted_plan(
    plan: Plan, traced: TracedModel, budget: Budget, settings: Settings
) -> tuple[Plan, tuple[str, ...]]:
    """The plan with the tilt that a pilot finds, and what there is to say about it."""
    if traced.model.steady:
        raise ValueError("a steady state over cycles has no importance=: say a fixed horizon")
    shift = traced.memory.pilot("tilt", lambda: best_shift(traced.views[0].model, budget, settings))
    if shift is None:
        return plan, ("importance: no path of the pilot paid anything, and nothing was tilted",)
    shift = shift.copy()
    if "smoothed" in getattr(plan.chunk(0, 1)[0], "NEEDS", ()):
        model = traced.views[0].model
        if hasattr(model, "smoothed_input") and not model.scores_the_rest():
            return plan, ("importance: every step is smoothed here, and nothing was tilted",)
        for row in smoothed_rows(model):
            shift[row] = 0.0  # it is integrated out, and its weight would be noise alone
    return dataclasses.replace(plan, tilt=Tilt(shift) if shift.any() else None), ()


def smoothed_rows(model: Any) -> range:
    """Rows of variates that smoothing integrates out, whatever θ stands in."""
    if not hasattr(model, "smoothed_input"):
        return range(0)
    draws = [entry.draws for entry in model.inputs()]
    last = sum(draws[: model.smoothed_input() + 1])
    return range(last - 1, last)


def best_shift(model: Model, budget: Budget, settings: Settings) -> np.ndarray | None:
    """The shift of every row, (rows,); None where no path of the pilot had an output.

    First the steps of a ladder along the mean of the increments, up and down: of those where
    enough is seen that with the least second moment. Then the cross-entropy method, which
    takes the mean of the scores, weighed with the output, as the new shift.
    """
    count = pilot_replications(budget, settings, PILOTS)
    pilot = _Pilot(model, settings, count)
    steps = (0.0, *LADDER, *(-step for step in LADDER))
    found = [(step, pilot.outcome(step * pilot.direction)) for step in steps]
    seen = max(one.seen for _, one in found)
    if seen == 0:
        return None
    usable = [pair for pair in found if pair[1].seen >= min(SEEN, seen)]
    step, best = min(usable, key=lambda pair: pair[1].second)
    shift = step * pilot.direction
    for _ in range(ROUNDS):
        moved = np.clip(pilot.refined(best), -MOST, MOST)
        again = pilot.outcome(moved)
        if again.seen < min(SEEN, seen) or again.second > best.second:
            break
        shift, best = moved, again
    return shift


@dataclasses.dataclass(frozen=True)
class _Outcome:
    """What a pilot with one shift found: scores (rows, count), |Y| times weight, and sums."""

    scores: np.ndarray
    paid: np.ndarray
    second: float
    seen: int


class _Pilot:
    """Replications of their own, with the same random numbers for every shift."""

    def __init__(self, model: Model, settings: Settings, count: int) -> None:
        self.paths = Paths(model, settings.key, PILOT, count)
        self.draws = np.cumsum([0, *(len(u) for u in self.paths.uniforms)])
        self.points = np.vstack(self.paths.uniforms)
        self.direction = np.zeros(len(self.points))
        steps: Any = model.paths() or [range(len(self.points))]
        rows = np.unique(np.concatenate([np.asarray(path, dtype=int) for path in steps]))
        self.direction[rows] = 1.0 / np.sqrt(len(rows))
        self.rows = rows

    def outcome(self, shift: np.ndarray) -> _Outcome:
        """Outputs with this shift."""
        points, weights = tilted(self.points, shift)
        pairs = zip(self.draws, self.draws[1:], strict=False)
        self.paths.uniforms = [np.ascontiguousarray(points[a:b]) for a, b in pairs]
        self.paths.renewed()
        outputs = np.abs(np.nan_to_num(self.paths.outputs()))
        paid = outputs * weights
        return _Outcome(ndtri(points), paid, float(np.mean(paid**2)), int(np.sum(outputs > 0)))

    def refined(self, found: _Outcome) -> np.ndarray:
        """The mean of the scores where something is paid: row by row, or along the direction."""
        share = found.paid / found.paid.sum()
        if len(self.rows) > FREE:
            along = self.direction @ found.scores
            return float(along @ share) * self.direction
        moved = np.zeros(len(self.points))
        moved[self.rows] = found.scores[self.rows] @ share
        return moved
