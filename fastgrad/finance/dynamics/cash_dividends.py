"""Dividends in cash: what they are worth before they are paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...core.tracer import Traced, value_of
from ..checks import check_number

SAME = 1e-12  # two times that differ by less than this share of the maturity are one


def schedule(whose: str, given: Any) -> tuple[tuple[float, Any], ...]:
    """(time, amount) in the order of time, from {time: amount}; or a clear error."""
    if not isinstance(given, Mapping):
        raise TypeError(
            f"{whose}: cash_dividends must be a dict such as {{0.5: 2.0}}, got {given!r}"
        )
    made = []
    for time, amount in given.items():
        try:
            when = float(time)
        except (TypeError, ValueError):
            raise TypeError(
                f"{whose}: cash_dividends: a time must be a number, got {time!r}"
            ) from None
        check_number(f"{whose}: cash_dividends: a time", when, positive=True)
        check_number(f"{whose}: cash_dividends: the amount at {when:g}", amount)
        if np.any(np.asarray(value_of(amount)) < 0.0):
            raise ValueError(
                f"{whose}: cash_dividends: the amount at {when:g} must be 0 or more, got "
                f"{value_of(amount)}"
            )
        made.append((when, amount))
    return tuple(sorted(made, key=lambda entry: entry[0]))


def accrued(rates: Sequence[Any], maturity: Any, time: Any) -> Any:
    """∫ rate from now to `time`; the curve has equal parts up to maturity."""
    width, total = maturity * (1.0 / len(rates)), 0.0
    for part, rate in enumerate(rates):
        left = value_of(time) - value_of(part * width)
        if left >= value_of(width):
            total = total + rate * width
        elif left > 0.0:
            total = total + rate * (time - part * width)
    return total


def present_value(
    dividends: Sequence[tuple[float, Any]], rates: Sequence[Any], maturity: Any, now: Any
) -> Any:
    """At time `now`: of the dividends that are paid later, up to maturity; 0.0 for none."""
    close, end = SAME * value_of(maturity), value_of(maturity)
    total: Any = 0.0
    for time, amount in dividends:
        if value_of(now) + close < time <= end + close:
            grown = accrued(rates, maturity, now) - accrued(rates, maturity, time)
            total = total + amount * np.exp(grown)
    return total


def paid_at_a_step(dividends: Sequence[tuple[float, Any]], maturity: Any, steps: int) -> bool:
    """Whether a step ends when a dividend is paid: moving the maturity moves it past that."""
    end = float(value_of(maturity))
    dates = np.arange(1, steps + 1) * (end / steps)
    return any(np.any(np.abs(dates - time) <= SAME * end) for time, _ in dividends)


def paid_at_steps(dividends: Sequence[tuple[float, Any]], maturity: Any, steps: int) -> list[Any]:
    """The amount that is paid at the end of each step, 0.0 for none."""
    end = float(value_of(maturity))
    made: list[Any] = [0.0] * steps
    for time, amount in dividends:
        step = round(time * steps / end) - 1
        if 0 <= step < steps and abs((step + 1) * end / steps - time) <= SAME * end:
            made[step] = made[step] + amount
    return made


def moves(number: Any) -> bool:
    """Whether θ stands in a number."""
    return isinstance(number, Traced) and bool(np.any(number.tangent != 0.0))
