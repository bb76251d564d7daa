"""What a payoff's own way of smoothing is to an option."""

from __future__ import annotations

from typing import Any

from ...kernels.jit.compile import Operation
from ...models.network.cuts import Smoothing
from ...models.second_smoothing import SecondSmoothing


class Smoother:
    """Base of all; `paid` is the option before discounting, slots are those of the traced model."""

    operation: Operation | None = None  # `smoothed`, if there is one of its own

    def refusal(self, paid: Any, slot: Any) -> str | None:
        """Why there is no first derivative in a slot, or None."""
        raise NotImplementedError

    def smoothing(self, paid: Any, slots: list[Any]) -> Smoothing:
        """What `operation` is given."""
        raise NotImplementedError

    def second_refusal(self, paid: Any, slots: list[Any]) -> str | None:
        """Why there are no second derivatives in these slots, or None."""
        raise NotImplementedError

    def second_smoothing(self, paid: Any, slots: list[Any]) -> SecondSmoothing:
        """What makes them."""
        raise NotImplementedError

    def work(self, paid: Any) -> int:
        """Rows of scratch that `operation` asks for."""
        return 0
