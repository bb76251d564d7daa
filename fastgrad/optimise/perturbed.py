"""Algorithms that need no gradient: differences of outputs, in one way or another."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import special

from ..core.engine import Moments
from ..core.traced_model import TracedModel
from ..methods.difference_plan import StepSets
from ..methods.directions import direction_plan, hadamard_signs, uniforms
from . import checks
from .algorithms import StochasticApproximation
from .measured import measured
from .sampling import Sample, Source

DIRECTIONS = ("hadamard", "rademacher")
SIDES = ("symmetric", "forward")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Perturbed(StochasticApproximation):
    """Those that take differences of outputs: step c_n = c / n^γ.

    Parameters
    ----------
    c : float or one for each component, optional
        By default a twentieth of the size of each component.
    gamma : float, optional
    """

    c: Any = None
    gamma: float | None = None
    bias = "the bias of its differences vanishes with their step"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.numbers("c", self.c)
        checks.number("gamma", self.gamma, 0.0, np.inf, "0 or more, and finite")


@dataclasses.dataclass(frozen=True, kw_only=True)
class KieferWolfowitz(Perturbed):
    """Kiefer-Wolfowitz: finite differences in each component (Fu (2005), eq. 5-7).

    Parameters
    ----------
    differences : {"symmetric", "forward"}
        Two runs for each component, c_n = c n^(-1/6); or one more than components, n^(-1/4).
    common : bool
        Common random numbers in both runs of a difference.
    c : float or one for each component, optional
        Of the steps c_n = c / n^gamma; by default a twentieth of the size of each component.
    gamma : float, optional
        1/6, or 1/4 forward.
    a, A, alpha, averaging, skip, batch, search
        As for `RobbinsMonro`.
    """

    differences: str = "symmetric"
    common: bool = True
    name = "kiefer-wolfowitz"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.one_of("differences", self.differences, SIDES)
        checks.truth("common", self.common)

    @property
    def decay(self) -> float:  # type: ignore[override]
        """γ"""
        return 1.0 / 6.0 if self.differences == "symmetric" else 0.25

    def plain(self) -> KieferWolfowitz:
        """With symmetric differences."""
        return dataclasses.replace(self, differences="symmetric")

    def paths(self, source: Source) -> int:
        """2d or d + 1."""
        d = len(source.theta.vector)
        return 2 * d if self.differences == "symmetric" else d + 1

    def gradient(
        self, source: Source, x: np.ndarray, steps: np.ndarray, count: int, first: int
    ) -> Sample:
        """(Y(θ + c e_i) - Y(θ - c e_i)) / 2c_i, or (Y(θ + c e_i) - Y(θ)) / c_i."""
        moves = np.diag(steps)
        rows: list[list[tuple[int, float]]]
        if self.differences == "symmetric":
            points = [x + sign * move for move in moves for sign in (1.0, -1.0)]
            share = 1.0 / len(points)
            rows = [[(2 * i, 0.5 / c), (2 * i + 1, -0.5 / c)] for i, c in enumerate(steps)]
        else:
            points = [x, *(x + move for move in moves)]
            share = 1.0
            rows = [[(i + 1, 1.0 / c), (0, -1.0 / c)] for i, c in enumerate(steps)]
        centre = [(k, share) for k in range(len(points))] if share < 1.0 else [(0, 1.0)]
        moments = source.outputs(points, [centre, *rows], count, first, self.common)
        return Sample.of(Moments(moments.total[:, 1:]))


@dataclasses.dataclass(frozen=True, kw_only=True)
class SPSA(Perturbed):
    """Simultaneous perturbations (Spall (1992); Fu (2005), eq. 8): two runs for all components.

    Every replication has a direction of its own; its outputs at θ ± c_n Δ are divided by what
    was perturbed, 2 c_n Δ_i. a_n = a / (n + A)^0.602 and c_n = c / n^0.101, as Spall recommends.

    Parameters
    ----------
    measurements : {2, 1}
        1 takes Y(θ + c Δ) / (c Δ_i): the same mean, and much more noise.
    directions : {"hadamard", "rademacher"}
        Columns of a Hadamard matrix in turn, over which the errors of the directions cancel, or
        independent signs.
    c, gamma, a, A, alpha, averaging, skip, batch, search
        As for `KieferWolfowitz` and `RobbinsMonro`.
    """

    measurements: int = 2
    directions: str = "hadamard"
    name = "spsa"
    exponent = 0.602
    decay = 0.101

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.one_of("measurements", self.measurements, (2, 1))
        checks.one_of("directions", self.directions, DIRECTIONS)

    def plain(self) -> SPSA:
        """With two measurements."""
        return dataclasses.replace(self, measurements=2)

    def paths(self, source: Source) -> int:
        """However many components there are."""
        return self.measurements

    def whole_batch(self, batch: int, d: int) -> int:
        """All columns of the Hadamard matrix as often."""
        size = 1 << d.bit_length()
        if self.directions != "hadamard" or size > 4 * batch:
            return batch
        return max(round(batch / size), 1) * size

    def gradient(
        self, source: Source, x: np.ndarray, steps: np.ndarray, count: int, first: int
    ) -> Sample:
        """(Y(θ + cΔ) - Y(θ - cΔ)) / (2 c_i Δ_i)"""
        traced = TracedModel(source.build, source.theta.moved(x))

        def signs(first: int, count: int) -> np.ndarray:
            if self.directions == "hadamard":
                return hadamard_signs(traced.components, first, count)
            return np.where(uniforms(traced, source.settings, first, count) < 0.5, -1.0, 1.0)

        two = self.measurements == 2
        plan = direction_plan(
            traced,
            StepSets.of([steps]),
            signs,
            lambda c, delta: (0.5 if two else 1.0) / (c * delta),
            (1.0, -1.0) if two else (1.0,),
            centre=False,
        )
        return measured(source, plan, (repr(self), x, steps), count, first, self.measurements)


@dataclasses.dataclass(frozen=True, kw_only=True)
class RandomDirectionSearch(Perturbed):
    """Random directions (Fu (2005), eq. 9): Gaussian Δ with E[Δ_i²] = 1, two runs.

    Parameters
    ----------
    c, gamma, a, A, alpha, averaging, skip, batch, search
        As for `KieferWolfowitz` and `RobbinsMonro`; gamma is 0.101 and alpha 0.602 by default.
    """

    name = "random-directions"
    exponent = 0.602
    decay = 0.101
    reach = 4.0

    def paths(self, source: Source) -> int:
        """However many components there are."""
        return 2

    def gradient(
        self, source: Source, x: np.ndarray, steps: np.ndarray, count: int, first: int
    ) -> Sample:
        """Δ_i (Y(θ + cΔ) - Y(θ - cΔ)) / 2c_i"""
        traced = TracedModel(source.build, source.theta.moved(x))

        def gaussian(first: int, count: int) -> np.ndarray:
            drawn = special.ndtri(uniforms(traced, source.settings, first, count))
            return np.clip(drawn, -4.0, 4.0)  # so that a step has an end; 6e-5 of all draws

        plan = direction_plan(
            traced, StepSets.of([steps]), gaussian, lambda c, delta: 0.5 * delta / c, centre=False
        )
        return measured(source, plan, (repr(self), x, steps), count, first, 2)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SecondOrderSPSA(Perturbed):
    """Second-order simultaneous perturbations (Spall 2000): four runs, an averaged Hessian.

    Each iteration has one pair of directions. The steps are Hbar⁻¹ G, with the Hessian averaged
    over all iterations and made positive definite.

    Parameters
    ----------
    c, gamma, a, A, alpha, averaging, skip, batch, search
        As for `KieferWolfowitz` and `RobbinsMonro`; gamma is 0.101 and alpha 0.602 by default.
    """

    name = "2spsa"
    exponent = 0.602
    decay = 0.101
    reach = 2.0

    def plain(self) -> SPSA:
        """By two measurements."""
        return SPSA()

    def paths(self, source: Source) -> int:
        """At θ ± cΔ, and from each of them a step c̃Δ̃ on."""
        return 4

    def directions(self, source: Source, first: int) -> tuple[np.ndarray, np.ndarray]:
        """Δ and Δ̃ of the iteration that begins with this replication."""
        generator = np.random.default_rng([int(source.settings.seed), first])
        d = len(source.theta.vector)
        return generator.choice([-1.0, 1.0], d), generator.choice([-1.0, 1.0], d)

    def gradient(
        self, source: Source, x: np.ndarray, steps: np.ndarray, count: int, first: int
    ) -> Sample:
        """By two outputs in a direction for each replication: for the search and the pilot."""
        return SPSA().gradient(source, x, steps, count, first)

    def both(
        self, source: Source, x: np.ndarray, steps: np.ndarray, count: int, first: int
    ) -> tuple[Sample, np.ndarray]:
        """Gradient, and one estimate of the Hessian.

        Parameters
        ----------
        source, x, steps, count, first
            As for `gradient`.

        Returns
        -------
        Sample, (d, d) array
        """
        delta, second = self.directions(source, first)
        move, further = steps * delta, steps * second
        points = [x + move, x - move, x + move + further, x - move + further]
        middle: list[tuple[int, float]] = [(0, 0.5), (1, 0.5)]
        rows = [[(0, 0.5 / m), (1, -0.5 / m)] for m in move]
        bend: list[tuple[int, float]] = [(2, 1.0), (0, -1.0), (3, -1.0), (1, 1.0)]
        moments = source.outputs(points, [middle, *rows, bend], count, first)
        change = float(moments.total[1, -1])
        outer = np.outer(0.5 * change / further, 1.0 / move)
        return Sample.of(Moments(moments.total[:, 1:-1])), 0.5 * (outer + outer.T)
