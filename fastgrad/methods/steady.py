"""Steady state from regenerative cycles: ratios of means, with intervals by the delta method.

A run finds the means of sums over a replication's cycles (kernels/estimators/regenerative.py)
and all their covariances. Ratios, their derivatives by θ
and these derivatives' own by the means (complex steps: exact) are made of them afterwards.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.chains import unit_chain
from ..core.engine import Plan
from ..core.moments import Moments
from ..core.quotient import Divided
from ..core.run import Budget
from ..core.theta import upper_triangle
from ..core.traced_model import Slot, TracedModel
from ..core.tracer import curvature_of, tangent_of, value_of
from ..kernels.estimators.regenerative import PHANTOMS, SCORES, SLOPES, VALUE, Regenerative
from ..settings import Settings
from .likelihood_ratio import second_score_name
from .method import Method, fixed_plan, inputs_of, slot_pairs
from .phantoms import constants

MODES = {"ipa": SLOPES, "auto": SLOPES, "lr": SCORES, "wd": PHANTOMS}
OPERATION = {SLOPES: "derivative", SCORES: "score"}
KINDS = {"natural": "natural", "hahn-jordan": "hahn_jordan"}
STEP = 1e-30


def is_steady(model: Any) -> bool:
    """Whether the model is a steady state over cycles."""
    return getattr(model, "steady", False)


def refuse_settings(budget: Budget, settings: Settings) -> None:
    """What a run over cycles cannot do."""
    if budget.precision is not None:
        raise ValueError("a steady state over cycles needs replications=, not precision=")
    if settings.sampler != "pseudo":
        raise ValueError("a steady state over cycles needs sampler='pseudo'")


def make_plan(
    traced: TracedModel, method: Method, budget: Budget, settings: Settings, order: int
) -> tuple[Plan, dict[str, Any]]:
    """The method's own plan, or that of a steady state; of a ratio, that of its two measures."""
    if is_steady(traced.model):
        refuse_settings(budget, settings)
        return plan(traced, method, order), {}
    plans = method.plan if order == 1 else method.second_plan
    made, choices = plans(traced, budget, settings)
    return with_quotient(traced, made), choices


def with_quotient(traced: TracedModel, made: Plan) -> Plan:
    """The plan of a run, and what is made of its means."""
    if traced.quotient is None:
        return made
    divided = Divided(traced.quotient, traced.components)
    return dataclasses.replace(made, finish=divided.finish, remarks=divided.remarks, reported=1)


def value_plan(traced: TracedModel, budget: Budget, settings: Settings) -> Plan | None:
    """The plan of the value alone of a steady state; None for any other model."""
    if not is_steady(traced.model):
        return None
    refuse_settings(budget, settings)
    return plan(traced)


def plan(traced: TracedModel, method: Any = None, order: int = 1) -> Plan:
    """One pass over cycles, and what is made of its means; the value alone without a method."""
    mode = VALUE if method is None else SCORES if order == 2 else MODES[method.name]
    slots = [] if method is None else traced.slots
    pairs = slot_pairs(slots) if order == 2 else []
    kind = KINDS[method.representation] if mode == PHANTOMS else OPERATION.get(mode, "")
    record = Regenerative(
        cycles=traced.model.horizon.count,  # type: ignore[attr-defined]
        mode=mode,
        which=inputs_of(slots),
        function=tuple(_operation(traced, s, f"{kind}_{s.parameter}") for s in slots),
        first=np.array([a for a, _ in pairs], dtype=np.int64),
        second=np.array([b for _, b in pairs], dtype=np.int64),
        curvature=tuple(
            None if (name := second_score_name(slots[a], slots[b])) is None
            else _operation(traced, slots[a], name)
            for a, b in pairs
        ),
    )  # fmt: skip
    count = 2 + 2 * len(slots) + 2 * len(pairs)
    factors = constants(traced, slots, kind) if mode == PHANTOMS else [1.0] * len(slots)
    made = Ratio(traced, slots, pairs, np.array(factors), order, method is None)
    planned = fixed_plan(traced, unit_chain(count), record)
    return dataclasses.replace(planned, finish=made.finish)


def _operation(traced: TracedModel, slot: Slot, name: str) -> Any:
    return traced.inputs[slot.which].distribution.operation(name)


@dataclasses.dataclass(frozen=True)
class Ratio:
    """From means over cycles to r = E[Q]/E[η] and its derivatives by θ."""

    traced: TracedModel
    slots: list[Slot]
    pairs: list[tuple[int, int]]
    factors: np.ndarray
    order: int
    alone: bool

    def outputs(self, means: np.ndarray) -> np.ndarray:
        """The value, then its derivatives; means may be complex."""
        traced, d, p = self.traced, self.traced.components, len(self.slots)
        total, count = means[0], means[1]
        r = total / count
        scale, shift = value_of(traced.scale), value_of(traced.shift)
        if self.alone:
            return np.array([scale * r + shift])
        terms = means[2 : 2 + 2 * p].reshape(p, 2)
        by_slot = self.factors * (terms[:, 0] - r * terms[:, 1]) / count
        jacobian = np.array([s.tangent for s in self.slots]).reshape(p, d)
        slope = by_slot @ jacobian
        by_scale, by_shift = tangent_of(traced.scale, d), tangent_of(traced.shift, d)
        if self.order == 1:
            return np.array([scale * r + shift, *(scale * slope + by_scale * r + by_shift)])
        bends = np.zeros((p, p), dtype=means.dtype)
        for (a, b), (first, second) in zip(
            self.pairs, means[2 + 2 * p :].reshape(-1, 2), strict=True
        ):
            crossed = by_slot[a] * terms[b, 1] + by_slot[b] * terms[a, 1]
            bends[a, b] = bends[b, a] = (first - r * second - crossed) / count
        hessian = jacobian.T @ bends @ jacobian
        hessian = hessian + sum(g * s.curvature for g, s in zip(by_slot, self.slots, strict=True))
        both = np.outer(by_scale, slope)
        hessian = scale * hessian + both + both.T
        hessian = hessian + curvature_of(traced.scale, d) * r + curvature_of(traced.shift, d)
        return np.array([scale * r + shift, *(hessian[i, j] for i, j in upper_triangle(d))])

    def finish(self, raw: Moments) -> Moments:
        """Count, ratios, and second moments of their linear parts (the delta method).

        The fourth moments are such that each ratio has as few effective samples as the
        least of the means that it is made of.
        """
        assert raw.products is not None
        means, squares = raw.total[1, 1:], raw.total[2, 1:]
        upper = np.triu(raw.products[1:, 1:], 1)
        products = upper + upper.T + np.diag(squares)
        moved = means[:, None] + 1j * STEP * np.eye(len(means))
        slopes = np.array([np.imag(self.outputs(column)) / STEP for column in moved.T]).T
        spread = slopes @ products @ slopes.T
        known = np.where(np.isnan(raw.effective[1:]), np.inf, raw.effective[1:])
        few = np.where(slopes != 0.0, known, np.inf).min(axis=1)
        made = np.zeros((4, len(slopes)))
        made[0], made[1] = raw.total[0, 0], np.real(self.outputs(means))
        made[2] = np.maximum(np.diag(spread), 0.0)
        made[3] = made[2] ** 2 / np.fmin(few, max(raw.count, 1))
        return Moments(made, spread)
