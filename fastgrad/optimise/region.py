"""The set that θ must stay in, and the projection onto it.

A box is projected onto by clipping. Sums, simplexes and linear constraints make the projection
a quadratic programme: with the equalities eliminated it is a least-distance problem, which
non-negative least squares solves exactly (Lawson and Hanson (1974), chapter 23).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import linalg
from scipy.optimize import Bounds, LinearConstraint, nnls

from ..core.theta import Theta

TOLERANCE = 1e-9  # of the size of a constraint


@dataclasses.dataclass(frozen=True)
class Simplex:
    """Components of θ that are 0 or more and add up to a total: shares, probabilities, budgets.

    Parameters
    ----------
    total : float
    of : sequence of int or str, optional
        Numbers or names of the components; all by default.
    """

    total: float = 1.0
    of: Sequence[Any] | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.total, (int, float)) and 0.0 < self.total < np.inf):
            raise ValueError(f"Simplex: total must be a positive number, got {self.total!r}")


class Region:
    """A box and linear constraints around the components of θ.

    Attributes
    ----------
    low, high : (d,) arrays
    matrix, least, most : arrays
        least ≤ matrix · θ ≤ most, one row for each linear constraint.
    """

    def __init__(self, theta: Theta, bounds: Any = None, constraints: Sequence[Any] = ()) -> None:
        d = len(theta.vector)
        self.names = theta.names
        self.low, self.high = read_bounds(theta, bounds)
        rows: list[np.ndarray] = [np.empty((0, d))]
        least: list[np.ndarray] = [np.empty(0)]
        most: list[np.ndarray] = [np.empty(0)]
        for constraint in constraints:
            matrix, low, high = self._linear(theta, constraint)
            rows.append(matrix)
            least.append(low)
            most.append(high)
        self.matrix = np.concatenate(rows)
        self.least, self.most = np.concatenate(least), np.concatenate(most)
        self.is_box = not len(self.matrix)
        self.is_free = self.is_box and not np.isfinite([self.low, self.high]).any()
        if not self.is_box:
            self.project(np.clip(theta.vector, self.low, self.high))  # or say that it is empty

    def _linear(self, theta: Theta, given: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        d = len(theta.vector)
        if isinstance(given, Simplex):
            which = [component(theta, name, "Simplex") for name in given.of or range(d)]
            self.low[which] = np.maximum(self.low[which], 0.0)
            row = np.zeros((1, d))
            row[0, which] = 1.0
            return row, np.array([given.total]), np.array([given.total])
        if isinstance(given, LinearConstraint):
            matrix = np.atleast_2d(np.asarray(given.A, dtype=float))
            if matrix.shape[1] != d:
                raise ValueError(
                    f"constraints: the matrix of a LinearConstraint has {matrix.shape[1]} columns, "
                    f"but theta has {d} component{'s' * (d > 1)}"
                )
            shape = len(matrix)
            return (
                matrix,
                np.broadcast_to(np.asarray(given.lb, dtype=float), shape),
                np.broadcast_to(np.asarray(given.ub, dtype=float), shape),
            )
        raise TypeError(
            "constraints must be scipy.optimize.LinearConstraint, fastgrad.Simplex or "
            f"fastgrad.Expected, got {type(given).__name__}"
        )

    def told(self) -> dict[str, np.ndarray]:
        """What a store says of it."""
        return {
            "low": self.low, "high": self.high, "matrix": self.matrix, "least": self.least,
            "most": self.most,
        }  # fmt: skip

    def violation(self, x: np.ndarray) -> str | None:
        """Which constraint θ violates, in words, or None."""
        for name, value, low, high in zip(self.names, x, self.low, self.high, strict=True):
            if not low <= value <= high:
                return f"{name} = {value:.6g} lies outside its bounds [{low:.6g}, {high:.6g}]"
        values = self.matrix @ x
        slack = TOLERANCE * (1.0 + np.abs(self.matrix) @ np.abs(x))
        for row, (value, low, high, room) in enumerate(
            zip(values, self.least, self.most, slack, strict=True)
        ):
            if not low - room <= value <= high + room:
                wanted = f"{low:.6g}" if low == high else f"between {low:.6g} and {high:.6g}"
                return f"linear constraint {row} has the value {value:.6g}, it must be {wanted}"
        return None

    def project(self, x: np.ndarray, scale: np.ndarray | None = None) -> np.ndarray:
        """The nearest point of the region, distances measured in units of `scale`."""
        inside: np.ndarray = x.clip(self.low, self.high)
        if self.is_box or (self.violation(inside) is None and (inside == x).all()):
            return inside
        unit = np.ones(len(x)) if scale is None else scale
        return self._quadratic_programme(x, unit)

    def _quadratic_programme(self, x: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """min |z|² over z = (point - x) / unit."""
        equal = self.least == self.most
        system = self.matrix[equal] * unit
        wanted = self.least[equal] - self.matrix[equal] @ x
        rows, limits = self._inequalities(x, ~equal)
        rows = rows * unit
        origin, basis = np.zeros(len(x)), np.eye(len(x))
        if len(system):
            origin = linalg.lstsq(system, wanted)[0]
            room = TOLERANCE * (1.0 + np.abs(wanted))
            if np.any(np.abs(system @ origin - wanted) > room):
                raise ValueError("constraints: the equalities contradict each other")
            basis = linalg.null_space(system)
        moved = origin + basis @ least_distance(-rows @ basis, rows @ origin - limits)
        return np.clip(x + unit * moved, self.low, self.high)

    def _inequalities(self, x: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """rows · (point - x) ≤ limits"""
        identity = np.eye(len(x))
        values = self.matrix[which] @ x
        rows = np.concatenate([identity, -identity, self.matrix[which], -self.matrix[which]])
        limits = np.concatenate(
            [self.high - x, x - self.low, self.most[which] - values, values - self.least[which]]
        )
        finite = np.isfinite(limits)
        return rows[finite], limits[finite]

    def clipped(self, x: np.ndarray) -> np.ndarray:
        """In the box: SciPy's solvers leave it by a rounding."""
        return np.clip(x, self.low, self.high)

    def room(self, x: np.ndarray) -> np.ndarray:
        """(d,) the largest move of each component alone that both bounds allow."""
        return np.minimum(x - self.low, self.high - x)


def least_distance(rows: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """The shortest u with rows · u ≥ limits, or a clear error if there is none."""
    if not np.any(limits > 0.0):
        return np.zeros(rows.shape[1])
    size = np.maximum(np.linalg.norm(rows, axis=1), 1e-300)
    rows, limits = rows / size[:, None], limits / size
    unit = float(np.max(np.abs(limits)))
    system = np.vstack([rows.T, limits / unit])
    target = np.zeros(len(system))
    target[-1] = 1.0
    weights, distance = nnls(system, target)
    if distance < 1e-10:
        raise ValueError("constraints: no theta satisfies all bounds and linear constraints")
    residual = system @ weights - target
    return -unit * residual[:-1] / residual[-1]


def component(theta: Theta, name: Any, whose: str) -> int:
    """The number of a component given by number or name."""
    if isinstance(name, str) and name in theta.names:
        return theta.names.index(name)
    if isinstance(name, (int, np.integer)) and 0 <= name < len(theta.names):
        return int(name)
    known = ", ".join(map(repr, theta.names))
    raise ValueError(f"{whose}: theta has no component {name!r}, only {known}")


def read_bounds(theta: Theta, bounds: Any) -> tuple[np.ndarray, np.ndarray]:
    """(d,) low and (d,) high from any of the forms that a user may write."""
    d = len(theta.vector)
    if bounds is None:
        return np.full(d, -np.inf), np.full(d, np.inf)
    if isinstance(bounds, Bounds):
        if any(np.size(end) not in (1, d) for end in (bounds.lb, bounds.ub)):
            raise ValueError(
                f"bounds: scipy.optimize.Bounds of {np.size(bounds.lb)} components, but theta has "
                f"{d}"
            )
        return _checked(theta, np.broadcast_to(bounds.lb, d), np.broadcast_to(bounds.ub, d))
    if isinstance(bounds, Mapping):
        numbers = {component(theta, name, "bounds"): pair for name, pair in bounds.items()}
        pairs = [numbers.get(i, (None, None)) for i in range(d)]
    elif isinstance(bounds, str) or not hasattr(bounds, "__len__"):
        raise TypeError(f"bounds must be (low, high), or one such pair for each, got {bounds!r}")
    elif len(bounds) == 2 and all(np.ndim(b) == 0 for b in bounds):
        pairs = [bounds] * d
    elif len(bounds) == d:
        pairs = list(bounds)
    else:
        raise ValueError(
            f"bounds must be (low, high), or one such pair for each of the {d} components of "
            f"theta, got {bounds!r}"
        )
    if any(np.shape(pair) != (2,) for pair in pairs):
        raise ValueError(f"bounds must be pairs (low, high), got {bounds!r}")
    least = [-np.inf if pair[0] is None else pair[0] for pair in pairs]
    most = [np.inf if pair[1] is None else pair[1] for pair in pairs]
    return _checked(theta, least, most)


def _checked(theta: Theta, low: Any, high: Any) -> tuple[np.ndarray, np.ndarray]:
    try:
        least, most = np.array(low, dtype=float), np.array(high, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"bounds must be numbers or None, got {low!r} and {high!r}") from None
    for name, a, b in zip(theta.names, least, most, strict=True):
        if not a <= b:
            raise ValueError(f"bounds of {name}: low must not be above high, got [{a:g}, {b:g}]")
    return least, most
