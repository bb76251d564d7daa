"""Every second derivative by the method that suits it, on the same replications.

An entry of the Hessian is a sum over pairs of places in which θ stands, and each pair may have its
own method: a score and a smoothed output, else a score and the path, else two scores. What a
curvature of the parameters calls for is a first derivative, smoothed, along the path or by a score.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.theta import upper_triangle
from ..core.traced_model import Slot, TracedModel
from ..core.tracer import tangent_of
from ..kernels.estimators.second_mixed import SecondMixed
from ..settings import Settings
from .likelihood_ratio import LikelihoodRatio, lowest_variance, second_score
from .method import Method
from .plans import fixed_plan, slot_pairs
from .scored_pathwise import ScorePathwise, ScoreSmoothed

PARTS: tuple[Method, ...] = (ScoreSmoothed(), ScorePathwise(), LikelihoodRatio())


class Assigned(NamedTuple):
    """Which part makes the second derivative of each pair, and the first one of each slot; and
    why there are none of some components of θ, by their numbers."""

    pairs: dict[tuple[int, int], int]
    slots: dict[int, int]
    refused: dict[tuple[int, int], str]

    def methods(self, traced: TracedModel) -> dict[str, str]:
        """By the places of each pair, for the estimate to show."""
        places = [slot.place for slot in traced.slots]
        return {
            places[a] if a == b else f"{places[a]} and {places[b]}": PARTS[part].name
            for (a, b), part in self.pairs.items()
        }


def assign(traced: TracedModel, slots: list[Slot]) -> Assigned | str:
    """The best valid method of every pair; or why there is none for any entry of the Hessian.

    Where only some entries need a pair without one, the others are answered.
    """
    if traced.measures > 1:
        return "it mixes the second derivatives of one measure at a time"
    if not hasattr(traced.model, "smoothed_input"):
        return "the model has no second derivatives that may be mixed"
    made = Assigned({}, {}, {})
    for a, b in slot_pairs(slots):
        both = np.outer(slots[a].tangent, slots[b].tangent)
        if not np.any(both):
            continue
        reasons = [_refusal(traced, part, slots[a], slots[b]) for part in range(len(PARTS))]
        if None in reasons:
            made.pairs[a, b] = reasons.index(None)
        else:
            places = " and ".join(dict.fromkeys([slots[a].place, slots[b].place]))
            _refuse(made, both + both.T, f"{places}: {reasons[0]}")
    for number, slot in _bent(traced, slots):
        parts = [part for part in range(len(PARTS)) if _first(traced, part, slot) is None]
        if parts:
            made.slots[number] = parts[0]
        else:
            crossed = np.outer(tangent_of(traced.scale, traced.components), slot.tangent)
            counted = slot.curvature + crossed + crossed.T
            _refuse(made, counted, f"{slot.place}: {_first(traced, 0, slot)}")
    every = upper_triangle(traced.components)
    return made.refused[every[0]] if len(made.refused) == len(every) else made


def _refuse(made: Assigned, counted: np.ndarray, reason: str) -> None:
    """Entries of the Hessian in which something counts that no method has."""
    for i, j in np.argwhere(np.triu(counted)).tolist():
        made.refused.setdefault((i, j), reason)


def named(traced: TracedModel, refused: dict[tuple[int, int], str]) -> dict[str, str]:
    """By the names of the entries, for the estimate to say."""
    places, names = upper_triangle(traced.components), traced.theta.second_names()
    return {names[places.index(pair)]: reason for pair, reason in refused.items()}


def _bent(traced: TracedModel, slots: list[Slot]) -> list[tuple[int, Slot]]:
    """Slots whose first derivative counts: curved in θ, or beside a scale that moves."""
    slope = tangent_of(traced.scale, traced.components)
    return [
        (number, slot)
        for number, slot in enumerate(slots)
        if slot.curvature.any() or (slope.any() and slot.tangent.any())
    ]


def _refusal(traced: TracedModel, part: int, one: Slot, other: Slot) -> str | None:
    """Why a part has no second derivative of a pair, or None."""
    pair = [one] if one.place == other.place else [one, other]
    method: Any = PARTS[part]
    if isinstance(method, LikelihoodRatio):
        if any(slot.which < 0 for slot in pair):
            return "θ is an argument of the model, not of a distribution"
        for slot in pair:
            if not (verdict := method.check(traced, slot)).valid:
                return verdict.reason
        return method.check_second(traced, pair)
    found: str | None = method.pair_refusal(traced, one, other)
    return found


def _first(traced: TracedModel, part: int, slot: Slot) -> str | None:
    """Why a part has no first derivative of a slot, or None."""
    method: Any = PARTS[part]
    if isinstance(method, LikelihoodRatio):
        if slot.which < 0:
            return "θ is an argument of the model, not of a distribution"
        verdict = method.check(traced, slot)
        return None if verdict.valid else verdict.reason
    found: str | None = method.followed(traced, slot)
    return found


def second_plan(
    traced: TracedModel, assigned: Assigned, budget: Budget, settings: Settings
) -> Plan:
    """One pass of all parts."""
    parts = [_Part(traced, assigned, part) for part in range(len(PARTS))]
    firsts = np.cumsum([0, *(len(part.pairs) + len(part.slots) for part in parts)])
    rows: dict[Any, int] = {}
    for number, part in enumerate(parts):
        rows |= part.rows(int(firsts[number]), number, assigned)
    record = [part.record(budget, settings) for part in parts]
    places = (rows, int(firsts[-1]))
    chain = traced.second_chain(traced.slots, list(assigned.pairs), places)
    return fixed_plan(traced, chain, SecondMixed(*record))


class _Part:
    """The pairs and slots of one method, by their numbers in the traced model."""

    def __init__(self, traced: TracedModel, assigned: Assigned, part: int) -> None:
        self.traced, self.method = traced, PARTS[part]
        self.pairs = [pair for pair, own in assigned.pairs.items() if own == part]
        named = {number for pair in self.pairs for number in pair}
        named |= {number for number, own in assigned.slots.items() if own == part}
        self.numbers = sorted(named)
        self.slots = [traced.slots[number] for number in self.numbers]

    def rows(self, first: int, part: int, assigned: Assigned) -> dict[Any, int]:
        """Where the derivatives of its pairs and slots stand."""
        made: dict[Any, int] = {pair: first + k for k, pair in enumerate(self.pairs)}
        for k, number in enumerate(self.numbers):
            if assigned.slots.get(number) == part:
                made[number] = first + len(self.pairs) + k
        return made

    def record(self, budget: Budget, settings: Settings) -> Any:
        """What its kernel is told."""
        inside = [tuple(self.numbers.index(n) for n in pair) for pair in self.pairs]
        method: Any = self.method
        if not isinstance(method, LikelihoodRatio):
            return method.record(self.traced, self.slots, inside)

        def made(baseline: np.ndarray) -> Any:
            return second_score(self.traced, self.slots, inside, baseline)  # type: ignore[arg-type]

        if not self.slots:
            return made(np.zeros(1))
        chain = self.traced.second_chain(self.slots, inside)  # type: ignore[arg-type]
        found = lowest_variance(self.traced, chain, made, budget, settings)
        return made(np.mean(found, axis=1) if found.size else np.zeros(1))
