"""Indirect methods: finite differences, simultaneous perturbations, random directions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from ..core.chains import sparse_chain, unit_chain
from ..core.engine import Plan
from ..core.run import Budget
from ..core.study import Slot, Study
from ..core.theta import Theta
from ..kernels.estimators.differences import Differences as DifferenceKernel
from ..kernels.random.philox import METHOD, ROLE, uniform_rows
from ..settings import Settings
from .method import Method, Verdict
from .step import balanced, choose_step, fits, inside


@dataclasses.dataclass(frozen=True)
class Differences(Method):
    """What the four indirect methods share: a step for each component of θ."""

    step: Any = None

    def check(self, study: Study, slot: Slot) -> Verdict:
        """Valid wherever there is a model at other values of θ: only outputs are used."""
        if slot.which >= 0:
            distribution = study.inputs[slot.which].distribution
            if distribution.kernel.PARAMETERS.get(slot.parameter) == "count":
                return Verdict(False, False, distribution.reason("difference", slot.parameter))
        return Verdict(True, False, "the bias vanishes with the step, not at any given step")

    def _steps(
        self, study: Study, budget: Budget, settings: Settings, forward: bool, common: bool
    ) -> np.ndarray:
        """The given step for each component, or one chosen by a pilot."""
        if self.step is None:
            return self._found(study, budget, settings, forward, common)
        try:
            step = Theta(self.step).vector
        except (TypeError, ValueError) as error:
            raise type(error)(str(error).replace("theta", "step", 1)) from None
        steps = np.broadcast_to(step, study.components).astype(float) if step.size == 1 else step
        if steps.shape != (study.components,) or not np.all(steps > 0):
            raise ValueError(
                f"step must be one positive number, or one for each of the {study.components} "
                f"components of theta, got {self.step!r}"
            )
        for i, c in enumerate(steps):
            for sign in (1.0,) if forward else (1.0, -1.0):
                if not fits(study, i, sign * c):
                    moved = study.theta.vector[i] + sign * c
                    raise ValueError(f"step {c} leads outside the model: no model at {moved}")
        return steps

    @staticmethod
    def _found(
        study: Study, budget: Budget, settings: Settings, forward: bool, common: bool
    ) -> np.ndarray:
        """Steps that a pilot chooses, here or at the first θ."""
        steps: np.ndarray = study.memory.pilot(
            "step", lambda: choose_step(study, budget, settings, forward=forward, common=common)
        )
        return steps

    def _fixed(
        self, study: Study, steps: np.ndarray, make: Callable[[np.ndarray], Plan]
    ) -> tuple[Plan, dict[str, Any]]:
        """make(steps), with shorter ones where those kept from another θ leave the model."""
        try:
            return make(steps), {"step": steps}
        except ValueError:
            if self.step is not None or not study.memory.once:
                raise
        steps = inside(study, steps)
        return make(steps), {"step": steps}

    def _balanced(self, study: Study, budget: Budget, settings: Settings) -> np.ndarray:
        """Steps for all components at once: as given, or a pilot's in proportion."""
        steps = self._steps(study, budget, settings, forward=False, common=True)
        if self.step is not None:
            return steps
        steps = study.memory.pilot("balanced step", lambda: balanced(study, steps))
        return inside(study, steps) if study.memory.once else steps


@dataclasses.dataclass(frozen=True)
class ForwardDifference(Differences):
    """Forward differences (section 3.1, eq. 6): (Y(θ + c e_i) - Y(θ)) / c, d + 1 runs.

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

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """θ and one point for each component."""
        steps = self._steps(study, budget, settings, forward=True, common=self.common)

        def make(steps: np.ndarray) -> Plan:
            moves = [c * e for c, e in zip(steps, np.eye(len(steps)), strict=True)]
            points = [study.theta.vector + move for move in moves]
            rows = [[(i + 1, 1.0 / c), (0, -1.0 / c)] for i, c in enumerate(steps)]
            return difference_plan(study, settings, points, rows, self.common)

        return self._fixed(study, steps, make)


@dataclasses.dataclass(frozen=True)
class CentralDifference(Differences):
    """Central differences (section 3.1, eq. 7): (Y(θ + c e_i) - Y(θ - c e_i)) / 2c, 2d runs.

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

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """θ and two points for each component."""
        steps = self._steps(study, budget, settings, forward=False, common=self.common)

        def make(steps: np.ndarray) -> Plan:
            moves = [c * e for c, e in zip(steps, np.eye(len(steps)), strict=True)]
            points = [study.theta.vector + sign * move for move in moves for sign in (1.0, -1.0)]
            rows = [[(2 * i + 1, 0.5 / c), (2 * i + 2, -0.5 / c)] for i, c in enumerate(steps)]
            return difference_plan(study, settings, points, rows, self.common)

        return self._fixed(study, steps, make)


@dataclasses.dataclass(frozen=True)
class SimultaneousPerturbation(Differences):
    """Simultaneous perturbations (section 3.2, eq. 8): two runs, however many components.

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

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """θ and a pair of points for each replication's direction."""
        steps = self._balanced(study, budget, settings)

        def signs(first: int, count: int) -> np.ndarray:
            if self.directions == "hadamard":
                return hadamard_signs(study.components, first, count)
            return np.where(uniforms(study, settings, first, count) < 0.5, -1.0, 1.0)

        plan = direction_plan(study, steps, signs, lambda delta: 0.5 / (steps[:, None] * delta))
        return plan, {"step": steps}


@dataclasses.dataclass(frozen=True)
class RandomDirections(Differences):
    """Random directions (section 3.2, eq. 9, with E[Δ_i²] = 1): Gaussian Δ, two runs.

    Component i is (Y(θ + cΔ) - Y(θ - cΔ)) Δ_i / (2 c_i). The mean is exactly the gradient of
    E[Y] smoothed by a normal with covariance c².

    Parameters
    ----------
    step : float or one for each component, optional
    """

    name = "rd"

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """θ and a pair of points for each replication's direction."""
        steps = self._balanced(study, budget, settings)

        def gaussian(first: int, count: int) -> np.ndarray:
            return special.ndtri(uniforms(study, settings, first, count))

        plan = direction_plan(study, steps, gaussian, lambda delta: 0.5 * delta / steps[:, None])
        return plan, {"step": steps}


def check_flag(name: str, value: Any) -> None:
    """True or False, or a clear error."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")


def difference_plan(
    study: Study,
    settings: Settings,
    points: list[np.ndarray],
    rows: list[list[tuple[int, float]]],
    common: bool = True,
) -> Plan:
    """A plan that weighs the outputs at θ (point 0) and at these points, row by row."""
    if settings.sampler != "pseudo" and not common:
        raise ValueError("differences without common random numbers need sampler='pseudo'")
    design = study.design([study.theta.vector, *points])
    method = DifferenceKernel(design["scale"], design["shift"], np.empty((0, 0)), common)
    chunk = (method, design["parameters"], design["structure"])
    chain = sparse_chain(1 + len(points), rows)
    return Plan(study.problem(method), chain, lambda first, count: chunk)


def direction_plan(
    study: Study,
    steps: np.ndarray,
    directions: Callable[[int, int], np.ndarray],
    weights: Callable[[np.ndarray], np.ndarray],
    sides: tuple[float, ...] = (0.0, 1.0, -1.0),
) -> Plan:
    """A plan in which every replication moves θ in a direction of its own.

    sides: where outputs are taken, in steps along the direction; the last two are subtracted
    """
    d = study.components
    at = study.theta.vector[:, None]

    def chunk(first: int, count: int) -> tuple[Any, np.ndarray, np.ndarray]:
        delta = directions(first, count)
        move = steps[:, None] * delta
        design = study.design([at + side * move for side in sides])
        method = DifferenceKernel(design["scale"], design["shift"], weights(delta), True)
        return method, design["parameters"], design["structure"]

    width = sum(len(entry.distribution.parameters) for entry in study.inputs)
    width = 2 * d + len(sides) * (width + len(study.model.structure()))
    return Plan(study.problem(DifferenceKernel, shared=False), unit_chain(d), chunk, width=width)


def uniforms(study: Study, settings: Settings, first: int, count: int) -> np.ndarray:
    """(components, count) uniforms of the method itself, by replication."""
    d = study.components
    out = np.empty((d + 1, count))
    uniform_rows.compiled.ctypes(
        count, d, 0, METHOD * ROLE, first, settings.key, 0, count,
        out.ctypes.data_as(uniform_rows.compiled.ctypes.argtypes[-1]),
    )  # fmt: skip
    return out[:d]


def hadamard_signs(components: int, first: int, count: int) -> np.ndarray:
    """(components, count) columns of a Hadamard matrix, in turn by replication."""
    size = 1 << components.bit_length()
    from scipy import linalg  # 0.05 s of every start, for Hadamard directions alone

    matrix = linalg.hadamard(size).astype(float)[1 : components + 1]
    return matrix[:, (first + np.arange(count)) % size]
