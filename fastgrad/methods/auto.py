"""The mixed approach: for every place of θ, the best method that is valid there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.shared import among, chained, joined, share, share_told
from ..core.traced_model import Slot, TracedModel
from ..errors import NotApplicable
from ..settings import Settings
from ..user.described import Described
from . import absorption, second_mixed
from .by_cost import Costs, cheapest
from .ipa import IPA
from .likelihood_ratio import LikelihoodRatio, best_baseline, score
from .method import Method, Verdict, each
from .phantoms import all_phantoms, constants
from .plans import fixed_plan
from .push_out import mixed, pushed_out, way_out
from .rare_scores import seldom
from .ratio import divided_free, free_record
from .scored_pathwise import ScorePathwise, ScoreSmoothed
from .spa import SPA, smoothed
from .weak_derivative import WeakDerivative

# In this order: IPA costs and varies least, smoothing little more where the model knows how; a
# weak derivative varies less than a score. Users' functions may know better: by_cost.py.
PREFERENCE: tuple[Method, ...] = (IPA(), SPA(), WeakDerivative(), LikelihoodRatio())


@dataclasses.dataclass(frozen=True)
class Auto(Method):
    """The best valid method for every place of θ ("mixed approach": Fu (2005), section 4).

    Pathwise derivatives where they are unbiased, smoothed or weak derivatives elsewhere, the
    likelihood ratio as the last resort; all on the same replications. For a user's function a
    pilot weighs those that are valid where IPA is not by variance × simulations (counted, never
    timed); `explain` does the same beforehand. Unbiased, because each part is.
    """

    name = "auto"
    second_after_first = False

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid where one of the direct methods is."""
        chosen = choose(traced, slot)
        if chosen is None and _by_scores(traced):
            return Verdict(True, True, f"uses lr: {absorption.REASON}")
        if chosen is None:
            reason = PREFERENCE[0].check(traced, slot).reason
            return Verdict(False, False, reason)
        return Verdict(True, True, f"uses {chosen.name}: {chosen.check(traced, slot).reason}")

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One estimator for each method needed, on common replications."""
        chosen = [self._chosen(view, budget, settings) for view in traced.views]
        if any(method is None for one in chosen for method in one.values()):
            plan, _ = LikelihoodRatio().plan(traced, budget, settings)  # all of them have scores
            return plan, {"methods": each([dict.fromkeys(one, "lr") for one in chosen])}
        groups = smoothing_alike(
            traced, [divided(view, one) for view, one in zip(traced.views, chosen, strict=True)]
        )
        used = each([named(view, group) for view, group in _each(traced, groups)])
        said = [tuple(seldom(view, group["lr"])) for view, group in _each(traced, groups)]
        plan = self._plan_of(traced, groups, budget, settings)
        return plan, {"methods": used, "warnings": each(said)}

    def _plan_of(
        self, traced: TracedModel, groups: list[Groups], budget: Budget, settings: Settings
    ) -> Plan:
        """Every method for its own slots of each measure."""
        names = {name for group in groups for name, slots in group.items() if slots}
        if names <= {"ipa"} or (traced.measures == 1 and names <= {"ipa", "spa"}):
            # A smoothed derivative contains the one along the path: one pass for both.
            one = SPA() if "spa" in names else IPA()
            return one.plan(traced, budget, settings)[0]
        phantom, rest = _apart([divided_free(v, g["wd"]) for v, g in _each(traced, groups)])
        scores, others = _apart([divided_free(v, g["lr"]) for v, g in _each(traced, groups)])
        weak = [pushed_out(v, s, WeakDerivative()) for v, s in zip(traced.views, rest, strict=True)]
        lr = [
            pushed_out(v, s, LikelihoodRatio()) for v, s in zip(traced.views, others, strict=True)
        ]
        along = [
            sorted([*group["ipa"], *a, *b], key=lambda s: s.which if s.which >= 0 else np.inf)
            for group, (a, _), (b, _) in zip(groups, weak, lr, strict=True)
        ]
        followed = share(traced, along)
        free = share_told(traced, [[*a, *b] for a, b in zip(phantom, scores, strict=True)])
        smooth = free if free.slots else share_told(traced, [group["spa"] for group in groups])
        phantoms = share(
            traced,
            [slots for _, slots in weak],
            [constants(traced, slots, "natural") for _, slots in weak],
        )
        forced = share(traced, [group["forced"] for group in groups])
        scored = share(traced, [slots for _, slots in lr])

        def kind(view: TracedModel) -> str:
            return "natural" if phantom[view.number] else "score"

        method = mixed(
            traced,
            followed.slots,
            free_record(traced, smooth, kind) if free.slots else smoothed(traced, smooth, SPA()),
            all_phantoms(traced, phantoms.slots, "natural", forced.slots),
            score(traced, scored.slots, best_baseline(traced, scored.slots, budget, settings)),
        )
        both = joined(phantoms, forced)
        return fixed_plan(traced, chained(traced, [followed, smooth, both, scored]), method)

    @staticmethod
    def costs(traced: TracedModel, budget: Budget, settings: Settings) -> Costs:
        """What a pilot says of the places of a user's function where IPA is not valid.

        Parameters
        ----------
        traced : TracedModel
            Of one measure.
        budget, settings
            As for `plan`: the pilot is in proportion, and has the seed of the run.

        Returns
        -------
        Costs
        """
        if not isinstance(traced.model, Described):
            return Costs({}, {})
        valid = {slot.place: valid_of(traced, slot) for slot in traced.slots}
        if not all(valid.values()):
            return Costs({}, {})
        found: Costs = traced.memory.pilot(
            ("auto", "by cost", traced.number),
            lambda: cheapest(traced, valid, Auto()._pilot_plan, budget, settings),
        )
        return found

    def _pilot_plan(
        self, traced: TracedModel, chosen: dict[str, Method], budget: Budget, settings: Settings
    ) -> Plan:
        return self._plan_of(traced, [divided(traced, {**chosen})], budget, settings)

    def _chosen(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> dict[str, Method | None]:
        """The method of every place of one measure, by preference and then by cost."""
        chosen = {slot.place: choose(traced, slot) for slot in traced.slots}
        return chosen | self.costs(traced, budget, settings).methods

    def after(
        self, traced: TracedModel, choices: dict[str, Any], mean: np.ndarray, variance: np.ndarray
    ) -> Iterable[str]:
        """What weak derivatives say of pairs that always differed alike."""
        return WeakDerivative().after(traced, choices, mean, variance)

    def check_second(self, traced: TracedModel, slots: list[Slot]) -> str | None:
        """Valid where one of the direct methods is, for all places together."""
        if choose_second(traced, slots) is not None:
            return None
        if not isinstance(second_mixed.assign(traced, slots), str):
            return None
        return (
            f"no direct method has the second derivative; {PREFERENCE[0].refusal(traced, slots, 2)}"
        )

    def second_plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One method for all places; for options each pair of places has its own."""
        method = choose_second(traced, traced.slots)
        if method is None or isinstance(method, (LikelihoodRatio, WeakDerivative)):
            mixed = second_mixed.assign(traced, traced.slots)
            if not isinstance(mixed, str):
                plan = second_mixed.second_plan(traced, mixed, budget, settings)
                refused = second_mixed.named(traced, mixed.refused)
                return plan, {"methods": mixed.methods(traced), "refused": refused}
        assert method is not None, "asked before"
        plan, choices = method.second_plan(traced, budget, settings)
        return plan, {**choices, "methods": {slot.place: method.name for slot in traced.slots}}


def choose_second(traced: TracedModel, slots: list[Slot]) -> Method | None:
    """Along the path; else smoothing; else weak derivatives, if all their pairs can be followed;
    else a score and the path; else scores. For options the third place is that of a score
    and a smooth or continuous payoff: the gamma of a call varies 13 times less than by scores.
    """
    along, smooth, weakly, scores = PREFERENCE
    both = (ScoreSmoothed(), ScorePathwise())
    third = (*both, weakly) if hasattr(traced.model, "smoothed_input") else (weakly, *both)
    order = (along, smooth, *third, scores)
    valid = [m for m in order if m.refusal(traced, slots, 2) is None]
    weak = next((m for m in valid if isinstance(m, WeakDerivative)), None)
    if weak is not None and len(valid) > 1 and not weak.follows_all_pairs(traced, slots):
        valid.remove(weak)
    return valid[0] if valid else None


Groups = dict[str, list[Slot]]
NAMES = {"forced": "spa"}


def _each(traced: TracedModel, groups: list[Groups]) -> Any:
    return zip(traced.views, groups, strict=True)


def _apart(pairs: list[tuple[list[Slot], list[Slot]]]) -> tuple[list[list[Slot]], list[list[Slot]]]:
    """The first of each pair, and the second."""
    return [first for first, _ in pairs], [second for _, second in pairs]


def divided(view: TracedModel, chosen: dict[str, Method | None]) -> Groups:
    """The slots of one measure by the method that is chosen for each."""
    groups = {m.name: [s for s in view.slots if chosen[s.place] is m] for m in PREFERENCE}
    groups["spa"], groups["forced"] = SPA().divided(view, groups["spa"])
    return groups


def named(view: TracedModel, group: Groups) -> dict[str, str]:
    """The method of each place, for the estimate to show."""
    of = {slot.place: name for name, slots in group.items() for slot in slots}
    return {slot.place: NAMES.get(of[slot.place], of[slot.place]) for slot in view.slots}


def smoothing_alike(traced: TracedModel, groups: list[Groups]) -> list[Groups]:
    """The same, but that a measure smooths all slots that any measure smooths, or none of them.

    What it smooths and does not need is left out of the chain; where it cannot smooth them all,
    its slots go to the next method that is valid.
    """
    if traced.measures == 1:
        return groups
    while True:
        slots = share(traced, [group["spa"] for group in groups]).slots
        for view, group in _each(traced, groups):
            if group["spa"] and any(
                SPA().smoothing_refusal(view, slot) is not None for slot in among(view, slots)
            ):
                for slot in group["spa"]:
                    others = (m for m in PREFERENCE if m.name in ("wd", "lr"))
                    other = next((m for m in others if _mixes(m, view, slot)), None)
                    if other is None:
                        raise NotApplicable(
                            "auto", f"{slot.place}: no one method is valid for all outputs", ()
                        )
                    group[other.name].append(slot)
                    group[other.name].sort(key=lambda s: s.which if s.which >= 0 else np.inf)
                group["spa"] = []
                break
        else:
            return groups


def choose(traced: TracedModel, slot: Slot) -> Method | None:
    """The first method of the preference that is valid for this slot."""

    def find() -> Method | None:
        return next((m for m in PREFERENCE if _mixes(m, traced, slot)), None)

    chosen: Method | None = traced.memory.pilot(("auto", traced.number, slot.place), find)
    return chosen


def valid_of(traced: TracedModel, slot: Slot) -> list[Method]:
    """What may be weighed by its cost there: IPA alone, where it is valid."""
    chosen = choose(traced, slot)
    if chosen is None or isinstance(chosen, IPA):
        return [] if chosen is None else [chosen]
    return [m for m in PREFERENCE if _mixes(m, traced, slot)]


def _by_scores(traced: TracedModel) -> bool:
    """Whether scores alone give the whole gradient."""
    return all(LikelihoodRatio().check(traced, slot).valid for slot in traced.slots)


def _mixes(method: Method, traced: TracedModel, slot: Slot) -> bool:
    """Whether a method is valid in a mixture: a draw that absorbs θ is traced by itself, and a
    marked threshold has a generalised likelihood ratio in a run of its own only."""
    if isinstance(method, LikelihoodRatio):
        own = slot.which < 0 and not traced.model.free and way_out(traced, slot, method)[0] is None
        if own or method.absorbs(traced, [slot]):
            return False
    return method.check(traced, slot).valid
