"""Indirect methods: finite differences, simultaneous perturbations, random directions."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from scipy import special

from ..core.engine import Plan
from ..core.run import Budget
from ..core.theta import Theta
from ..core.traced_model import Slot, TracedModel
from ..settings import Settings
from .difference_plan import StepSets, difference_plan
from .directions import direction_plan, hadamard_signs, uniforms
from .inside import fits, inside
from .method import Method, Verdict, each
from .natural_scale import EPSILON, check_resolution
from .step import Steps, Wanted, balanced, choose_step

ROUNDINGS = 64.0  # of the output: a quotient made of fewer is noise
FARTHEST = 6.0  # steps: a Gaussian direction that is longer comes once in 10⁹


@dataclasses.dataclass(frozen=True)
class Differences(Method):
    """What the four indirect methods share: a step for each component of θ."""

    step: Any = None

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid wherever there is a model at other values of θ: only outputs are used."""
        if slot.which >= 0:
            distribution = traced.inputs[slot.which].distribution
            if distribution.kernel.PARAMETERS.get(slot.parameter) == "count":
                return Verdict(False, False, distribution.reason("difference", slot.parameter))
        return Verdict(True, False, "the bias vanishes with the step, not at any given step")

    def after(
        self, traced: TracedModel, choices: dict[str, Any], mean: np.ndarray, variance: np.ndarray
    ) -> Iterable[str]:
        """Quotients that are nothing, or nothing but the rounding of the output."""
        output = math.hypot(mean[0], math.sqrt(variance[0]))
        for i, c in enumerate(choices["step"]):
            quotient, name = (
                math.hypot(mean[1 + i], math.sqrt(variance[1 + i])),
                traced.theta.names[i],
            )
            if traced.elsewhere[i]:
                continue  # 0 by the form of the model
            if quotient == 0.0:
                yield f"no output changed when {name} moved by {c:.2g}: 0 ± 0 proves nothing"
            elif quotient * c < ROUNDINGS * EPSILON * output:
                yield (
                    f"the step {c:.2g} of {name} moves the output by no more than its rounding: "
                    "give a larger step="
                )

    def _steps(
        self, traced: TracedModel, budget: Budget, settings: Settings, wanted: Wanted
    ) -> Steps:
        """The given step for each component, or one chosen by a pilot."""
        if self.step is None:
            found: Steps = traced.memory.pilot(
                ("step", traced.number), lambda: choose_step(traced, budget, settings, wanted)
            )
            return found
        steps = self._given(traced, wanted.forward)
        return Steps(steps, steps, steps, ())

    def _given(self, traced: TracedModel, forward: bool) -> np.ndarray:
        """The given step for each component, checked."""
        try:
            step = Theta(self.step).vector
        except (TypeError, ValueError) as error:
            raise type(error)(str(error).replace("theta", "step", 1)) from None
        steps = np.broadcast_to(step, traced.components).astype(float) if step.size == 1 else step
        if steps.shape != (traced.components,) or not np.all(steps > 0):
            raise ValueError(
                f"step must be one positive number, or one for each of the {traced.components} "
                f"components of theta, got {self.step!r}"
            )
        for i, c in enumerate(steps):
            check_resolution(traced, i, c)
            for sign in (1.0,) if forward else (1.0, -1.0):
                if not fits(traced, i, sign * c):
                    moved = traced.theta.vector[i] + sign * c
                    raise ValueError(f"step {c} leads outside the model: no model at {moved}")
        return steps

    def _fixed(
        self,
        traced: TracedModel,
        budget: Budget,
        settings: Settings,
        wanted: Wanted,
        make: Callable[[StepSets], Plan],
    ) -> tuple[Plan, dict[str, Any]]:
        """make(steps of each measure), with shorter ones where those kept leave the model."""
        chosen = [self._steps(view, budget, settings, wanted) for view in traced.views]
        steps, said = StepSets.of([one.step for one in chosen]), [one.warnings for one in chosen]
        try:
            return make(steps), {"step": steps.report(), "warnings": each(said)}
        except ValueError:
            if self.step is not None or not traced.memory.once:
                raise
        steps = StepSets([inside(traced, one) for one in steps.distinct], steps.which)
        return make(steps), {"step": steps.report(), "warnings": each(said)}

    def _balanced(
        self, traced: TracedModel, budget: Budget, settings: Settings, reach: float = 1.0
    ) -> tuple[StepSets, Any]:
        """Steps for all components at once, as given or a pilot's in proportion; warnings."""
        wanted = Wanted(self.name, False, True, 3, reach)
        made, said = [], []
        for view in traced.views:
            chosen = self._steps(view, budget, settings, wanted)
            made.append(chosen.step if self.step is not None else self._in_proportion(view, chosen))
            said.append(chosen.warnings)
        return StepSets.of(made), each(said)

    @staticmethod
    def _in_proportion(view: TracedModel, chosen: Steps) -> np.ndarray:
        key = ("balanced step", view.number)
        steps: np.ndarray = view.memory.pilot(key, lambda: balanced(view, chosen))
        return inside(view, steps) if view.memory.once else steps


@dataclasses.dataclass(frozen=True)
class ForwardDifference(Differences):
    """Forward differences (Fu (2005), eq. 6): (Y(θ + c e_i) - Y(θ)) / c, d + 1 runs.

    Biased by c J''/2. Without a step, a pilot run chooses one (see `fastgrad.methods.step`).

    Parameters
    ----------
    step : float or one for each component, optional
    common : bool
        Use common random numbers in all runs (the default).
    """

    common: bool = True
    name = "fd"

    def __post_init__(self) -> None:
        check_flag("common", self.common)

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """θ and one point for each component."""
        wanted = Wanted(self.name, True, self.common, traced.components + 1)

        def make(steps: StepSets) -> Plan:
            points, rows = [], []
            for one, first in steps.firsts(traced.components):
                moves = [c * e for c, e in zip(one, np.eye(len(one)), strict=True)]
                points += [traced.theta.vector + move for move in moves]
                rows.append([[(first + i, 1.0 / c), (0, -1.0 / c)] for i, c in enumerate(one)])
            return difference_plan(traced, settings, points, steps.for_each(rows), self.common)

        return self._fixed(traced, budget, settings, wanted, make)


@dataclasses.dataclass(frozen=True)
class CentralDifference(Differences):
    """Central differences (Fu (2005), eq. 7): (Y(θ + c e_i) - Y(θ - c e_i)) / 2c, 2d runs.

    Biased by c² J'''/6. Without a step, a pilot run chooses one. One more run, at θ itself,
    estimates the performance.

    Parameters
    ----------
    step : float or one for each component, optional
    common : bool
        Use common random numbers in all runs (the default).
    """

    common: bool = True
    name = "cd"

    def __post_init__(self) -> None:
        check_flag("common", self.common)

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """θ and two points for each component."""
        wanted = Wanted(self.name, False, self.common, 2 * traced.components + 1)

        def make(steps: StepSets) -> Plan:
            points, rows = [], []
            for one, first in steps.firsts(2 * traced.components):
                moves = [c * e for c, e in zip(one, np.eye(len(one)), strict=True)]
                points += [traced.theta.vector + s * move for move in moves for s in (1.0, -1.0)]
                places = [first + 2 * i for i in range(len(one))]
                rows.append([
                    [(at, 0.5 / c), (at + 1, -0.5 / c)] for at, c in zip(places, one, strict=True)
                ])  # fmt: skip
            return difference_plan(traced, settings, points, steps.for_each(rows), self.common)

        return self._fixed(traced, budget, settings, wanted, make)


@dataclasses.dataclass(frozen=True)
class SimultaneousPerturbation(Differences):
    """Simultaneous perturbations (Fu (2005), eq. 8): two runs, however many components.

    Component i is (Y(θ + cΔ) - Y(θ - cΔ)) / (2 c_i Δ_i), Δ_i = ±1, the same outputs for all
    components. Biased by O(c²); even without noise its variance is Σ_{j≠i} J_j².

    Parameters
    ----------
    step : float or one for each component, optional
    directions : {"rademacher", "hadamard"}
        Independent signs for each replication, or the columns of a Hadamard matrix in turn,
        over which the errors of the directions cancel exactly.
    """

    directions: str = "rademacher"
    name = "sp"

    def __post_init__(self) -> None:
        if self.directions not in ("rademacher", "hadamard"):
            raise ValueError(
                f"directions must be 'rademacher' or 'hadamard', got {self.directions!r}"
            )

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """θ and a pair of points for each replication's direction."""
        steps, said = self._balanced(traced, budget, settings)

        def signs(first: int, count: int) -> np.ndarray:
            if self.directions == "hadamard":
                return hadamard_signs(traced.components, first, count)
            return np.where(uniforms(traced, settings, first, count) < 0.5, -1.0, 1.0)

        plan = direction_plan(traced, steps, signs, lambda c, delta: 0.5 / (c * delta))
        return plan, {"step": steps.report(), "warnings": said}


@dataclasses.dataclass(frozen=True)
class RandomDirections(Differences):
    """Random directions (Fu (2005), eq. 9, with E[Δ_i²] = 1): Gaussian Δ, two runs.

    Component i is (Y(θ + cΔ) - Y(θ - cΔ)) Δ_i / (2 c_i). The mean is exactly the gradient of
    E[Y] smoothed by a normal with covariance c².

    Parameters
    ----------
    step : float or one for each component, optional
    """

    name = "rd"

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """θ and a pair of points for each replication's direction."""
        steps, said = self._balanced(traced, budget, settings, FARTHEST)

        def gaussian(first: int, count: int) -> np.ndarray:
            return special.ndtri(uniforms(traced, settings, first, count))

        plan = direction_plan(traced, steps, gaussian, lambda c, delta: 0.5 * delta / c)
        return plan, {"step": steps.report(), "warnings": said}


def check_flag(name: str, value: Any) -> None:
    """True or False, or a clear error."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
