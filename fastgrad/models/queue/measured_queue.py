"""What all queues share: means and tails of their customers' times, several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...kernels.jit.compile import Operation
from ..change_of_variables import PushOut
from ..measures import Measured, checked_measures
from ..model import Input
from ..network.cuts import Smoothing
from .tails import (
    STEP,
    check_choice,
    check_queue_measure,
    divided_threshold,
    smoothed_by,
    unsmoothed,
)


class MeasuredQueue(Measured):
    """A queue whose `measure` is the mean of its output, a tail of it, or several of them."""

    output: str

    def check_output(self, whose: str, known: Sequence[str]) -> None:
        """A known output and measures of it, or a clear error."""
        check_choice(f"{whose}: output", self.output, known)
        measure = checked_measures(self.measure, check_queue_measure(whose, self.output), whose)
        object.__setattr__(self, "measure", measure)

    def smoother(self) -> int | str:
        """The input that smooths a tail; or why there is none."""
        raise NotImplementedError

    def times(self) -> list[tuple[int, Input]]:
        """The inputs that are times, with their numbers."""
        return list(enumerate(self.inputs()))

    def operation(self, name: str) -> Operation | None:
        """A mean needs no smoothing."""
        return None if name == "smoothed" and not self.tail else super().operation(name)

    def discontinuity(self, place: str) -> str | None:
        """A tail is a step function of everything."""
        return STEP if self.tail else None

    @property
    def unsmoothed(self) -> str:
        """Where there is nothing to smooth, or nothing that smooths it."""
        if self.tail:
            return str(self.smoother())
        return "E[Y] needs no smoothing: the output is continuous (use IPA)"

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """Why a tail cannot be smoothed for θ in this place, or None."""
        which = self.smoother()
        return which if isinstance(which, str) else unsmoothed(which, slot, self.inputs())

    def smoothing(self, slots: list[Any], options: Any) -> Smoothing:
        """Slots and densities, as the operations `smoothed` of queues read them."""
        which = self.smoother()
        assert isinstance(which, int), "asked before"
        return smoothed_by(which, slots, self.inputs())

    def push_outs(self, place: str) -> list[PushOut]:
        """A tail's threshold leaves the model when all times are divided by it."""
        return divided_threshold(self.measure, self.times()) if place == "y" else []
