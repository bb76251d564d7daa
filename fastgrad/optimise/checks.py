"""Checks of the options of algorithms: one clear line each, before any work."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.numbers import checked_number, shown
from ..core.run import is_whole


def number(name: str, value: Any, low: float, high: float, wanted: str) -> None:
    """One number between two, the lower one included where it is `low`, or None."""
    if value is None:
        return
    checked_number(name, value)
    if not low <= value < high:
        raise ValueError(f"{name} must be {wanted}, got {value!r}")


def numbers(name: str, value: Any) -> None:
    """One number above 0 or one for each component of θ, or None."""
    if value is None:
        return
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be a number, or one for each component, got {shown(value)}"
        ) from None
    if isinstance(value, (bool, str)) or array.ndim > 1:
        raise TypeError(f"{name} must be a number, or one for each component, got {shown(value)}")
    if not np.all((array > 0.0) & np.isfinite(array)):
        raise ValueError(f"{name} must be a positive number, got {shown(value)}")


def whole(name: str, value: Any, least: int) -> None:
    """A whole number, or None."""
    if value is not None and not (is_whole(value) and value >= least):
        raise ValueError(f"{name} must be a whole number, {least} or more, got {shown(value)}")


def truth(name: str, value: Any) -> None:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {shown(value)}")


def one_of(name: str, value: Any, known: tuple[Any, ...]) -> None:
    """One of these."""
    if not any(type(value) is type(one) and value == one for one in known):
        raise ValueError(f"{name} must be {' or '.join(map(repr, known))}, got {shown(value)}")


def seconds(value: Any) -> None:
    """A time, or None."""
    fine = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if value is not None and not (fine and 0.0 < value < math.inf):
        raise ValueError(f"seconds must be a positive number, got {shown(value)}")
