"""Weak derivatives (measure-valued differentiation)."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..engine import Plan, Settings
from ..kernels.estimators.random_phantom import RandomPhantom
from ..kernels.estimators.weak_derivative import WeakDerivative as WeakKernel
from ..run import Budget
from ..study import Slot, Study
from .likelihood_ratio import LikelihoodRatio, score
from .method import Method, Verdict, fixed_plan, inputs_of

REPRESENTATIONS = {"natural": "natural", "hahn-jordan": "hahn_jordan", "common": "common"}
PHANTOMS = ("all", "one")


@dataclasses.dataclass(frozen=True)
class WeakDerivative(Method):
    """Weak derivative, or measure-valued differentiation (section 4.3, eq. 19 and 26-27).

    Estimates dE[Y]/dθ by Σ_k c (Y(…, X_k⁺, …) - Y(…, X_k⁻, …)), where the density's
    derivative is c (f⁺ - f⁻) and all other inputs are common. Unbiased for any bounded
    output, and wherever the family is weakly differentiable at the output.

    Parameters
    ----------
    representation : {"natural", "hahn-jordan", "common"}
        Which pair (c, f⁺, f⁻): Table 1's, the positive and negative parts of df/dθ, or the
        two measures with the support of f itself, (f⁺ + f)/2 and (f⁻ + f)/2, sampled from f
        and weighed; the last is the likelihood ratio estimator without a baseline.
    phantoms : {"all", "one"}
        Follow a phantom for every variate (each only until it meets the nominal path again),
        or for one variate chosen at random: three simulations, a larger variance.
    """

    representation: str = "natural"
    phantoms: str = "all"
    name = "wd"

    def __post_init__(self) -> None:
        if self.representation not in REPRESENTATIONS:
            known = ", ".join(map(repr, REPRESENTATIONS))
            raise ValueError(f"representation must be one of {known}, got {self.representation!r}")
        if self.phantoms not in PHANTOMS:
            raise ValueError(f"phantoms must be 'all' or 'one', got {self.phantoms!r}")

    @property
    def _kind(self) -> str:
        return REPRESENTATIONS[self.representation]

    def check(self, study: Study, slot: Slot) -> Verdict:
        """Valid for parameters of distributions with a weak derivative."""
        if self._kind == "common":
            return LikelihoodRatio().check(study, slot)
        if slot.which < 0:
            return Verdict(False, False, "θ is not a parameter of a distribution there")
        distribution = study.inputs[slot.which].distribution
        if not distribution.has(f"{self._kind}_{slot.parameter}"):
            return Verdict(False, False, distribution.reason(self._kind, slot.parameter))
        return Verdict(True, True, "the distribution has a weak derivative")

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """One pass, with its phantoms."""
        slots, kind = study.slots, self._kind
        if kind == "common":
            method: Any = score(study, slots, np.zeros(len(slots)))
            return fixed_plan(study, study.chain(slots), method), {}
        if self.phantoms == "one":
            slots = [s for s in slots if study.inputs[s.which].draws > 0]
        method = random_phantom if self.phantoms == "one" and slots else all_phantoms
        chain = study.chain(slots, constants(study, slots, kind))
        return fixed_plan(study, chain, method(study, slots, kind)), {}


def all_phantoms(study: Study, slots: list[Slot], kind: str) -> WeakKernel:
    """The kernel's record with a phantom for every draw."""
    draws = np.array([study.inputs[s.which].draws for s in slots], dtype=np.int64)
    at_once = study.model.operation("all_phantoms") is not None
    return WeakKernel(
        which=inputs_of(slots),
        pair=_pairs(study, slots, kind),
        draws=draws,
        most=int(draws.sum() if at_once else draws.max(initial=0)),
    )


def random_phantom(study: Study, slots: list[Slot], kind: str) -> RandomPhantom:
    """The kernel's record with one phantom; every slot must have draws to choose from."""
    draws = [study.inputs[s.which].draws for s in slots]
    return RandomPhantom(
        which=inputs_of(slots),
        pair=_pairs(study, slots, kind),
        first=np.cumsum([0, *draws]),
    )


def _pairs(study: Study, slots: list[Slot], kind: str) -> tuple:
    return tuple(
        study.inputs[s.which].distribution.operation(f"{kind}_{s.parameter}") for s in slots
    )


def constants(study: Study, slots: list[Slot], kind: str) -> list[float]:
    """The constant c of each slot's pair."""
    return [
        study.inputs[s.which].distribution.constant(f"{kind}_{s.parameter}_constant") for s in slots
    ]
