"""Differences over regenerative cycles: queues side by side, in cycles that they share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.chains import unit_chain
from ..core.engine import Plan
from ..core.run import Budget
from ..core.traced_model import TracedModel
from ..kernels.estimators.regenerative_differences import RegenerativeDifferences
from .inside import inside
from .natural_scale import size_of
from .steady_plan import tails_of
from .steady_rate import rate_at
from .steady_ratio import DifferenceRatio

# Of a difference, relative to the scale of θ: queues of common cycles differ by as much as θ does,
# so that noise does not grow as the step shrinks; 1e-6 leaves ten digits above the rounding.
TINY = 1e-6


def difference_plan(
    traced: TracedModel, method: Any, budget: Budget
) -> tuple[Plan, dict[str, Any]]:
    """Queues at θ and at one or two points for each component, in cycles that they share."""
    forward = method.name == "fd"
    if method.step is None:
        share = width(traced, forward, budget)
        sizes = [size_of(traced, i)[0] for i in range(traced.components)]
        steps = inside(traced, share * np.array(sizes))
    else:
        steps = method._given(traced, forward)
    signs = (1.0,) if forward else (1.0, -1.0)
    moves = [s * c * e for c, e in zip(steps, np.eye(len(steps)), strict=True) for s in signs]
    points = [traced.theta.vector, *(traced.theta.vector + move for move in moves)]
    design = traced.design(points)
    models: list[Any] = [view.model for view in traced.views]
    facts = tails_of(models)
    limits = np.tile(facts["limit"], (len(points), 1))
    for view in traced.views:
        if facts["tail"][view.number]:
            limits[:, view.number] = design["structure"][:, view.first_own, 0]
    record = RegenerativeDifferences(models[0].horizon.count, models[0].read, facts["tail"], limits)
    chunk = (record, design["parameters"], design["structure"])
    rates = np.array([rate_at(traced, point) for point in points])
    made = DifferenceRatio(
        traced, design["scale"][:, 0] * rates, design["shift"][:, 0], steps, forward
    )
    planned = Plan(
        traced.problem(record),
        unit_chain(1 + len(points) * len(models)),
        lambda first, count: chunk,
        finish=made.finish,
        remarks=made.remarks,
        reported=1 if traced.quotient is not None else len(models),
    )
    return planned, {"step": steps, "warnings": ()}


def width(traced: TracedModel, forward: bool, budget: Budget) -> float:
    """The step, relative to the scale of θ.

    The share of customers between two tails that differ is in proportion to the step c, so that the
    difference has a standard error of order (n c)^(-1/2) after n cycles. With c = n^(-1/4), or
    n^(-1/2) forward, the bias (of order c², or c) falls faster than that: intervals cover.
    """
    models: list[Any] = [view.model for view in traced.views]
    if not any(model.tail for model in models):
        return TINY
    cycles = float(budget.planned * models[0].horizon.count)
    return float(cycles ** (-0.5 if forward else -0.25))
