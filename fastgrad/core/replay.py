"""A lane's numbers at other θ, from tapes of `build` in the place of `build`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .pure import Reads, reads_of
from .tape import Tape
from .theta import Theta
from .tracer import Traced

AFTER = 16  # builds before the next tape: making one costs as much as 30 of them
TRIED = 4  # tapes of one lane: for the ways that `build` takes

Numbers = Callable[[Any], Sequence[Any] | None]


class Replays:
    """Tapes of one build, and when they stand for it.

    numbers: of traced θ, all that a run needs of it; None where that is another model
    """

    def __init__(self, build: Callable[[Any], Any], numbers: Numbers) -> None:
        self.build, self.numbers = build, numbers
        self._built, self._left = 0, TRIED
        self._reads: Reads | None = None
        self._tapes: list[Callable[..., bool]] = []

    def fill(self, memory: memoryview, theta: Theta) -> bool:
        """Write the numbers at θ, if a tape can tell them."""
        if self._reads is None or not self._reads.unchanged():
            return False
        values = theta.vector.tolist()
        filled = False
        for tape in self._tapes:
            filled = filled or _run(tape, memory, values)
        return filled

    def learn(self, theta: Theta, right: np.ndarray) -> None:
        """After a build at θ that led to these numbers: record it, if there were enough."""
        self._built += 1
        if self._built < AFTER or not self._left:
            return
        self._built, self._left = 0, self._left - 1
        reads = reads_of(self.build)
        tape = None if reads is None else self._recorded(theta, right)
        if tape is None:
            self._reads, self._left = None, 0
            return
        if self._reads is not None and not self._reads.unchanged():
            self._tapes = []
        self._reads = reads
        self._tapes.append(tape)

    def _recorded(self, theta: Theta, right: np.ndarray) -> Callable[..., bool] | None:
        """A tape of the build at θ; None if it does not make the same bits there."""
        tape = Tape()
        try:
            with np.errstate(all="ignore"):
                outputs = self.numbers(theta.traced_through(tape.symbols(theta.vector)))
            if tape.spoiled or outputs is None:
                return None
            made = tape.function(outputs)
        except Exception:  # whatever a model thinks of symbols
            return None
        found = np.full(len(right), np.nan)
        ran = _run(made, found.data, theta.vector.tolist())
        return made if ran and found.tobytes() == right.tobytes() else None


def _run(tape: Callable[..., bool], memory: memoryview, values: list[float]) -> bool:
    try:
        return tape(memory, *values)
    except (ArithmeticError, ValueError):  # 1/0 is infinite in NumPy, an error in Python
        return False


def with_slopes(x: Any, outputs: int) -> list[Any]:
    """A number and its derivatives, of floats or symbols."""
    if isinstance(x, Traced):
        return [x.value, *x.tangent.tolist()]
    return [float(x), *[0.0] * (outputs - 1)]
