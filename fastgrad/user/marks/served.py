"""Does the chosen output of a function hear of its marks at all?

A function of several outputs may count late customers by a mark, and average waits without it. If
turning the outcomes of its marks around changes nothing of an output, that has no jump there.
"""

from __future__ import annotations

import contextlib
import io
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from ...kernels.marks.step import step
from ...kernels.random.philox import PILOT
from ..pilots.paths import Paths
from ..pilots.remembered import remembered

if TYPE_CHECKING:
    from ..described import Described

PATHS, TURNS = 4, 3  # of the pilot, and how often the outcomes of each are turned around
LONGER = 20  # times the lines of the path itself: then it does not end without its marks


def serve(model: Described) -> bool:
    """Whether the output depends on the outcome of any mark."""
    if model.output is None:
        return True
    return remembered(model, ("serve",), lambda: _serve(model))


def _serve(model: Described) -> bool:
    paths = Paths(model, 0, PILOT, PATHS)
    for lane in range(PATHS):
        lines, plain = _run(model, paths, lane, None, sys.maxsize)
        for turn in range(TURNS):
            coin = np.random.default_rng([lane, turn])
            _, turned = _run(model, paths, lane, coin, LONGER * lines)
            if turned != plain:
                return True
    return False


def marks_met(model: Described) -> float:
    """The mean number of marks on a path."""
    met = 0

    def counted(condition: Any) -> float:
        nonlocal met
        met += 1
        return step(condition)

    paths = Paths(model, 0, PILOT, PATHS)
    function = model.user.compiled(
        lambda reached: counted if reached is step else reached, lambda function: function
    )
    for lane in range(PATHS):
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            function(*model.arguments(paths, lane))
    return met / PATHS


def _run(
    model: Described, paths: Paths, lane: int, coin: np.random.Generator | None, most: int
) -> tuple[int, Any]:
    """Lines run through, and the output, some outcomes turned; None if that does not end well."""

    def turned(condition: Any) -> float:
        return (
            1.0 - step(condition) if coin is not None and coin.random() < 0.5 else step(condition)
        )

    lines = 0

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines > most:
            raise TimeoutError
        return watch

    function = model.user.compiled(
        lambda reached: turned if reached is step else reached, lambda function: function
    )
    arguments = model.arguments(paths, lane)
    before, result = sys.gettrace(), None
    sys.settrace(watch)
    try:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            result = function(*arguments)[model.output]
    finally:
        sys.settrace(before)
    return lines, result
