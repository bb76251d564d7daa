"""What an estimate says about itself: short sentences in `warnings`, printed and warned about.

Everybody who knows a reason to mistrust an interval adds a sentence:

a model, of every estimate of it        `Model.cautions()`
a method, of the places it is used in   `Method.cautions(study)`
a plan, of what its pilot found         `choices["warnings"]`, beside step and baseline
the sample, by its numbers              `of_sample(outcome)`, here
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..core.run import Outcome

PACKAGE = __name__.partition(".")[0]


class EstimateWarning(UserWarning):
    """An interval that may not cover, or a number that is not what it seems to be."""


def joined(*sources: Iterable[str]) -> tuple[str, ...]:
    """The sentences of all sources in order, each once."""
    return tuple(dict.fromkeys(sentence for source in sources for sentence in source))


def of_plan(study: Any, method: Any, choices: dict[str, Any]) -> dict[str, Any]:
    """What the method chose, with what it, its plan and the model have to say."""
    said = joined(
        study.model.cautions(), method.cautions(study), choices.get("warnings", ()), of_idle(study)
    )
    return {**choices, "warnings": said}


def of_idle(study: Any) -> list[str]:
    """Components of θ that reach nothing: a derivative of 0 for them is no result."""
    outside = study.outside()
    return [
        f"{name} reaches no input, no parameter and no factor of the model: 0 is not an estimate "
        "(inside the function θ must come through parameters=)"
        for i, name in enumerate(study.theta.names)
        if not outside[i] and not study.slots_of(i)
    ]


def of_sample(outcome: Outcome, outputs: slice) -> tuple[str, ...]:
    """What the sample says about its own intervals, of these outputs of the run."""
    return ()


def lines(sentences: Iterable[str]) -> list[str]:
    """The last lines of a printed table."""
    return [f"warning: {sentence}" for sentence in sentences]


def say(estimate: Any, about: str = "") -> None:
    """One Python warning for one estimate that has any, at the line that called the library."""
    if estimate.warnings:
        text = about + "; ".join(estimate.warnings)
        warnings.warn(text, EstimateWarning, stacklevel=_callers_level())


def _callers_level() -> int:
    """The stack level, for `say`, of the first frame outside the package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__", "")):
        level, frame = level + 1, frame.f_back
    return level


def _is_ours(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")
