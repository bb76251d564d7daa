"""Demand in whole units: where the path of an inventory is smooth, and where E[Y] is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.tracer import Traced, tangent_of, value_of

TOLERANCE = 1e-9  # of a unit: S - s of decimal numbers is whole only to rounding


def is_multiple(level: Any, unit: float) -> bool:
    """Whether a level, or one of several, is a whole number of units."""
    units = np.asarray(value_of(level), dtype=float) / unit
    return bool(np.any(np.abs(units - np.round(units)) < TOLERANCE))


def moves(number: Any) -> bool:
    """Whether θ moves this number."""
    return isinstance(number, Traced) and bool(tangent_of(number, len(number.tangent)).any())
