"""Truncated distributions: X given low <= X <= high."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.tracer import value_of
from ..kernels.distributions.truncated import NEEDED
from .derived import BASE, Derived, shown
from .distribution import Distribution

# Of E[X] and E[X²]: u = exp(-t) / 2 from both ends, by Gauss's rule between these t.
_ENDS = np.concatenate([np.linspace(0.0, 4.0, 33)[:-1], np.linspace(4.0, 690.0, 344)])
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


class Truncated(Derived):
    """A continuous distribution given low <= X <= high.

    Parameters
    ----------
    distribution : Distribution
        Of a family whose distribution function and quantile are known from both tails.
    low, high : float, optional
        Where it is cut off, functions of θ; None leaves the tail. Either may lie beyond the
        support.

    Raises
    ------
    TypeError, ValueError
        For what is not continuous, and where nothing lies between low and high.
    """

    def __init__(self, distribution: Distribution, low: Any = None, high: Any = None) -> None:
        if not isinstance(distribution, Distribution):
            raise TypeError(f"Truncated: distribution must be a distribution, got {distribution!r}")
        name = type(distribution).__name__
        if distribution.family is None or not all(map(distribution.has, NEEDED)):
            raise TypeError(
                f"Truncated: {name} cannot be cut off: its distribution function and quantile are "
                "not known from both tails"
            )
        own = {end: x for end, x in (("low", low), ("high", high)) if x is not None}
        if not own:
            raise ValueError("Truncated: low or high is needed")
        sides = "both" if len(own) == 2 else next(iter(own))
        self._set_up(f"truncated[{sides},{distribution.family}]", distribution, own)
        if low is not None and high is not None and not np.all(value_of(low) < value_of(high)):
            raise ValueError(
                f"Truncated: low must be below high, got {value_of(low)}, {value_of(high)}"
            )
        self._check_mass()

    def _check_mass(self) -> None:
        values = np.broadcast_arrays(*self.values)
        for point in zip(*(np.ravel(v) for v in values), strict=True):
            own, base = self._split([float(p) for p in point])
            low, high = base.support
            empty = own.get("low", -math.inf) >= high or own.get("high", math.inf) <= low
            if empty:
                raise ValueError(f"Truncated: nothing of {base!r} lies between {_between(own)}")

    def __repr__(self) -> str:
        ends = "".join(f", {name}={shown(end)}" for name, end in self.own.items())
        return f"Truncated({self.base!r}{ends})"

    def moved(self, values: Sequence[float]) -> Truncated:
        """The same kind with these numbers for its parameters."""
        own, base = self._split(values)
        return Truncated(base, own.get("low"), own.get("high"))

    @property
    def support(self) -> tuple[float, float]:
        """What is left of the support."""
        low, high = self.base.support
        ends = {name: float(value_of(end)) for name, end in self.own.items()}
        return max(low, ends.get("low", low)), min(high, ends.get("high", high))

    def edge_orders(self) -> tuple[float, float]:
        """A jump where it is cut off."""
        orders = zip(self.support, self.base.support, self.base.edge_orders(), strict=True)
        first, last = (order if end == inner else 0.0 for end, inner, order in orders)
        return first, last

    def expectation(self) -> float:
        """By quadrature over the uniform; infinite or not a number where it does not exist."""
        return self._moment(1)

    def variance(self) -> float:
        """By quadrature over the uniform; infinite where it does not exist."""
        mean = self._moment(1)
        return self._moment(2, mean) if math.isfinite(mean) else math.nan

    def _moment(self, power: int, centre: float = 0.0) -> float:
        """E[(X - centre)^power]."""
        low, high = self.support
        known = self.base.expectation() if power == 1 else self.base.variance()
        if not (math.isfinite(known) or (math.isfinite(low) and math.isfinite(high))):
            return -math.inf if power == 1 and math.isfinite(high) else math.inf
        middle, half = 0.5 * (_ENDS[1:] + _ENDS[:-1]), 0.5 * np.diff(_ENDS)
        t = (middle[:, None] + half[:, None] * _NODES).ravel()
        weights = (half[:, None] * _WEIGHTS).ravel()
        q = 0.5 * np.exp(-t)
        both = sum((self.row(f"{end}_variate", q) - centre) ** power for end in ("lower", "upper"))
        return float(weights @ (q * both))

    def scaled(self) -> list[tuple[str, float]] | None:
        """(1 + ε) X, if the family is closed under it: the ends grow with it."""
        inner = self.base.scaled()
        own = [(name, float(value_of(end))) for name, end in self.own.items()]
        return None if inner is None else own + [(BASE + name, w) for name, w in inner]

    def shifted(self) -> list[str] | None:
        """X + ε, if the family is closed under it: the ends move along."""
        inner = self.base.shifted()
        return None if inner is None else [*self.own, *(BASE + name for name in inner)]

    def linear(self, first: str, second: str) -> bool:
        """Nowhere: the share that is cut off moves too."""
        return False

    def unusable(self, name: str) -> str | None:
        """Why a function is wrong at these parameters: because the family's own is."""
        inner = self._inner(name)
        if inner is None or not inner.startswith(("score", "natural", "hahn_jordan")):
            return None
        parameter = inner.removesuffix("_constant").rpartition("_")[2]
        if self.base.has(f"score_{parameter}"):
            return None
        return self.base.reason("score", parameter)


def _between(own: dict[str, float]) -> str:
    return " and ".join(f"{own.get(name, inf):g}" for name, inf in
                        (("low", -math.inf), ("high", math.inf)))  # fmt: skip
