"""What a family declares about itself, as the rest of the library asks for it.

Every table of families is made of these answers: which inputs can be divided by θ, whose second
derivatives vanish, which demands come in whole units, which variances are infinite. A family
declares them as names in its file under `kernels/distributions/` (see the guide "Adding a
distribution"); what it leaves out holds for any distribution.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np

from ..core.tracer import value_of

VANISHES = ""  # a second derivative of the variate that is 0
FINEST = 10**6  # parts of a unit that are looked for
NEAR = 1e-9  # of a unit: sums and differences of decimal numbers are whole only to rounding


class Facts:
    """The declared facts of one distribution at its parameters; plain numbers, not traced."""

    kernel: ModuleType

    @property
    def parameters(self) -> tuple:
        """The parameters in the order of the kernel's file."""
        return tuple(getattr(self, name) for name in self.kernel.PARAMETERS)

    @property
    def values(self) -> tuple:
        """The parameters as plain numbers."""
        return tuple(value_of(x) for x in self.parameters)

    def expectation(self) -> float:
        """E[X]: infinite or not a number where it does not exist."""
        return float(self.kernel.expectation(*self.values))

    def variance(self) -> float:
        """Var X: infinite or not a number where it does not exist."""
        return float(self.kernel.variance(*self.values))

    @property
    def support(self) -> tuple[float, float]:
        """The smallest interval with probability one."""
        outcomes = self.outcomes()
        if outcomes is not None:
            points = [value_of(value) for _, value in outcomes]
            return float(np.min(points)), float(np.max(points))
        ends = getattr(self.kernel, "SUPPORT", (-math.inf, math.inf))
        given = dict(zip(self.kernel.PARAMETERS, self.values, strict=True))
        low, high = (given[end] if isinstance(end, str) else end for end in ends)
        return float(np.min(low)), float(np.max(high))

    def ends_abruptly(self) -> bool:
        """Whether the density jumps at an end of its range (0, where nearly all times begin, is
        none), or there is no density."""
        if not self.has("density"):
            return True
        ends = zip(self.support, self.edge_orders(), strict=True)
        return any(math.isfinite(end) and end != 0.0 and order <= 0.0 for end, order in ends)

    def edge_orders(self) -> tuple[float, float]:
        """k where the density behaves like (distance from the edge)^k, for both ends.

        0 is a jump, below 0 it is unbounded; infinite where the support has no end there.
        """
        orders = getattr(self.kernel, "edge_orders", None)
        if orders is not None:
            found: tuple[float, float] = orders(*map(float, self.values))
            return found
        low, high = self.support  # what is not declared may jump
        return math.inf if low == -math.inf else 0.0, math.inf if high == math.inf else 0.0

    def outcomes(self) -> Sequence[tuple[Any, Any]] | None:
        """(probability, value) of each of finitely many values, functions of θ; or None."""
        given = getattr(self.kernel, "outcomes", None)
        return None if given is None else given(*self.parameters)

    @property
    def is_constant(self) -> bool:
        """Whether there is one value only."""
        outcomes = self.outcomes()
        return outcomes is not None and len(outcomes) == 1

    def unit(self) -> float | None:
        """The largest unit that all values are multiples of, or None if there is none."""
        outcomes = self.outcomes()
        if outcomes is None:
            return getattr(self.kernel, "UNIT", None)
        return common_unit([float(value_of(value)) for _, value in outcomes])

    def scaled(self) -> list[tuple[str, float]] | None:
        """Parameters p of (1 + ε) X, with dp/dε; None if it is not of the family."""
        names = getattr(self.kernel, "SCALED", None)
        if names is None:
            return None
        by_one = getattr(self.kernel, "LOGARITHMIC", ())
        given = dict(zip(self.kernel.PARAMETERS, self.values, strict=True))
        return [(name, 1.0 if name in by_one else float(given[name])) for name in names]

    def shifted(self) -> list[str] | None:
        """Parameters of X + ε, each larger by ε; None if it is not of the family.

        Some are known to pairs only, not to the family itself: an exponential's location.
        """
        names = getattr(self.kernel, "SHIFTED", None)
        return None if names is None else list(names)

    def linear(self, first: str, second: str) -> bool:
        """Whether X is linear in two parameters (or one twice) at a fixed uniform."""
        return {first, second} <= set(getattr(self.kernel, "LINEAR", ()))

    def curvature(self, first: str, second: str) -> str | None:
        """The row function of ∂²X/∂p∂q at a fixed uniform; VANISHES; None if it is not known."""
        if self.linear(first, second):
            return VANISHES
        both = (first,) if first == second else (f"{first}_{second}", f"{second}_{first}")
        for name in both:
            if self.has(f"second_derivative_{name}"):
                return f"second_derivative_{name}"
        return None

    # Whether dX/dp follows from X alone: not where the path depends on a component as well.
    by_point = True

    def apart(self, weight: Any) -> Iterator[tuple[Any, Any]]:
        """The components of a mixture that this one stands for, and their weights."""
        raise NotImplementedError

    def soft(self, temperature: float, straight_through: bool) -> Any:
        """The relaxed form of a choice, or the hard one with its derivative; None if no choice."""
        return None

    def has(self, name: str) -> bool:
        """Whether the kernel's file defines this function (for example score_mean)."""
        raise NotImplementedError


def common_unit(values: Sequence[float]) -> float | None:
    """The largest number that all values are multiples of, to rounding; None if there is none."""
    largest = max((abs(v) for v in values), default=0.0)
    if largest == 0.0 or not math.isfinite(largest):
        return None
    unit = Fraction(0)
    for value in values:
        share = Fraction(value / largest).limit_denominator(FINEST)
        if abs(float(share) - value / largest) > NEAR / FINEST:
            return None
        unit = Fraction(
            math.gcd(unit.numerator * share.denominator, share.numerator * unit.denominator),
            unit.denominator * share.denominator,
        )
    return largest * float(unit)
