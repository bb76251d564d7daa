"""Second derivatives by weak derivatives: what they need, and their plan."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.second_weak_derivative import SecondWeakDerivative
from .plans import fixed_plan, inputs_of, slot_pairs

# Simulations of one replication up to which all pairs of phantoms are followed: 31 variates.
# Beyond, one random pair is cheaper by more than its larger variance costs.
MOST_SIMULATIONS = 2000


def refusal(traced: TracedModel, slots: list[Slot], kind: str) -> str | None:
    """Why there are no second weak derivatives in these slots, or None."""
    if any(slot.which < 0 for slot in slots):
        return "θ is an argument of the model, not of a distribution"
    for a, b in slot_pairs(slots):
        first, second = slots[a], slots[b]
        if first.which != second.which:
            continue
        distribution = traced.inputs[first.which].distribution
        if a == b and bend_name(distribution, first, kind) is None:
            return f"{first.place}: {distribution.reason('natural_second', first.parameter)}"
        if a != b and not linear_together(traced, first, second, kind):
            return (
                f"{first.place} and {second.place}: no exact sampler of the mixed second "
                "derivative is known"
            )
    return None


def bend_name(distribution: Any, slot: Slot, kind: str) -> str | None:
    """The pair (X⁺⁺, X⁻⁻): of the same kind as the first-order pair, or the natural one."""
    names = (f"{k}_second_{slot.parameter}" for k in (kind, "natural"))
    return next((name for name in names if distribution.has(name)), None)


def bend_constant(traced: TracedModel, slot: Slot, kind: str) -> float:
    """c₂ of a slot; 0 where the density is linear in it."""
    distribution = traced.inputs[slot.which].distribution
    name = bend_name(distribution, slot, kind)
    return distribution.constant(f"{name}_constant")


def is_linear(traced: TracedModel, slot: Slot, kind: str) -> bool:
    """Whether the density is linear, as in the probabilities of a discrete distribution."""
    if bend_name(traced.inputs[slot.which].distribution, slot, kind) is None:
        return False
    return bend_constant(traced, slot, kind) == 0.0


def linear_together(traced: TracedModel, first: Slot, second: Slot, kind: str) -> bool:
    """Whether the density is linear in both at once: in probabilities, or weights, of one list."""
    lists = {slot.parameter.partition("[")[0] for slot in (first, second)}
    linear = all(is_linear(traced, slot, kind) for slot in (first, second))
    return linear and len(lists) == 1


def simulations(traced: TracedModel, slots: list[Slot], kind: str) -> int:
    """Of one replication that follows all pairs of phantoms."""
    draws = [traced.inputs[s.which].draws for s in slots]
    bent = sum(d for d, s in zip(draws, slots, strict=True) if not is_linear(traced, s, kind))
    return 1 + 2 * bent + 2 * sum(draws) ** 2


def follows_all(traced: TracedModel, slots: list[Slot], kind: str, phantoms: str | None) -> bool:
    """Whether all pairs are followed: as the user says, or if they are not too many."""
    if phantoms is not None:
        return phantoms == "all"
    return simulations(traced, slots, kind) <= MOST_SIMULATIONS


def second_plan(
    traced: TracedModel, kind: str, phantoms: str | None
) -> tuple[Plan, dict[str, Any]]:
    """One pass with all pairs of phantoms, or with one at random."""
    slots = traced.slots
    everything = follows_all(traced, slots, kind, phantoms)
    draws = [traced.inputs[s.which].draws for s in slots]
    pairs, bends, constants = [], [], []
    for slot in slots:
        distribution = traced.inputs[slot.which].distribution
        bent = not is_linear(traced, slot, kind)
        name = bend_name(distribution, slot, kind)
        pairs.append(distribution.operation(f"{kind}_{slot.parameter}"))
        constants.append(distribution.constant(f"{kind}_{slot.parameter}_constant"))
        bends.append(distribution.operation(name) if bent and name else None)
    method = SecondWeakDerivative(
        which=inputs_of(slots),
        pair=tuple(pairs),
        constant=np.array(constants, dtype=float),
        bend=tuple(bends),
        bend_constant=np.array([bend_constant(traced, s, kind) for s in slots], dtype=float),
        first=np.cumsum([0, *draws]),
        all=everything,
    )
    chain = traced.second_chain(slots, slot_pairs(slots))
    return fixed_plan(traced, chain, method), {"phantoms": "all" if everything else "one"}
