"""Ratios of means over cycles, with intervals by the delta method or by a jackknife."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from ..core.moments import Grouped, Moments
from ..core.quotient import Divided, delta_method
from ..core.shared import Shared
from ..core.theta import upper_triangle
from ..core.traced_model import TracedModel
from ..core.tracer import curvature_of, tangent_of, value_of
from .steady_rate import Factor

STEP = 1e-30
# Second derivatives are combined of several means, and count as fewer effective samples: by scores
# over 10⁶ cycles at utilisation 0.5 91 % of the intervals cover; at 50 samples 88 % of the runs
# would be warned of, at 60 it is 96 %.
CAUTION = 1.2


@dataclasses.dataclass(frozen=True)
class FromMeans:
    """What a run reports as a function of means, and its intervals."""

    traced: TracedModel

    def outputs(self, means: np.ndarray) -> np.ndarray:
        """The value, then its derivatives, measure after measure; means may be complex."""
        found = self.by_measure(means)
        return np.concatenate(found) if self.traced.quotient is None else self._divided(*found)

    def by_measure(self, means: np.ndarray) -> list[np.ndarray]:
        """The same of each measure."""
        raise NotImplementedError

    def _divided(self, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        """The quotient of two measures, times its scale and with its shift."""
        made, d = self.traced.quotient, self.traced.components
        assert made is not None
        ratio = above[0] / below[0]
        scale, slopes = value_of(made.scale), (above[1:] - ratio * below[1:]) / below[0]
        found = [scale * ratio + value_of(made.shift)]
        if len(slopes):
            by_scale, by_shift = tangent_of(made.scale, d), tangent_of(made.shift, d)
            found += list(scale * slopes + by_scale * ratio + by_shift)
        return np.array(found)

    def finish(self, raw: Moments) -> Moments:
        """Count, ratios, and second moments of their linear parts (the delta method)."""
        return self._linear(raw, self.outputs, self.caution)

    @property
    def caution(self) -> float:
        """What effective samples are divided by."""
        return 1.0

    def remarks(self, raw: Moments) -> tuple[str, ...]:
        """That the denominator of a quotient is hardly known."""
        if self.traced.quotient is None or isinstance(raw, Grouped):
            return ()
        both = self._linear(raw, lambda means: np.concatenate(self.by_measure(means)), 1.0)
        return Divided(self.traced.quotient, self.traced.components).remarks(both)

    @staticmethod
    def _linear(
        raw: Moments, outputs: Callable[[np.ndarray], np.ndarray], caution: float
    ) -> Moments:
        """Their derivatives by the means are complex steps: exact."""
        assert raw.products is not None
        means, squares = raw.total[1, 1:], raw.total[2, 1:]
        upper = np.triu(raw.products[1:, 1:], 1)
        products = upper + upper.T + np.diag(squares)
        moved = means[:, None] + 1j * STEP * np.eye(len(means))
        slopes = np.array([np.imag(outputs(column)) / STEP for column in moved.T]).T
        spread = slopes @ products @ slopes.T
        values = np.real(outputs(means))
        return delta_method(raw.count, values, spread, raw.effective[1:] / caution, slopes)

    def finish_groups(self, raw: Grouped) -> Moments:
        """The same with the bias and the spread that leaving out each group in turn shows."""
        used = raw.total[:, 0, 0] > 0.0
        count = raw.total[used, 0, 0]
        sums = count[:, None] * raw.total[used, 1, 1:]
        groups, n = len(count), float(count.sum())
        found = np.real(self.outputs(sums.sum(axis=0) / n))
        total = np.zeros((4, len(found)))
        total[0], total[1] = n, found
        if groups < 2:
            return Moments(total, np.zeros((len(found), len(found))))
        rest = zip(sums.sum(axis=0) - sums, n - count, strict=True)
        without = np.array([np.real(self.outputs(left / many)) for left, many in rest])
        pseudo = groups * found - (groups - 1.0) * without
        mean = pseudo.mean(axis=0)
        # Moments are of single replications: n (n - 1) times the covariance of the mean.
        off = (pseudo - mean) * np.sqrt(n * (n - 1.0) / (groups * (groups - 1.0)))
        total[1], total[2], total[3] = mean, (off**2).sum(axis=0), (off**4).sum(axis=0)
        return Moments(total, off.T @ off)


@dataclasses.dataclass(frozen=True)
class Ratio(FromMeans):
    """From means over cycles to r = E[Q]/E[η] of every measure, and its derivatives by θ.

    shared: the slots followed, and whose they are; pairs: of them; factor: what r is multiplied by;
    jumps: cycles of a replication where second derivatives are smoothed, else 0
    """

    shared: Shared
    pairs: list[tuple[int, int]]
    order: int
    alone: bool
    factor: Factor
    jumps: int

    @property
    def caution(self) -> float:
        """Second derivatives are trusted later."""
        return CAUTION if self.order == 2 else 1.0

    def by_measure(self, means: np.ndarray) -> list[np.ndarray]:
        """The value, then its first or second derivatives, of each measure."""
        measures = self.traced.measures
        count, slots = means[measures], len(self.shared.slots)
        terms = means[measures + 1 :].reshape(-1, measures + 1)
        return [
            self._one(number, means[number] / count, count, terms[:slots, [number, -1]],
                      terms[slots:, [number, -1]])
            for number in range(measures)
        ]  # fmt: skip

    def _one(
        self, number: int, r: complex, count: complex, first: np.ndarray, second: np.ndarray
    ) -> np.ndarray:
        traced, d = self.traced, self.traced.components
        scale, shift = self.factor.value, value_of(traced.shift)
        if self.alone:
            return np.array([scale * r + shift])
        by_slot = (first[:, 0] - r * first[:, 1]) / count
        jacobian, curved = self._chain(number)
        slope = by_slot @ jacobian
        by_scale, by_shift = self.factor.tangent, tangent_of(traced.shift, d)
        if self.order == 1:
            return np.array([scale * r + shift, *(scale * slope + by_scale * r + by_shift)])
        hessian = jacobian.T @ self._bends(count, r, by_slot, first, second) @ jacobian
        hessian = hessian + sum(g * bend for g, bend in zip(by_slot, curved, strict=True))
        both = np.outer(by_scale, slope)
        hessian = scale * hessian + both + both.T
        hessian = hessian + self.factor.curvature * r + curvature_of(traced.shift, d)
        return np.array([scale * r + shift, *(hessian[i, j] for i, j in upper_triangle(d))])

    def _chain(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """∂slot/∂θ and ∂²slot/∂θ² of all slots; 0 for those that are not this measure's."""
        slots, d = len(self.shared.slots), self.traced.components
        jacobian, curved = np.zeros((slots, d)), np.zeros((slots, d, d))
        for place, slot in zip(self.shared.places[number], self.shared.own[number], strict=True):
            jacobian[place], curved[place] = slot.tangent, slot.curvature
        return jacobian, curved

    def _bends(
        self, count: complex, r: complex, by_slot: np.ndarray, first: np.ndarray, second: np.ndarray
    ) -> np.ndarray:
        """∂²r by pairs of slots."""
        p = len(self.shared.slots)
        bends = np.zeros((p, p), dtype=first.dtype)
        for (a, b), (one, other) in zip(self.pairs, second, strict=True):
            if self.jumps:
                bend = one / count + other / self.jumps
            else:
                crossed = by_slot[a] * first[b, 1] + by_slot[b] * first[a, 1]
                bend = (one - r * other - crossed) / count
            bends[a, b] = bends[b, a] = bend
        return bends


@dataclasses.dataclass(frozen=True)
class DifferenceRatio(FromMeans):
    """From E[η] and E[Q] of every measure at several points to differences of r; point 0 is θ."""

    scale: np.ndarray
    shift: np.ndarray
    steps: np.ndarray
    forward: bool

    def by_measure(self, means: np.ndarray) -> list[np.ndarray]:
        """The value at θ, then one difference quotient for each component."""
        sums = means[1:].reshape(-1, self.traced.measures).T
        return [self._one(self.scale * own / means[0] + self.shift) for own in sums]

    def _one(self, found: np.ndarray) -> np.ndarray:
        if self.forward:
            return np.array([found[0], *((found[1:] - found[0]) / self.steps)])
        return np.array([found[0], *((found[1::2] - found[2::2]) / (2.0 * self.steps))])
