"""Numbers with their first two derivatives by one variable, for closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np


class Jet:
    """f, f′ and f″, each a number or an array; +, -, * and / follow the rules of calculus."""

    __array_ufunc__ = None  # NumPy leaves the operator to the jet

    def __init__(self, value: Any, first: Any = 0.0, second: Any = 0.0) -> None:
        self.value, self.first, self.second = value, first, second

    @classmethod
    def variable(cls, value: float) -> Jet:
        """x itself."""
        return cls(float(value), 1.0)

    def __add__(self, other: Any) -> Jet:
        other = as_jet(other)
        first, second = self.first + other.first, self.second + other.second
        return Jet(self.value + other.value, first, second)

    def __mul__(self, other: Any) -> Jet:
        other = as_jet(other)
        first = self.first * other.value + self.value * other.first
        second = self.second * other.value + 2.0 * self.first * other.first
        return Jet(self.value * other.value, first, second + self.value * other.second)

    def reciprocal(self) -> Jet:
        """1/f."""
        inverse = 1.0 / self.value
        second = 2.0 * self.first**2 * inverse**3 - self.second * inverse**2
        return Jet(inverse, -self.first * inverse**2, second)

    def __truediv__(self, other: Any) -> Jet:
        return self * as_jet(other).reciprocal()

    def __rtruediv__(self, other: Any) -> Jet:
        return self.reciprocal() * other

    def __neg__(self) -> Jet:
        return Jet(-self.value, -self.first, -self.second)

    def __sub__(self, other: Any) -> Jet:
        return self + -as_jet(other)

    def __rsub__(self, other: Any) -> Jet:
        return -self + other

    __radd__ = __add__
    __rmul__ = __mul__

    def numbers(self) -> tuple[float, float, float]:
        """As plain numbers."""
        return float(self.value), float(self.first), float(self.second)


def as_jet(number: Any) -> Jet:
    """A constant has no derivatives."""
    return number if isinstance(number, Jet) else Jet(np.asarray(number, dtype=float))
