"""Smoothing of discrete barriers: every step is drawn given that it survives."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...kernels.models.option import survival
from ...models.network.cuts import Smoothing
from ...models.second_smoothing import SecondSmoothing
from .base import Smoother

MOMENTS = ("mean", "sd")
LANES = 8  # at least, in a row of scratch: two numbers a step stand in it


class Survival(Smoother):
    """See `kernels/models/option/survival.py`."""

    operation = survival.smoothed

    def refusal(self, paid: Any, slot: Any) -> str | None:
        """Other dynamics."""
        if not paid.dynamics.is_lognormal(at_end=False):
            return (
                "steps that survive the barrier can be drawn where every log-return is normal by "
                "itself, as those of GeometricBrownianMotion without cash_dividends are"
            )
        if slot.which < 0 and slot.place != "strike":
            return f"what survives is not followed in {slot.place}"
        return None

    def smoothing(self, paid: Any, slots: list[Any]) -> Smoothing:
        """Input and moment of every slot."""
        table = [len(slots)]
        for slot in slots:
            table += [slot.which, MOMENTS.index(slot.parameter) if slot.which >= 0 else 0]
        return Smoothing(np.array(table, dtype=np.int64), (), False)

    def second_refusal(self, paid: Any, slots: list[Any]) -> str | None:
        """The same, and the strike."""
        for slot in slots:
            if (reason := self.refusal(paid, slot)) is not None:
                return reason
            if slot.which < 0:
                return f"{slot.place}: θ is an argument of the model, not of a distribution"
        return None

    def second_smoothing(self, paid: Any, slots: list[Any]) -> SecondSmoothing:
        """Differences of first derivatives, all of which are smooth."""
        numbers = [MOMENTS.index(slot.parameter) for slot in slots]
        return SecondSmoothing(survival.second_smoothed, numbers, [], self.work(paid), False)

    def work(self, paid: Any) -> int:
        """See the kernel."""
        steps: int = paid.steps
        return survival.BLOCKS * steps + 3 + 2 * steps // LANES + 1
