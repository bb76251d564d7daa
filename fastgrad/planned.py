"""A run that gives a gradient at one θ, planned: what is asked of it and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .core.engine import Plan
from .core.memory import FORGETFUL, Memory
from .core.piloting import piloting
from .core.run import Budget, Outcome
from .core.theta import Theta
from .core.traced_model import TracedModel
from .errors import NotApplicable, SeveralOutputs
from .methods import METHODS, Method, require
from .methods.controlled import DIFFERENCES, controlled, joint_plan
from .methods.importance import tilted_plan
from .methods.method import Each, chosen_for, each
from .methods.steady import make_plan
from .models.control import beside
from .models.model import Model
from .results.cautions import joined, of_plan
from .results.estimates import GradientEstimate
from .results.several import Estimates, estimates_of
from .settings import Settings


class Planned(NamedTuple):
    """A run that gives a gradient at one θ: what was traced, planned and chosen for it."""

    traced: TracedModel
    plan: Plan
    choices: dict[str, Any]
    method: Method

    def estimate(
        self, outcome: Outcome, seed: int, theta: Theta | None = None
    ) -> GradientEstimate | Estimates:
        """What the run found (at another θ than the plan was made for, if one is given)."""
        traced = self.traced
        at = traced.theta if theta is None else theta

        def of(measure: int, outcome: Outcome) -> GradientEstimate:
            view, choices = traced.views[measure], chosen_for(self.choices, measure)
            found = self.method.after(view, choices, outcome.moments.mean, outcome.variance)
            told = {**choices, "warnings": joined(choices["warnings"], found)}
            told["elsewhere"] = [n for i, n in enumerate(at.names) if not view.slots_of(i)]
            return GradientEstimate(outcome, at, self.method.name, seed, told, traced.order)

        if traced.quotient is not None:
            told = of_quotient(traced, self.choices)
            return GradientEstimate(outcome, at, self.method.name, seed, told, traced.order)
        if traced.names is None:
            return of(0, outcome)
        return estimates_of(outcome, traced.names, of)


def plan_gradient(
    build: Callable[[Any], Model],
    theta: Theta,
    method: Method,
    budget: Budget,
    settings: Settings,
    order: int = 1,
    memory: Memory = FORGETFUL,
    several: bool = False,
) -> Planned:
    """Trace the model, ask whether the method is valid, run its pilots and plan the run."""
    with piloting(settings):
        return _planned(build, theta, method, budget, settings, order, memory, several)


def _planned(
    build: Callable[[Any], Model],
    theta: Theta,
    method: Method,
    budget: Budget,
    settings: Settings,
    order: int,
    memory: Memory,
    several: bool,
) -> Planned:
    if settings.controls:
        build = beside(build, settings.controls, several)
    traced = TracedModel(
        build, theta, order, memory, budget.planned, several or bool(settings.controls)
    )
    require(method, traced, METHODS, order)
    if settings.controls:
        plan, choices = joint_plan(traced, method, budget, settings, order)
    else:
        try:
            plan, choices = make_plan(traced, method, budget, settings, order)
        except SeveralOutputs:
            if traced.quotient is None:
                raise
            reason = "each measure of a ratio would take a run of its own"
            raise NotApplicable(method.name, reason, ()) from None
    choices = of_plans(traced, method, choices)
    if settings.importance:
        plan, found = tilted_plan(plan, traced, budget, settings)
        choices = with_warnings(choices, found)
    if settings.controls:
        plan, traced, choices = controlled(plan, traced, choices, method.name not in DIFFERENCES)
    return Planned(traced, plan, choices, method)


def with_warnings(choices: dict[str, Any], found: tuple[str, ...]) -> dict[str, Any]:
    """What was chosen, with something more to say about it, of every measure."""
    said = choices["warnings"]
    told = Each([joined(one, found) for one in said]) if isinstance(said, Each) else None
    return {**choices, "warnings": joined(said, found) if told is None else told}


def of_plans(traced: TracedModel, method: Method, choices: dict[str, Any]) -> dict[str, Any]:
    """What the method chose, with what there is to say about it, measure by measure."""
    told = [
        of_plan(view, method, chosen_for(choices, m))["warnings"]
        for m, view in enumerate(traced.views)
    ]
    return {**choices, "warnings": each(told)}


def of_quotient(traced: TracedModel, choices: dict[str, Any]) -> dict[str, Any]:
    """What was chosen for a ratio: by place in each measure; a step, if both have the same."""
    parts = {name: chosen_for(choices, m) for m, name in enumerate(traced.names or ())}
    told: dict[str, Any] = {"warnings": joined(*(part["warnings"] for part in parts.values()))}
    for key in ("baseline", "methods"):
        named = [(f"{name}: {place}", value) for name, part in parts.items()
                 for place, value in (part.get(key) or {}).items()]  # fmt: skip
        told |= {key: dict(named)} if named else {}
    steps = [part["step"] for part in parts.values() if "step" in part]
    if len(steps) == 2 and np.array_equal(*steps):
        told["step"] = steps[0]
    reached = np.any([view.reached() for view in traced.views], axis=0)
    told["elsewhere"] = [n for i, n in enumerate(traced.theta.names) if not reached[i]]
    return told
