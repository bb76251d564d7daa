"""The mixed approach: for every place of θ, the best method that is valid there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.shared import among, chained, joined, share, share_told
from ..core.study import Slot, Study
from ..errors import NotApplicable
from ..settings import Settings
from . import absorption
from .by_cost import better_scored
from .ipa import IPA
from .likelihood_ratio import LikelihoodRatio, best_baseline, score
from .method import Method, Verdict, each, fixed_plan
from .phantoms import all_phantoms, constants
from .push_out import mixed, pushed_out
from .rare_scores import seldom
from .ratio import divided_free, free_record
from .scored_pathwise import ScorePathwise, ScoreSmoothed
from .spa import SPA, smoothed
from .weak_derivative import WeakDerivative

# In this order: IPA costs and varies least, smoothing little more where the model knows how; a
# weak derivative varies less than a score (but see by_cost.py where it costs much more).
PREFERENCE: tuple[Method, ...] = (IPA(), SPA(), WeakDerivative(), LikelihoodRatio())


@dataclasses.dataclass(frozen=True)
class Auto(Method):
    """The best valid method for every place of θ (section 4, "the mixed approach").

    Pathwise derivatives where they are unbiased, smoothed or weak derivatives elsewhere, the
    likelihood ratio as the last resort; all on the same replications. Unbiased, because each
    part is.
    """

    name = "auto"
    second_after_first = False

    def check(self, study: Study, slot: Slot) -> Verdict:
        """Valid where one of the direct methods is."""
        chosen = choose(study, slot)
        if chosen is None and _by_scores(study):
            return Verdict(True, True, f"uses lr: {absorption.REASON}")
        if chosen is None:
            first, *others = PREFERENCE
            names = ", ".join(m.name for m in others)
            reason = f"{first.name}: {first.check(study, slot).reason}"
            return Verdict(False, False, f"no direct method is valid ({reason}; nor {names})")
        return Verdict(True, True, f"uses {chosen.name}: {chosen.check(study, slot).reason}")

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """One estimator for each method needed, on common replications."""
        chosen = [self._chosen(view, budget, settings) for view in study.views]
        if any(method is None for one in chosen for method in one.values()):
            plan, _ = LikelihoodRatio().plan(study, budget, settings)  # all of them have scores
            return plan, {"methods": each([dict.fromkeys(one, "lr") for one in chosen])}
        groups = smoothing_alike(
            study, [divided(view, one) for view, one in zip(study.views, chosen, strict=True)]
        )
        used = each([named(view, group) for view, group in _each(study, groups)])
        names = {name for group in groups for name, slots in group.items() if slots}
        if names <= {"ipa"} or (study.measures == 1 and names <= {"ipa", "spa"}):
            # A smoothed derivative contains the one along the path: one pass for both.
            one = SPA() if "spa" in names else IPA()
            plan, _ = one.plan(study, budget, settings)
            return plan, {"methods": used}
        said = [tuple(seldom(view, group["lr"])) for view, group in _each(study, groups)]
        plan = self._mixed_plan(study, groups, budget, settings)
        return plan, {"methods": used, "warnings": each(said)}

    def _mixed_plan(
        self, study: Study, groups: list[Groups], budget: Budget, settings: Settings
    ) -> Plan:
        """Every method for its own slots of each measure."""
        phantom, rest = _apart([divided_free(v, g["wd"]) for v, g in _each(study, groups)])
        scores, others = _apart([divided_free(v, g["lr"]) for v, g in _each(study, groups)])
        weak = [pushed_out(v, s, WeakDerivative()) for v, s in zip(study.views, rest, strict=True)]
        lr = [pushed_out(v, s, LikelihoodRatio()) for v, s in zip(study.views, others, strict=True)]
        along = [
            sorted([*group["ipa"], *a, *b], key=lambda s: s.which if s.which >= 0 else np.inf)
            for group, (a, _), (b, _) in zip(groups, weak, lr, strict=True)
        ]
        followed = share(study, along)
        free = share_told(study, [[*a, *b] for a, b in zip(phantom, scores, strict=True)])
        smooth = free if free.slots else share_told(study, [group["spa"] for group in groups])
        phantoms = share(
            study,
            [slots for _, slots in weak],
            [constants(study, slots, "natural") for _, slots in weak],
        )
        forced = share(study, [group["forced"] for group in groups])
        scored = share(study, [slots for _, slots in lr])

        def kind(view: Study) -> str:
            return "natural" if phantom[view.number] else "score"

        method = mixed(
            study,
            followed.slots,
            free_record(study, smooth, kind) if free.slots else smoothed(study, smooth, SPA()),
            all_phantoms(study, phantoms.slots, "natural", forced.slots),
            score(study, scored.slots, best_baseline(study, scored.slots, budget, settings)),
        )
        both = joined(phantoms, forced)
        return fixed_plan(study, chained(study, [followed, smooth, both, scored]), method)

    @staticmethod
    def _chosen(study: Study, budget: Budget, settings: Settings) -> dict[str, Method | None]:
        """The method of every place of one measure, by preference and then by cost."""
        chosen = {slot.place: choose(study, slot) for slot in study.slots}
        weak = [s for s in study.slots if isinstance(chosen[s.place], WeakDerivative)]
        own = [s for s in weak if s.which >= 0 and PREFERENCE[-1].check(study, s).valid]
        found = study.memory.pilot(
            ("auto", "by cost", study.number), lambda: better_scored(study, own, budget, settings)
        )
        return chosen | dict.fromkeys(found, PREFERENCE[-1])

    def after(
        self, study: Study, choices: dict[str, Any], mean: np.ndarray, variance: np.ndarray
    ) -> Iterable[str]:
        """What weak derivatives say of pairs that always differed alike."""
        return WeakDerivative().after(study, choices, mean, variance)

    def check_second(self, study: Study, slots: list[Slot]) -> str | None:
        """Valid where one of the direct methods is, for all places together."""
        if choose_second(study, slots) is not None:
            return None
        first, *others = PREFERENCE
        names = ", ".join(m.name for m in others)
        reason = f"{first.name}: {first.refusal(study, slots, 2)}"
        return f"no direct method has the second derivative ({reason}; nor {names})"

    def second_plan(
        self, study: Study, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One method for all places: second derivatives mix them."""
        method = choose_second(study, study.slots)
        assert method is not None, "asked before"
        plan, choices = method.second_plan(study, budget, settings)
        return plan, {**choices, "methods": {slot.place: method.name for slot in study.slots}}


def choose_second(study: Study, slots: list[Slot]) -> Method | None:
    """Along the path; else smoothing; else weak derivatives, if all their pairs can be followed;
    else a score and the path; else scores. For options the third place is that of a score
    and a smooth or continuous payoff: the gamma of a call varies 13 times less than by scores.
    """
    along, smooth, weakly, scores = PREFERENCE
    both = (ScoreSmoothed(), ScorePathwise())
    third = (*both, weakly) if hasattr(study.model, "smoothed_input") else (weakly, *both)
    order = (along, smooth, *third, scores)
    valid = [m for m in order if m.refusal(study, slots, 2) is None]
    weak = next((m for m in valid if isinstance(m, WeakDerivative)), None)
    if weak is not None and len(valid) > 1 and not weak.follows_all_pairs(study, slots):
        valid.remove(weak)
    return valid[0] if valid else None


Groups = dict[str, list[Slot]]
NAMES = {"forced": "spa"}


def _each(study: Study, groups: list[Groups]) -> Any:
    return zip(study.views, groups, strict=True)


def _apart(pairs: list[tuple[list[Slot], list[Slot]]]) -> tuple[list[list[Slot]], list[list[Slot]]]:
    """The first of each pair, and the second."""
    return [first for first, _ in pairs], [second for _, second in pairs]


def divided(view: Study, chosen: dict[str, Method | None]) -> Groups:
    """The slots of one measure by the method that is chosen for each."""
    groups = {m.name: [s for s in view.slots if chosen[s.place] is m] for m in PREFERENCE}
    groups["spa"], groups["forced"] = SPA().divided(view, groups["spa"])
    return groups


def named(view: Study, group: Groups) -> dict[str, str]:
    """The method of each place, for the estimate to show."""
    of = {slot.place: name for name, slots in group.items() for slot in slots}
    return {slot.place: NAMES.get(of[slot.place], of[slot.place]) for slot in view.slots}


def smoothing_alike(study: Study, groups: list[Groups]) -> list[Groups]:
    """The same, but that a measure smooths all slots that any measure smooths, or none of them.

    What it smooths and does not need is left out of the chain; where it cannot smooth them all,
    its slots go to the next method that is valid.
    """
    if study.measures == 1:
        return groups
    while True:
        slots = share(study, [group["spa"] for group in groups]).slots
        for view, group in _each(study, groups):
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


def choose(study: Study, slot: Slot) -> Method | None:
    """The first method of the preference that is valid for this slot."""

    def find() -> Method | None:
        return next((m for m in PREFERENCE if _mixes(m, study, slot)), None)

    chosen: Method | None = study.memory.pilot(("auto", study.number, slot.place), find)
    return chosen


def _by_scores(study: Study) -> bool:
    """Whether scores alone give the whole gradient."""
    return all(LikelihoodRatio().check(study, slot).valid for slot in study.slots)


def _mixes(method: Method, study: Study, slot: Slot) -> bool:
    """Whether a method is valid in a mixture: a draw that absorbs θ stands by itself in a study."""
    if isinstance(method, LikelihoodRatio) and method.absorbs(study, [slot]):
        return False
    return method.check(study, slot).valid
