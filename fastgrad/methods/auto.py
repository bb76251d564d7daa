"""The mixed approach: for every place of θ, the best method that is valid there."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..engine import Plan, Settings
from ..kernels.estimators.mixed import Mixed
from ..run import Budget
from ..study import Slot, Study
from .ipa import IPA, pathwise
from .likelihood_ratio import LikelihoodRatio, best_baseline, score
from .method import Method, Verdict, fixed_plan
from .weak_derivative import WeakDerivative, all_phantoms, constants

# In this order: IPA costs and varies least; a weak derivative varies less than a score.
PREFERENCE: tuple[Method, ...] = (IPA(), WeakDerivative(), LikelihoodRatio())


@dataclasses.dataclass(frozen=True)
class Auto(Method):
    """The best valid method for every place of θ (section 4, "the mixed approach").

    Pathwise derivatives where they are unbiased, weak derivatives elsewhere, the likelihood
    ratio as the last resort; all on the same replications. Unbiased, because each part is.
    """

    name = "auto"

    def check(self, study: Study, slot: Slot) -> Verdict:
        """Valid where one of the direct methods is."""
        chosen = choose(study, slot)
        if chosen is None:
            reasons = "; ".join(f"{m.name}: {m.check(study, slot).reason}" for m in PREFERENCE)
            return Verdict(False, False, f"no direct method is valid ({reasons})")
        return Verdict(True, True, f"uses {chosen.name}: {chosen.check(study, slot).reason}")

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """One estimator for each method needed, on common replications."""
        chosen = {slot.place: choose(study, slot) for slot in study.slots}
        groups = {
            method.name: [s for s in study.slots if chosen[s.place] is method]
            for method in PREFERENCE
        }
        used = {place: method.name for place, method in chosen.items() if method}
        if not groups["wd"] and not groups["lr"]:
            plan, _ = IPA().plan(study, budget, settings)
            return plan, {"methods": used}
        slots = [slot for group in groups.values() for slot in group]
        factors = [1.0] * len(groups["ipa"]) + constants(study, groups["wd"], "natural")
        factors += [1.0] * len(groups["lr"])
        baseline = best_baseline(study, groups["lr"], budget, settings)
        method = Mixed(
            *pathwise(study, groups["ipa"]),
            *all_phantoms(study, groups["wd"], "natural"),
            *score(study, groups["lr"], baseline),
        )
        return fixed_plan(study, study.chain(slots, factors), method), {"methods": used}


def choose(study: Study, slot: Slot) -> Method | None:
    """The first method of the preference that is valid for this slot."""
    return next((m for m in PREFERENCE if m.check(study, slot).valid), None)
