"""Ratios of means from few replications, less the first order of their bias."""

from __future__ import annotations

import dataclasses

from ..settings import Settings
from .engine import Plan
from .run import Budget, Outcome, run


def run_halved(plan: Plan, budget: Budget, settings: Settings, first: int) -> Outcome:
    """A run whose means are 2 r - (r₁ + r₂)/2: its halves have twice the bias of the whole."""
    whole = budget.planned
    half = whole // 4 * 2
    made = run(plan, budget, settings, None, first)
    if whole == 2 * half and half >= 2:
        part = dataclasses.replace(budget, replications=half)
        halves = [run(plan, part, settings, None, at).moments for at in (first, first + half)]
        made.moments.total[1] *= 2.0
        made.moments.total[1] -= 0.5 * (halves[0].total[1] + halves[1].total[1])
    return made
