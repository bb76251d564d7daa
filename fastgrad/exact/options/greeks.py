"""A price with its derivatives by every argument, taken from the formula itself by tracing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...core.theta import Theta
from ...core.tracer import curvature_of, tangent_of, value_of
from ...finance.checks import check_number


class OptionValue(NamedTuple):
    """An exact price and its first and second derivatives.

    Attributes
    ----------
    price : float
    gradient : dict of str to float
        By each argument: spot, strike, rate, volatility, maturity, …
    hessian : dict of dict of float
    """

    price: float
    gradient: dict[str, float]
    hessian: dict[str, dict[str, float]]

    @property
    def delta(self) -> float:
        """By the spot."""
        return self.gradient["spot"]

    @property
    def gamma(self) -> float:
        """Twice by the spot."""
        return self.hessian["spot"]["spot"]

    @property
    def vega(self) -> float:
        """By the volatility, per unit (not per cent)."""
        return self.gradient["volatility"]

    @property
    def rho(self) -> float:
        """By the rate, per unit."""
        return self.gradient["rate"]

    @property
    def theta(self) -> float:
        """By the passing of time, a year: minus the derivative by maturity."""
        return -self.gradient["maturity"]

    @property
    def vanna(self) -> float:
        """By spot and volatility."""
        return self.hessian["spot"]["volatility"]

    @property
    def volga(self) -> float:
        """Twice by the volatility."""
        return self.hessian["volatility"]["volatility"]


def derived(price: Callable[..., Any], **arguments: float) -> OptionValue:
    """The price at these arguments, with all derivatives of first and second order."""
    for name, value in arguments.items():
        check_number(name, value)
    theta = Theta(arguments)
    made = price(**theta.traced(order=2))
    size = len(arguments)
    first, second = tangent_of(made, size), curvature_of(made, size)
    names = list(arguments)
    return OptionValue(
        float(value_of(made)),
        dict(zip(names, map(float, first), strict=True)),
        {name: dict(zip(names, map(float, row), strict=True))
         for name, row in zip(names, second, strict=True)},
    )  # fmt: skip


def positive(**arguments: Any) -> None:
    """Raise ValueError for an argument that is not above zero."""
    for name, value in arguments.items():
        check_number(name, value, positive=True)


def by_differences(
    price: Callable[..., float], arguments: Mapping[str, float], step: float = 1e-4
) -> OptionValue:
    """The same for a price that only numbers can go through (quadrature): by differences.

    Central differences with one Richardson step: relative errors of about 1e-8 in first and
    1e-5 in second derivatives where the price is accurate to 1e-12.
    """
    names = list(arguments)
    size = {name: step * max(abs(value), 0.1) for name, value in arguments.items()}

    def at(**moves: float) -> float:
        moved = {n: v + moves.get(n, 0.0) * size[n] for n, v in arguments.items()}
        return price(**moved)

    def first(name: str) -> float:
        near, far = (at(**{name: k}) - at(**{name: -k}) for k in (1.0, 2.0))
        return (8.0 * near - far) / (12.0 * size[name])

    def second(a: str, b: str, k: float) -> float:
        if a == b:
            middle = at(**{a: 4.0 * k}) - 2.0 * at() + at(**{a: -4.0 * k})
            return middle / (4.0 * k * size[a]) ** 2
        signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        total = sum(i * j * at(**{a: 4.0 * k * i, b: 4.0 * k * j}) for i, j in signs)
        return total / (4.0 * (4.0 * k) ** 2 * size[a] * size[b])

    def richardson(a: str, b: str) -> float:
        return float((4.0 * second(a, b, 1.0) - second(a, b, 2.0)) / 3.0)

    hessian = np.array([[richardson(a, b) for b in names] for a in names])
    return OptionValue(
        float(at()),
        {name: float(first(name)) for name in names},
        {a: dict(zip(names, map(float, row), strict=True))
         for a, row in zip(names, hessian, strict=True)},
    )  # fmt: skip
