"""Second derivatives of fixed lookbacks by their strike: the density of the extreme there."""

from __future__ import annotations

from typing import Any

from ...kernels.models.option import extreme_density
from ...models.second_smoothing import SecondSmoothing
from .base import Smoother


class ExtremeDensity(Smoother):
    """See `kernels/models/option/extreme_density.py`."""

    def second_refusal(self, paid: Any, slots: list[Any]) -> str | None:
        """All but the strike, in which the spot stands where prices are counted in it."""
        for slot in slots:
            if slot.place != "strike":
                return (
                    f"{slot.place}: of a fixed lookback the density of the extreme gives the "
                    "second derivative by spot and strike alone"
                )
        return None

    def second_smoothing(self, paid: Any, slots: list[Any]) -> SecondSmoothing:
        """Where the parameters of each step's bridge stand, and the path."""
        places, place = [], 0
        for entry in paid.inputs():
            if entry.name.startswith("bridge"):
                places += [place] * entry.draws
            place += len(entry.distribution.parameters)
        functions = [paid.dynamics.kernel.walk, paid.payoff.kernel.value]
        return SecondSmoothing(
            extreme_density.second_smoothed, places, functions, paid.work() + 3, False
        )
