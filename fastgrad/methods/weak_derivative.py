"""Weak derivatives (measure-valued differentiation)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.shared import chained, share, share_told
from ..core.traced_model import Slot, TracedModel
from ..settings import Settings
from . import second_weak_derivative
from .by_cost import COSTLY, simulations
from .likelihood_ratio import LikelihoodRatio, score
from .method import Method, Verdict
from .phantoms import all_phantoms, constants, random_phantom
from .plans import fixed_plan
from .push_out import check_way, mixed, pushed_out, pushed_verdict
from .rare_scores import seldom
from .ratio import divided_free, free_record, free_verdict
from .spa import no_smoothing

REPRESENTATIONS = {"natural": "natural", "hahn-jordan": "hahn_jordan", "common": "common"}
PHANTOMS = (None, "all", "one")


@dataclasses.dataclass(frozen=True)
class WeakDerivative(Method):
    """Weak derivative, or measure-valued differentiation (Fu (2005), eq. 19, 26, 27).

    Estimates dE[Y]/dθ by Σ_k c (Y(…, X_k⁺, …) - Y(…, X_k⁻, …)), where the density's
    derivative is c (f⁺ - f⁻) and all other inputs are common. Unbiased for any bounded
    output, and wherever the family is weakly differentiable at the output.

    Parameters
    ----------
    representation : {"natural", "hahn-jordan", "common"}
        Which pair (c, f⁺, f⁻): that of Fu (2005), Table 1, the positive and negative parts of
        df/dθ, or the two measures with the support of f itself, (f⁺ + f)/2 and (f⁻ + f)/2,
        sampled from f and weighted; the last is the likelihood ratio estimator without a baseline.
    phantoms : {None, "all", "one"}
        Follow a phantom for every variate (each only until it meets the nominal path again),
        or for one variate chosen at random: three simulations, a larger variance. Second
        derivatives follow pairs of phantoms, 2K² simulations for K variates, or one random
        pair, nine. By default all; for second derivatives all while they are at most 2,000
        simulations, else one.
    push_out : {None, "division", "subtraction"}
        How to push θ into the inputs where it is an argument of the model itself; by
        default the first way that is valid.

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    representation: str = "natural"
    phantoms: str | None = None
    push_out: str | None = None
    name = "wd"
    second_reason = "the distribution has a second weak derivative"

    def __post_init__(self) -> None:
        if self.representation not in REPRESENTATIONS:
            known = ", ".join(map(repr, REPRESENTATIONS))
            raise ValueError(f"representation must be one of {known}, got {self.representation!r}")
        if self.phantoms not in PHANTOMS:
            raise ValueError(f"phantoms must be None, 'all' or 'one', got {self.phantoms!r}")
        check_way(self.push_out)

    @property
    def _kind(self) -> str:
        return REPRESENTATIONS[self.representation]

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid for parameters of distributions with a weak derivative."""
        if slot.which < 0 and traced.model.free:
            if self._kind != "natural" or self.phantoms == "one":
                why = "draws that depend on the state have natural pairs, and all phantoms"
                return Verdict(False, False, why)
            return free_verdict(traced, slot, "natural")
        if self._kind == "common":
            return LikelihoodRatio(push_out=self.push_out).check(traced, slot)
        if slot.which < 0:
            return pushed_verdict(traced, slot, self)
        distribution = traced.inputs[slot.which].distribution
        if not distribution.has(f"{self._kind}_{slot.parameter}"):
            return Verdict(False, False, distribution.reason(self._kind, slot.parameter))
        reason = "the distribution has a weak derivative"
        if self.phantoms != "one" and (cost := simulations(traced, [slot])) >= COSTLY:
            reason += f"; {cost:,} simulations a replication"
        return Verdict(True, True, reason)

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass, with its phantoms."""
        kind = self._kind
        free = [divided_free(view, view.slots) for view in traced.views]
        pushed = [
            pushed_out(v, rest, self) for v, (_, rest) in zip(traced.views, free, strict=True)
        ]
        along = share(traced, [moved for moved, _ in pushed])
        smooth = share_told(traced, [own for own, _ in free])
        own = [slots for _, slots in pushed]
        if kind == "common":
            scored = share(traced, own)
            method: Any = score(
                traced, scored.slots, np.zeros((traced.measures, len(scored.slots)))
            )
            if along.slots:
                weak = all_phantoms(traced, [], "natural")
                method = mixed(traced, along.slots, no_smoothing(traced), weak, method)
            return fixed_plan(traced, chained(traced, [along, scored]), method), {}
        moving = bool(along.slots or smooth.slots)
        one = self.phantoms == "one" and not moving
        if one:
            own = [[s for s in slots if traced.inputs[s.which].draws > 0] for slots in own]
        weak = share(traced, own, [constants(traced, slots, kind) for slots in own])
        record = (random_phantom if one and weak.slots else all_phantoms)(traced, weak.slots, kind)
        if moving:
            none = score(traced, [], np.empty((traced.measures, 0)))
            forked = free_record(traced, smooth, lambda view: "natural")
            record = mixed(traced, along.slots, forked, record, none)
        return fixed_plan(traced, chained(traced, [along, smooth, weak]), record), {}

    def after(
        self, traced: TracedModel, choices: dict[str, Any], mean: np.ndarray, variance: np.ndarray
    ) -> Iterable[str]:
        """Pairs that always differed alike, where outcomes too rare to be seen may not."""
        still = variance[1:] == 0.0 if traced.order == 1 else np.zeros(0, bool)
        moved = {
            slot.place: slot for i in np.flatnonzero(still) for slot in traced.slots_of(int(i))
        }
        return seldom(traced, list(moved.values()))

    def check_second(self, traced: TracedModel, slots: list[Slot]) -> str | None:
        """Every slot needs a second-order pair; two of one distribution a mixed one."""
        if self._kind == "common":
            return LikelihoodRatio(baseline=False).check_second(traced, slots)
        return second_weak_derivative.refusal(traced, slots, self._kind)

    def second_plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass, with pairs of phantoms."""
        if self._kind == "common":
            return LikelihoodRatio(baseline=False).second_plan(traced, budget, settings)
        return second_weak_derivative.second_plan(traced, self._kind, self.phantoms)

    def follows_all_pairs(self, traced: TracedModel, slots: list[Slot]) -> bool:
        """Whether second derivatives in these slots follow all pairs of phantoms, or one."""
        return second_weak_derivative.follows_all(traced, slots, self._kind, self.phantoms)
