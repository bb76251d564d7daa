"""Numbers as users give them: real and finite, or one clear line before any work."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

LARGEST_COUNT = 2**40  # of anything that is made one by one: no memory holds more
MOST_REPLICATIONS = 10**15  # at 1 ns each, eleven days
_DIGITS = 50  # of a whole number that a message shows


def shown(value: Any) -> str:
    """A value in a message; of a long whole number its length."""
    if isinstance(value, int) and value.bit_length() > 3.4 * _DIGITS:
        return f"a whole number of {int(value.bit_length() * math.log10(2.0)) + 1} digits"
    try:
        text = repr(value)
    except RecursionError:
        text = f"{type(value).__name__} too deep to show"
    return text if len(text) <= 200 else f"{text[:200]}..."


def checked_number(whose: str, value: Any) -> Any:
    """A real number as it was given; one in an array without axes is taken out of it.

    Raises TypeError for complex numbers, times, truth values and what is no number, and
    ValueError for what no float can hold.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    real = isinstance(value, (int, float, np.integer, np.floating))
    if not real or isinstance(value, (bool, np.timedelta64)):
        raise TypeError(f"{whose} must be a number, got {shown(value)}")
    if isinstance(value, int):
        try:
            float(value)
        except OverflowError:
            raise ValueError(f"{whose} must be below 1.8e308, got {shown(value)}") from None
    return value


def checked_memory(draws: int, lanes: int) -> None:
    """Raise ValueError where the variates of one block do not fit in this machine's memory.

    A block of `lanes` replications is the least that is simulated together.
    """
    needed, there = 8 * draws * lanes, memory_of_machine()
    if needed > there:
        raise ValueError(
            f"one replication takes {draws:,} draws, so that {lanes} of them, which are simulated "
            f"together, take {needed / 1e9:,.0f} GB, and this machine has {there / 1e9:,.0f} GB: "
            "give fewer draws (customers, periods, repeats, the bound of a stream)"
        )


def memory_of_machine() -> float:
    """Bytes; infinite where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return math.inf
