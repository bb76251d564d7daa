"""Options with a known mean that are read on the paths of others: control variates."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..exact.options.black_scholes import forward_price
from ..models.control import Control
from .payoffs.asian import Asian
from .payoffs.base import sign_of
from .payoffs.european import European

CONTROLS = ("geometric", "european")


def control_of(paid: Any, name: str) -> Control:
    """A control of what an option pays, before discounting and in its units.

    The logarithm of the geometric mean, as that of the last price, is a weighted sum of the
    log-returns: normal, and its mean is Black's formula.
    """
    payoff = paid.payoff
    if name not in CONTROLS:
        raise ValueError(
            f"control: an option has {' and '.join(map(repr, CONTROLS))}, not {name!r}"
        )
    if not paid.dynamics.is_lognormal(at_end=name == "european"):
        raise ValueError(f"control {name!r}: its mean is known for lognormal prices only")
    if name == "geometric" and not isinstance(payoff, Asian):
        raise ValueError("control 'geometric': it is that of an Asian payoff on a mean")
    strike, kind = getattr(payoff, "strike", None), getattr(payoff, "kind", None)
    if strike is None or kind is None:
        raise ValueError(f"control {name!r}: the payoff has no strike")
    made = Asian(strike, "geometric", kind) if name == "geometric" else European(strike, kind)
    draws = [(e.distribution.parameters, e.draws) for e in paid.dynamics.inputs(
        paid.maturity, paid.steps, paid.unit
    )]  # fmt: skip
    weights = np.ones(paid.steps)
    if name == "geometric":
        weights = np.arange(paid.steps, 0, -1) / paid.steps  # of prices that hold each return
    mean, variance, first = 0.0, 0.0, 0
    for (by_step, sd), count in draws:
        own = weights[first : first + count]
        mean = mean + by_step * float(own.sum())
        variance = variance + sd * sd * float(own @ own)
        first += count
    forward = np.exp(mean + 0.5 * variance)
    value = forward_price(forward, 1.0, np.sqrt(variance), float(sign_of(kind)))
    return Control(dataclasses.replace(paid, payoff=made), value)
