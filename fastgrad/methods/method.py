"""What a method is: when it is valid, and how it is run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.shared import among
from ..core.traced_model import Slot, TracedModel
from ..errors import NotApplicable
from ..models.moments import no_expectation
from ..settings import Settings
from .ties import certain_tie


class Verdict(NamedTuple):
    """Whether a method may be used for a slot, whether it is then unbiased, and why."""

    valid: bool
    unbiased: bool
    reason: str


@dataclasses.dataclass(frozen=True)
class Method:
    """Base of all methods: small immutable records of options."""

    name: ClassVar[str]
    second_reason: ClassVar[str] = ""  # why second derivatives are unbiased, where they exist
    second_after_first: ClassVar[bool] = True  # whether they exist only where first ones do

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Is the method valid for θ in this place of the model?

        Parameters
        ----------
        traced : TracedModel
            The model at θ, with the places of θ in it.
        slot : Slot
            One of those places.

        Returns
        -------
        Verdict
        """
        raise NotImplementedError

    def check_second(self, traced: TracedModel, slots: list[Slot]) -> str | None:
        """Why the method has no second derivative in these slots, or None if it has."""
        return "it has no second derivative"

    def second_plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """The plan of a run for second derivatives (outputs in the order of upper_triangle).

        Parameters
        ----------
        traced, budget, settings
            As for `plan`.

        Returns
        -------
        Plan, dict
        """
        raise NotImplementedError

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """The plan of a run, and what the method chose for itself (step, baseline, …).

        Parameters
        ----------
        traced : TracedModel
            The model at θ; the method is valid in all its slots.
        budget : Budget
            Replications or precision asked for: pilots are made in proportion.
        settings : Settings
            Seed, sampler, threads, …: the seed is the pilots' too.

        Returns
        -------
        Plan, dict
        """
        raise NotImplementedError

    def cautions(self, traced: TracedModel) -> Iterable[str]:
        """What every estimate by it must say about itself here (results/cautions.py)."""
        return ()

    def after(
        self, traced: TracedModel, choices: dict[str, Any], mean: np.ndarray, variance: np.ndarray
    ) -> Iterable[str]:
        """What the moments of a run say about what was chosen before it: warnings.

        Parameters
        ----------
        traced : TracedModel
        choices : dict
            What `plan` returned beside the plan.
        mean, variance : (1 + θ,) arrays
            Of Y and of each component of the gradient, per replication.

        Returns
        -------
        iterable of str
        """
        return ()

    def refusal(
        self, traced: TracedModel, slots: list[Slot] | None = None, order: int = 1
    ) -> str | None:
        """Why the method cannot be used, or None if it can.

        Parameters
        ----------
        traced : TracedModel
        slots : list of Slot, optional
            Where θ stands; all places by default.
        order : {1, 2}
            Of the derivative.

        Returns
        -------
        str or None
        """
        if traced.quotient is not None and order == 2:
            return "the second derivative of a ratio is not known: order=1"
        if traced.measures > 1:
            return self._joint_refusal(traced, slots, order)
        kink = no_expectation(traced.model) or traced.model.kink() or certain_tie(traced)
        if kink is not None:
            return kink
        slots = traced.slots if slots is None else slots
        limit = traced.model.limit(self, order)
        if limit is not None:
            return limit
        for slot in slots if order == 1 or self.second_after_first else []:
            verdict = self.check(traced, slot)
            if not verdict.valid:
                return f"{slot.place}: {verdict.reason}"
        return self.check_second(traced, slots) if order == 2 else None

    def _joint_refusal(
        self, traced: TracedModel, slots: list[Slot] | None, order: int
    ) -> str | None:
        """The first measure whose derivatives the method cannot give, and why."""
        assert traced.names is not None
        for name, view in zip(traced.names, traced.views, strict=True):
            own = None if slots is None else among(view, slots)
            reason = self.refusal(view, own, order)
            if reason is not None:
                return f"output {name!r}: {reason}"
        return None


def require(method: Method, traced: TracedModel, others: dict[str, Method], order: int = 1) -> None:
    """Raise NotApplicable, with the methods that are valid, unless this one is."""
    reason = traced.memory.pilot("refusal", lambda: method.refusal(traced, order=order))
    if reason is not None:
        valid = tuple(
            name for name, other in others.items() if other.refusal(traced, order=order) is None
        )
        raise NotApplicable(method.name, reason, valid)


def each(found: list[Any]) -> Any:
    """What a method chose, measure by measure; of a single one as it is."""
    return found[0] if len(found) == 1 else Each(found)


class Each(list[Any]):
    """Something chosen for each measure."""


def chosen_for(choices: dict[str, Any], measure: int) -> dict[str, Any]:
    """What a method chose for one of the measures."""
    return {k: v[measure] if isinstance(v, Each) else v for k, v in choices.items()}
