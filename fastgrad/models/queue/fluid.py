"""The fluid queue with on and off periods."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import Deterministic, Distribution
from ...kernels.models.queue import fluid
from ..inventory.lattice import moves
from ..model import Input, Model, check_distribution
from .horizon import Cycles, Time
from .tails import check_choice
from .ties import KINK

OUTPUTS = ("loss", "content")
UNSEEN = math.log(1e-18)  # of the probability that a replication needs more periods
QUANTILES = 4096


@dataclasses.dataclass(frozen=True, eq=False)
class FluidQueue(Model):
    """A buffer that fills while its source is on, and empties while it is off; started empty.

    The content grows at rate `up` while on and falls at rate `down` while off, between 0 and
    `buffer`; what comes while it is full is lost. Loss and content are continuous in the
    lengths of the periods, the rates and the buffer: IPA is unbiased in all of them.

    Parameters
    ----------
    on, off : Distribution
        Lengths of the periods, which take turns; the first is on.
    up, down, buffer : float
        Positive. θ may stand in them.
    horizon : Cycles or Time
        So many on periods, each with the off period behind it, or a stretch of time.
    output : {"loss", "content"}
        Lost per unit of time, or mean content: the sum of the replication over its length.

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    on: Distribution
    off: Distribution
    up: Any
    down: Any
    buffer: Any
    horizon: Cycles | Time
    output: str = "loss"

    kernel = fluid

    def __post_init__(self) -> None:
        check_distribution("FluidQueue: on", self.on)
        check_distribution("FluidQueue: off", self.off)
        for name in ("up", "down", "buffer"):
            value = value_of(getattr(self, name))
            if isinstance(value, bool) or not isinstance(
                value, (int, float, np.number, np.ndarray)
            ):
                raise TypeError(f"FluidQueue: {name} must be a number, got {value!r}")
            if not np.all(np.isfinite(value) & (np.asarray(value) > 0.0)):
                raise ValueError(f"FluidQueue: {name} must be positive and finite, got {value}")
        if not isinstance(self.horizon, (Cycles, Time)):
            raise TypeError(
                f"FluidQueue: horizon must be Cycles(…) or Time(…), got {self.horizon!r}"
            )
        check_choice("FluidQueue: output", self.output, OUTPUTS)

    def _periods(self) -> int:
        """On periods; for a stretch of time as many as it has but for a probability of 1e-18.

        P(S_1 + … + S_K < t) ≤ e^{ut} E[e^{-uS}]^K for every u > 0 (Chernoff).
        """
        if isinstance(self.horizon, Cycles):
            return self.horizon.count
        lengths = [_quantiles(periods) for periods in (self.on, self.off)]
        mean = sum(float(np.mean(length)) for length in lengths)
        if not mean > 0.0 or any(np.min(length) < 0.0 for length in lengths):
            raise ValueError("FluidQueue: the lengths of periods must be positive")
        rates = np.geomspace(1e-3, 1e3, 200) / mean
        logs = sum(np.log(np.mean(np.exp(-rates[:, None] * length), axis=1)) for length in lengths)
        return math.ceil(1.1 * float(np.min((rates * self.horizon.length - UNSEEN) / -logs)))

    def inputs(self) -> list[Input]:
        """On periods, then off periods."""
        periods = self._periods()
        return [Input("on", self.on, periods), Input("off", self.off, periods)]

    def structure(self) -> Mapping[str, Any]:
        """Rates, buffer, and the length of time."""
        length = self.horizon.length if isinstance(self.horizon, Time) else 0.0
        numbers = {"up": self.up, "down": self.down, "buffer": self.buffer}
        return {**numbers, "horizon": length}

    def counts(self) -> np.ndarray:
        """Periods, output, whether the horizon is a time."""
        timed = isinstance(self.horizon, Time)
        return np.array([self._periods(), OUTPUTS.index(self.output), timed], dtype=np.int64)

    def work(self) -> int:
        """Eight rows of the path, and two derivatives by every parameter."""
        slots = 3 + sum(len(entry.distribution.parameters) for entry in self.inputs())
        return 8 + slots  # and one more for each slot

    def kink(self) -> str | None:
        """Constant periods between which the content just falls back to 0, or just fills."""
        if not isinstance(self.on, Deterministic) or not isinstance(self.off, Deterministic):
            return None
        rise = self.up * self.on.parameters[0]
        for border in (self.down * self.off.parameters[0], self.buffer):
            if value_of(rise - border) == 0.0 and moves(rise - border):
                return f"the periods are constant and the content just meets a border, {KINK}"
        return None

    def explain_failure(self, seed: int, replications: int, first: int = 0) -> None:
        """More periods than there were draws for: by far too many at another θ."""
        raise ValueError(
            "FluidQueue: a replication had more periods than were prepared for (probability "
            "below 1e-15 at θ itself): is a difference step too large?"
        )


def _quantiles(distribution: Distribution) -> np.ndarray:
    """Quantiles of a distribution at equal steps, by its own inversion."""
    u = (np.arange(QUANTILES) + 0.5) / QUANTILES
    x = np.empty(QUANTILES)
    parameters = np.array([np.max(v) for v in distribution.values], dtype=float)
    function = distribution.operation("variate").compiled.ctypes
    rows = (u, u, u, u, parameters, x, x)
    pointers = (a.ctypes.data_as(t) for a, t in zip(rows, function.argtypes[2:], strict=True))
    function(QUANTILES, 1, *pointers)
    return x
