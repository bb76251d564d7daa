"""What is reported of a run, where its plan makes something else of its moments."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from .engine import Plan
from .moments import Outcome


def reported(plan: Plan, outcome: Outcome) -> Outcome:
    """What a run found, after what the plan makes of its moments."""
    if plan.finish is None:
        return outcome
    said = () if plan.remarks is None else plan.remarks(outcome.moments)
    return dataclasses.replace(
        outcome,
        moments=plan.finish(outcome.moments),
        measures=plan.reported or outcome.measures,
        said=(*outcome.said, *said),
    )


def looked_at(
    rule: Callable[[Plan, Any, Outcome], float], plan: Plan, budget: Any, outcome: Outcome
) -> float:
    """What a stopping rule says of the numbers that will be reported."""
    try:
        return rule(plan, budget, reported(plan, outcome))
    except ZeroDivisionError:  # of a ratio, no event of the denominator was seen yet
        return math.inf
