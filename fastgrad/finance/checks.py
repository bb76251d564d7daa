"""What prices, rates and strikes must be; each may be a function of θ."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.tracer import Traced, value_of


def check_number(whose: str, given: Any, positive: bool = False) -> Any:
    """A finite number (above zero if `positive`), or a clear error."""
    value = value_of(given)
    if isinstance(value, (bool, np.bool_, str)) or not np.isscalar(value):
        if not isinstance(value, np.ndarray):  # many points at once
            raise TypeError(f"{whose} must be a number, got {given!r}")
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{whose} must be finite, got {value}")
    if positive and np.any(np.asarray(value) <= 0.0):
        raise ValueError(f"{whose} must be above 0, got {value}")
    return given


def check_kind(whose: str, given: Any, known: tuple[str, ...]) -> str:
    """One of the known words, or a clear error."""
    if given not in known:
        raise ValueError(f"{whose} must be {' or '.join(map(repr, known))}, got {given!r}")
    return given


def check_strike(whose: str, given: Any) -> Any:
    """A finite number of 0 or more, or a clear error."""
    check_number(f"{whose}: strike", given)
    if np.any(np.asarray(value_of(given)) < 0.0):
        raise ValueError(f"{whose}: strike must be 0 or more, got {value_of(given)}")
    return given


def real(number: Any) -> Any:
    """A float, unless θ stands in it: θ does not stand in whole numbers."""
    return number if isinstance(number, Traced) else float(number)
