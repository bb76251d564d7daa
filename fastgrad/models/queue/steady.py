"""Steady state of the single-server queue: when there is one, and what is known of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import Deterministic
from ..measures import Mean
from .horizon import Customers, Cycles

NEAR = 0.95  # cycles of many customers are rare and decide: intervals cover too seldom there
FORGOTTEN = 5.0  # relaxation times, after which less than 1 % of the start is left
LEAST_VARIATION = 0.1  # of times that hardly vary: the start is over in a few customers
WEAK = ("natural", "hahn-jordan")
FIRST = (
    "over cycles there are ipa (spa for tails), lr, wd with all phantoms, fd and cd with common "
    "numbers: a ratio has one θ; else give customers= or horizon=Customers(…)"
)
SECOND = "over cycles second derivatives are by lr, by wd with all phantoms, and by spa"


def check_steady(queue: Any) -> None:
    """A stable queue over cycles or a long run, or a clear error."""
    if not isinstance(queue.horizon, (Cycles, Customers)):
        raise TypeError(
            "SingleServerQueue: horizon must be Cycles(…) or Customers(…, warmup=…), "
            f"got {queue.horizon!r}"
        )
    if queue.customers is not None:
        raise ValueError("SingleServerQueue: give customers= or horizon=, not both")
    load = utilisation(queue)
    if not load < 1.0:
        raise ValueError(
            f"SingleServerQueue: no steady state: the utilisation is {load:.6g}, which must be "
            "below 1; give customers= for a finite number"
        )
    if isinstance(queue.interarrival, Deterministic) and isinstance(queue.service, Deterministic):
        raise ValueError(
            "SingleServerQueue: with constant times nobody ever waits: there is nothing to simulate"
        )
    measures = queue.measure.values() if isinstance(queue.measure, dict) else [queue.measure]
    of_mean = queue.output != "utilisation" and any(isinstance(m, Mean) for m in measures)
    if of_mean and queue.service.highest_moment() <= 2.0:
        raise ValueError(
            "SingleServerQueue: no steady state mean: the service time has an infinite variance, "
            "and then the mean waiting time is infinite; a Tail is not"
        )


def utilisation(queue: Any) -> float:
    """Mean service time over mean interarrival time."""
    gap, service = queue.interarrival.expectation(), queue.service.expectation()
    if not float(np.min(value_of(gap))) > 0.0:
        raise ValueError("SingleServerQueue: the mean interarrival time must be positive")
    return float(np.max(np.asarray(value_of(service)) / np.asarray(value_of(gap))))


def steady_refusal(queue: Any, method: Any, order: int) -> str | None:
    """Why a method has no such derivatives over cycles, or None."""
    name = method.name
    weak = name == "wd" and method.representation in WEAK and method.phantoms != "one"
    if order == 2:
        return None if weak or name in ("lr", "spa", "auto") else SECOND
    known = name in ("ipa", "spa", "lr", "auto") or (name in ("fd", "cd") and method.common)
    return None if weak or known else FIRST


def unbent(queue: Any, slots: list[Any]) -> str | None:
    """Why no second derivative of a time is known for two of these slots, or None."""
    inputs = queue.inputs()
    for k, first in enumerate(slots):
        for second in slots[k:]:
            distribution = inputs[first.which].distribution
            if first.which == second.which and (
                distribution.curvature(first.parameter, second.parameter) is None
            ):
                return (
                    f"{first.place}, {second.place}: no ∂²X of {type(distribution).__name__} in "
                    f"{first.parameter} and {second.parameter} is known"
                )
    return None


def steady_cautions(queue: Any) -> list[str]:
    """A utilisation so near 1 that intervals cannot be trusted; a start that is not forgotten."""
    load, said = utilisation(queue), []
    if load >= NEAR:
        said.append(
            f"the utilisation is {load:.4g}: so near 1 a few long busy periods decide, and "
            "intervals are too short unless there are very many cycles"
        )
    if isinstance(queue.horizon, Customers):
        needed = FORGOTTEN * relaxation(queue, load)
        if queue.horizon.warmup < needed < math.inf:
            said.append(
                f"a warm-up of {queue.horizon.warmup:,} customers is short: at a utilisation of "
                f"{load:.4g} a queue that began empty forgets it in about {needed:,.0f}"
            )
    return said


def relaxation(queue: Any, load: float) -> float:
    """Customers in which what is left of an empty start falls by the factor e.

    M/M/1: the second eigenvalue of what arrivals find is 4ρ/(1 + ρ)²; other distributions scale
    it by their variation, as in heavy traffic.
    """
    variation = 0.0
    for distribution in (queue.interarrival, queue.service):
        mean = float(np.max(value_of(distribution.expectation())))
        variation += 0.5 * float(np.max(distribution.variance())) / mean**2 if mean > 0.0 else 0.0
    if not load > 0.0:
        return 0.0
    return max(variation, LEAST_VARIATION) / -math.log(4.0 * load / (1.0 + load) ** 2)
