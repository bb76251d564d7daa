"""Steady state of the single-server queue: when there is one, and what is known of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import Deterministic
from ..measures import Mean
from .horizon import Cycles

NEAR = 0.95  # cycles of many customers are rare and decide: 50 % of all intervals cover there
WEAK = ("natural", "hahn-jordan")
FIRST = (
    "a steady state over cycles has first derivatives along the path (ipa), by scores (lr) and by "
    "weak derivatives whose phantoms are followed to the end of their own cycle (wd); for other "
    "methods give customers="
)
SECOND = "a steady state over cycles has second derivatives by scores only (lr)"


def check_steady(queue: Any) -> None:
    """A stable queue over cycles, or a clear error."""
    if not isinstance(queue.horizon, Cycles):
        raise TypeError(f"SingleServerQueue: horizon must be Cycles(…), got {queue.horizon!r}")
    if queue.customers is not None:
        raise ValueError("SingleServerQueue: give customers= or horizon=, not both")
    if queue.output != "system" or not isinstance(queue.measure, Mean):
        raise ValueError(
            "SingleServerQueue: horizon=Cycles(…) has output='system' and measure=Mean() only; "
            "others need customers= (in steady state the utilisation is the ratio of the means, "
            "and the mean number that of time in system and interarrival time)"
        )
    load = utilisation(queue)
    if not load < 1.0:
        raise ValueError(
            f"SingleServerQueue: no steady state: the utilisation is {load:.6g}, which must be "
            "below 1; give customers= for a finite number"
        )
    if isinstance(queue.interarrival, Deterministic) and isinstance(queue.service, Deterministic):
        raise ValueError("SingleServerQueue: with constant times nobody ever waits")


def utilisation(queue: Any) -> float:
    """Mean service time over mean interarrival time."""
    gap, service = (law.expectation() for law in (queue.interarrival, queue.service))
    if not float(np.min(value_of(gap))) > 0.0:
        raise ValueError("SingleServerQueue: the mean interarrival time must be positive")
    return float(np.max(np.asarray(value_of(service)) / np.asarray(value_of(gap))))


def steady_refusal(method: Any, order: int) -> str | None:
    """Why a method has no such derivatives in steady state, or None."""
    if order == 2:
        return None if method.name in ("lr", "auto") else SECOND
    if method.name in ("ipa", "lr", "auto"):
        return None
    if method.name == "wd" and method.representation in WEAK and method.phantoms != "one":
        return None
    return FIRST


def steady_cautions(queue: Any) -> list[str]:
    """A utilisation so near 1 that intervals cannot be trusted."""
    load = utilisation(queue)
    if load < NEAR:
        return []
    return [
        f"the utilisation is {load:.4g}: so near 1 a few long busy periods decide, and intervals "
        "are too short unless there are very many cycles"
    ]
