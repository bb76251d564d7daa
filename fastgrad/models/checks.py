"""Checks of what models are given."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.numbers import LARGEST_COUNT, shown
from ..distributions.families import Distribution


def check_count(whose: str, value: Any, least: int = 1) -> int:
    """A whole number of at least 1 (or `least`), or a clear error."""
    if isinstance(value, (float, np.floating)) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{whose} must be a whole number, got {value!r}")
    if not least <= value <= LARGEST_COUNT:
        bound = f"{least} or more" if value < least else f"{LARGEST_COUNT:,} or less"
        raise ValueError(f"{whose} must be {bound}, got {shown(int(value))}")
    return int(value)


def check_distribution(whose: str, value: Any) -> Distribution:
    """A distribution, or a clear error."""
    if not isinstance(value, Distribution):
        raise TypeError(f"{whose} must be a distribution such as Exponential(1.0), got {value!r}")
    return value
