"""When a precision is reached, and what is said when it was not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .engine import Plan

HALF_WIDTH_LEVEL = 0.95
# A run that ends at the first look at which its interval is short enough ends where its variance
# was underestimated; and skewed outputs of a few thousand samples have intervals that are too
# short in any case. Both are told by how many samples make up the variance.
CAUTION = 2.0  # standard errors of the variance, by which it might be larger
SURE = 300.0  # samples that make up the variance, from which intervals cover
FOLD = 16.0  # times what the precision takes, at most, for their sake


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
    return float(np.max(_ratios(plan, budget, outcome), initial=0.0) ** 2)


def missing(plan: Plan, budget: Any, outcome: Any) -> float:
    """The factor by which the sample must grow to end: `still_needed`, and that it is sure.

    The variance may be `CAUTION` standard errors larger than its estimate, and `SURE` samples
    make it up, or there are `FOLD` times as many as the precision takes.
    """
    needed = _ratios(plan, budget, outcome) ** 2
    effective = outcome.moments.effective[_components(outcome)]
    with np.errstate(invalid="ignore"):
        spread = np.sqrt(np.maximum(1.0 / effective - 1.0 / outcome.moments.count, 0.0))
        cautious = needed * (1.0 + 0.5 * CAUTION * spread) ** 2
        sure = np.minimum(SURE / effective, FOLD * cautious)
    known = ~np.isnan(effective)
    return float(np.max(np.where(known, np.maximum(cautious, sure), needed), initial=0.0))


def _components(outcome: Any) -> np.ndarray:
    """The outputs that a precision is asked of: not E[Y], but for itself alone."""
    outputs = np.arange(outcome.moments.total.shape[1])
    return (outputs % outcome.block > 0) | (outcome.block == 1)


def _ratios(plan: Plan, budget: Any, outcome: Any) -> np.ndarray:
    """Half-widths over what is wanted."""
    assert budget.precision is not None
    width = outcome.half_width(HALF_WIDTH_LEVEL)
    wanted = np.full(width.shape, budget.precision)
    if budget.relative:
        wanted = wanted * np.abs(outcome.moments.mean)
    unseen = (width == 0.0) & (outcome.moments.mean == 0.0) & _moving(plan)[: len(width)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(width > 0.0, width / wanted, np.where(unseen, np.inf, 0.0))
    return np.asarray(ratio[_components(outcome)])


def _moving(plan: Plan) -> np.ndarray:
    """Which outputs are not constants by themselves: Y, and the components that stand somewhere."""
    chain = plan.chain
    return (chain.scale != 0.0) | (np.diff(chain.start) > 0)
