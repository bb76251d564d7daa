"""Ratios of means over cycles, with intervals by the delta method or by a jackknife."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..core.moments import Grouped, Moments
from ..core.quotient import delta_method
from ..core.theta import upper_triangle
from ..core.traced_model import Slot, TracedModel
from ..core.tracer import curvature_of, tangent_of, value_of

STEP = 1e-30


@dataclasses.dataclass(frozen=True)
class FromMeans:
    """What a run reports as a function of means, and its intervals."""

    traced: TracedModel

    def outputs(self, means: np.ndarray) -> np.ndarray:
        """The value, then its derivatives; means may be complex."""
        raise NotImplementedError

    def finish(self, raw: Moments) -> Moments:
        """Count, ratios, and second moments of their linear parts (the delta method).

        The derivatives of the ratios by the means are complex steps: exact.
        """
        assert raw.products is not None
        means, squares = raw.total[1, 1:], raw.total[2, 1:]
        upper = np.triu(raw.products[1:, 1:], 1)
        products = upper + upper.T + np.diag(squares)
        moved = means[:, None] + 1j * STEP * np.eye(len(means))
        slopes = np.array([np.imag(self.outputs(column)) / STEP for column in moved.T]).T
        spread = slopes @ products @ slopes.T
        values = np.real(self.outputs(means))
        return delta_method(raw.count, values, spread, raw.effective[1:], slopes)

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
    """From means over cycles to r = E[Q]/E[η] and its derivatives by θ.

    jumps: cycles of a replication where second derivatives are smoothed, else 0
    """

    slots: list[Slot]
    pairs: list[tuple[int, int]]
    order: int
    alone: bool
    jumps: int

    def outputs(self, means: np.ndarray) -> np.ndarray:
        """The value, then its first or second derivatives."""
        traced, d, p = self.traced, self.traced.components, len(self.slots)
        total, count = means[0], means[1]
        r = total / count
        scale, shift = value_of(traced.scale), value_of(traced.shift)
        if self.alone:
            return np.array([scale * r + shift])
        terms = means[2 : 2 + 2 * p].reshape(p, 2)
        by_slot = (terms[:, 0] - r * terms[:, 1]) / count
        jacobian = np.array([s.tangent for s in self.slots]).reshape(p, d)
        slope = by_slot @ jacobian
        by_scale, by_shift = tangent_of(traced.scale, d), tangent_of(traced.shift, d)
        if self.order == 1:
            return np.array([scale * r + shift, *(scale * slope + by_scale * r + by_shift)])
        hessian = jacobian.T @ self._bends(means, r, by_slot) @ jacobian
        hessian = hessian + sum(g * s.curvature for g, s in zip(by_slot, self.slots, strict=True))
        both = np.outer(by_scale, slope)
        hessian = scale * hessian + both + both.T
        hessian = hessian + curvature_of(traced.scale, d) * r + curvature_of(traced.shift, d)
        return np.array([scale * r + shift, *(hessian[i, j] for i, j in upper_triangle(d))])

    def _bends(self, means: np.ndarray, r: complex, by_slot: np.ndarray) -> np.ndarray:
        """∂²r by pairs of slots."""
        p, count = len(self.slots), means[1]
        terms = means[2 : 2 + 2 * p].reshape(p, 2)
        bends = np.zeros((p, p), dtype=means.dtype)
        for (a, b), (first, second) in zip(
            self.pairs, means[2 + 2 * p :].reshape(-1, 2), strict=True
        ):
            if self.jumps:
                bend = first / count + second / self.jumps
            else:
                crossed = by_slot[a] * terms[b, 1] + by_slot[b] * terms[a, 1]
                bend = (first - r * second - crossed) / count
            bends[a, b] = bends[b, a] = bend
        return bends


@dataclasses.dataclass(frozen=True)
class DifferenceRatio(FromMeans):
    """From E[η] and E[Q] at several points to differences of r; point 0 is θ itself."""

    scale: np.ndarray
    shift: np.ndarray
    steps: np.ndarray
    forward: bool

    def outputs(self, means: np.ndarray) -> np.ndarray:
        """The value at θ, then one difference quotient for each component."""
        found = self.scale * means[1:] / means[0] + self.shift
        if self.forward:
            return np.array([found[0], *((found[1:] - found[0]) / self.steps)])
        return np.array([found[0], *((found[1::2] - found[2::2]) / (2.0 * self.steps))])
