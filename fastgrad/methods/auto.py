"""The mixed approach: for every place of θ, the best method that is valid there."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.study import Slot, Study
from ..settings import Settings
from . import absorption
from .by_cost import better_scored
from .ipa import IPA
from .likelihood_ratio import LikelihoodRatio, best_baseline, score
from .method import Method, Verdict, fixed_plan
from .phantoms import all_phantoms, constants
from .push_out import mixed, pushed_out
from .rare_scores import seldom
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
        chosen = self._chosen(study, budget, settings)
        if any(method is None for method in chosen.values()):  # all of them have scores
            plan, _ = LikelihoodRatio().plan(study, budget, settings)
            return plan, {"methods": dict.fromkeys(chosen, "lr")}
        groups = {
            method.name: [s for s in study.slots if chosen[s.place] is method]
            for method in PREFERENCE
        }
        used = {place: method.name for place, method in chosen.items() if method}
        smooth, forced = SPA().divided(study, groups["spa"])
        if not groups["wd"] and not groups["lr"] and not forced:
            # A smoothed derivative contains the one along the path: one pass for both.
            one = SPA() if groups["spa"] else IPA()
            plan, _ = one.plan(study, budget, settings)
            return plan, {"methods": used}
        choices = {"methods": used, "warnings": tuple(seldom(study, groups["lr"]))}
        weak_along, weak = pushed_out(study, groups["wd"], WeakDerivative())
        score_along, scored = pushed_out(study, groups["lr"], LikelihoodRatio())
        along = [*groups["ipa"], *weak_along, *score_along]
        along.sort(key=lambda slot: slot.which if slot.which >= 0 else np.inf)
        slots = [*along, *smooth, *weak, *forced, *scored]
        factors = [1.0] * (len(along) + len(smooth)) + constants(study, weak, "natural")
        factors += [1.0] * (len(forced) + len(scored))
        baseline = best_baseline(study, scored, budget, settings)
        method = mixed(
            study,
            along,
            smoothed(study, smooth, SPA()),
            all_phantoms(study, weak, "natural", forced),
            score(study, scored, baseline),
        )
        return fixed_plan(study, study.chain(slots, factors), method), choices

    @staticmethod
    def _chosen(study: Study, budget: Budget, settings: Settings) -> dict[str, Method | None]:
        """The method of every place, by preference and then by cost."""
        chosen = {slot.place: choose(study, slot) for slot in study.slots}
        weak = [s for s in study.slots if isinstance(chosen[s.place], WeakDerivative)]
        own = [s for s in weak if s.which >= 0 and PREFERENCE[-1].check(study, s).valid]
        found = study.memory.pilot(
            ("auto", "by cost"), lambda: better_scored(study, own, budget, settings)
        )
        return chosen | dict.fromkeys(found, PREFERENCE[-1])

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
    else scores.
    """
    valid = [m for m in PREFERENCE if m.refusal(study, slots, 2) is None]
    weak = next((m for m in valid if isinstance(m, WeakDerivative)), None)
    if weak is not None and len(valid) > 1 and not weak.follows_all_pairs(study, slots):
        valid.remove(weak)
    return valid[0] if valid else None


def choose(study: Study, slot: Slot) -> Method | None:
    """The first method of the preference that is valid for this slot."""

    def find() -> Method | None:
        return next((m for m in PREFERENCE if _mixes(m, study, slot)), None)

    chosen: Method | None = study.memory.pilot(("auto", slot.place), find)
    return chosen


def _by_scores(study: Study) -> bool:
    """Whether scores alone give the whole gradient."""
    return all(LikelihoodRatio().check(study, slot).valid for slot in study.slots)


def _mixes(method: Method, study: Study, slot: Slot) -> bool:
    """Whether a method is valid in a mixture: a draw that absorbs θ stands by itself in a study."""
    if isinstance(method, LikelihoodRatio) and method.absorbs(study, [slot]):
        return False
    return method.check(study, slot).valid
