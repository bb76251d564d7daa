"""Steady state from regenerative cycles: which plan a method has, and how intervals are made."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..core.engine import Plan
from ..core.quotient import Divided
from ..core.run import Budget
from ..core.traced_model import TracedModel
from ..errors import NotApplicable
from ..settings import Settings
from .auto import PREFERENCE, choose_second
from .differences import Differences
from .method import Method, each
from .spa import SPA
from .steady_differences import difference_plan
from .steady_plan import plan

GROUPS = 200  # of a jackknife, at most
LANES = 8


def is_steady(model: Any) -> bool:
    """Whether the model is a steady state over cycles."""
    return bool(model.steady)


def is_cyclic(traced: TracedModel, settings: Settings) -> bool:
    """Whether a run goes over cycles, of which its settings are then checked."""
    if not is_steady(traced.model):
        if settings.interval == "jackknife":
            raise ValueError(
                "interval='jackknife' is for ratios over cycles, horizon=Cycles(…): other "
                "estimates are means of independent replications"
            )
        return False
    if settings.sampler != "pseudo":
        raise ValueError("a steady state over cycles needs sampler='pseudo'")
    return True


def make_plan(
    traced: TracedModel, method: Method, budget: Budget, settings: Settings, order: int
) -> tuple[Plan, dict[str, Any]]:
    """The method's own plan, or that of a steady state; of a ratio, that of its two measures."""
    if is_cyclic(traced, settings):
        made, choices = cyclic_plan(traced, method, budget, order)
        return with_interval(made, budget, settings), choices
    plans = method.plan if order == 1 else method.second_plan
    made, choices = plans(traced, budget, settings)
    return with_quotient(traced, made), choices


def with_quotient(traced: TracedModel, made: Plan) -> Plan:
    """The plan of a run, and what is made of its means."""
    if traced.quotient is None:
        return made
    divided = Divided(traced.quotient, traced.components)
    return dataclasses.replace(made, finish=divided.finish, remarks=divided.remarks, reported=1)


def _best_first(traced: TracedModel) -> tuple[Method, list[str]]:
    """Along the path where that is valid for every place of a measure, smoothed for its tails, in
    one pass; else the first of the preference that is valid for all: cycles have one method."""
    along, smooth, *others = PREFERENCE
    names = [
        next((m.name for m in (along, smooth) if m.refusal(view) is None), "")
        for view in traced.views
    ]
    if all(names):
        return (along if set(names) == {along.name} else SPA()), names
    valid = [m for m in others if m.refusal(traced) is None]
    if not valid:
        raise NotApplicable("auto", "no one method is valid for all places of θ over cycles", ())
    return valid[0], [valid[0].name] * len(names)


def value_plan(traced: TracedModel, budget: Budget, settings: Settings) -> Plan | None:
    """The plan of the value alone of a steady state; None for any other model."""
    if not is_cyclic(traced, settings):
        return None
    return with_interval(plan(traced), budget, settings)


def with_interval(made: Plan, budget: Budget, settings: Settings) -> Plan:
    """The same, or with intervals by a jackknife that leaves out groups of replications."""
    if settings.interval == "delta":
        return made
    groups = min(GROUPS, budget.planned)
    # Lanes are replications one by one here: as few, that groups are alike in size.
    lanes = 1 if budget.planned < LANES * GROUPS else LANES
    ratio = made.finish.__self__  # type: ignore[union-attr]
    return dataclasses.replace(
        made, problem=made.problem._replace(lanes=lanes), blocks=1, groups=groups,
        finish=ratio.finish_groups,
    )  # fmt: skip


def cyclic_plan(
    traced: TracedModel, method: Method, budget: Budget, order: int
) -> tuple[Plan, dict[str, Any]]:
    """The plan of a method over cycles."""
    if isinstance(method, Differences):
        return difference_plan(traced, method, budget)
    if method.name != "auto":
        return plan(traced, method, order), {}
    if order == 2:
        chosen = choose_second(traced, traced.slots)
        assert chosen is not None, "asked before"
        names = [chosen.name] * traced.measures
    else:
        chosen, names = _best_first(traced)
    used = [
        {slot.place: name for slot in view.slots}
        for view, name in zip(traced.views, names, strict=True)
    ]
    return plan(traced, chosen, order), {"methods": each(used)}
