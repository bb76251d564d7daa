"""When a precision is reached, and what is said when it was not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .engine import Plan

HALF_WIDTH_LEVEL = 0.95


def unreached(budget: Any, outcome: Any, needed: float) -> str:
    """What is said of a precision that was not reached."""
    assert budget.precision is not None
    count = outcome.replications
    told = f"precision={budget.precision:g} was not reached after {count:,} replications"
    if math.isfinite(needed):
        return f"{told}: it takes about {needed * count:.2g}"
    if not budget.relative:
        return f"{told}: no sample differed from 0, so that its error is not known"
    least = (1.96 / budget.precision) ** 2 * count / 3.0
    return f"{told}: no sample differed from 0, and it takes {least:.2g} or more"


def still_needed(plan: Plan, budget: Any, outcome: Any) -> float:
    """The factor by which the sample must grow to reach the precision.

    Infinite where all samples are 0 although θ stands somewhere: nothing seen is nothing known.
    """
    assert budget.precision is not None
    width = outcome.half_width(HALF_WIDTH_LEVEL)
    wanted = np.full(width.shape, budget.precision)
    if budget.relative:
        wanted = wanted * np.abs(outcome.moments.mean)
    components = np.arange(len(width)) % outcome.block > 0  # not E[Y], but for itself alone
    components |= outcome.block == 1
    unseen = (width == 0.0) & (outcome.moments.mean == 0.0) & _moving(plan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(width > 0.0, width / wanted, np.where(unseen, np.inf, 0.0))[components]
    return float(np.max(ratio, initial=0.0) ** 2)


def _moving(plan: Plan) -> np.ndarray:
    """Which outputs are not constants by themselves: Y, and the components that stand somewhere."""
    chain = plan.chain
    return (chain.scale != 0.0) | (np.diff(chain.start) > 0)
