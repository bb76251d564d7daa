"""What an estimate says about itself: short sentences in `warnings`, printed and warned about.

Everybody who knows a reason to mistrust an interval adds a sentence:

a model, of every estimate of it        `Model.cautions()`, and what its inputs' moments say
a method, of the places it is used in   `Method.cautions(traced)`
a plan, of what its pilot found         `choices["warnings"]`, beside step and baseline
the sample, by its numbers              `of_sample(outcome)`, here
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..models.moments import no_variance

if TYPE_CHECKING:
    from ..core.run import Outcome

# Samples that make up a variance, (Σ d²)² / Σ d⁴. A 95 % interval covered in less than 92 % of all
# runs only below this, in more than 90 % of them (lognormal σ = 2: 8 of 5,000, covers in 89 %;
# Pareto 1.8: 9, 87 %; 1/Gamma(1.5): 6, 77 %; 15 rare events: 15, 92 %), and light tails are
# above it (exponential: 40 of 300, 122 of 1,000).
FEW, PER_SAMPLE = 50.0, 15.0
PACKAGE = __name__.partition(".")[0]


class EstimateWarning(UserWarning):
    """An interval that may not cover, or a number that is not what it seems to be."""


def joined(*sources: Iterable[str]) -> tuple[str, ...]:
    """The sentences of all sources in order, each once."""
    return tuple(dict.fromkeys(sentence for source in sources for sentence in source))


def of_plan(traced: Any, method: Any, choices: dict[str, Any]) -> dict[str, Any]:
    """What the method chose, with what it, its plan and the model have to say."""
    said = joined(
        traced.model.cautions(),
        no_variance(traced.model),
        method.cautions(traced),
        choices.get("warnings", ()),
        of_idle(traced),
    )
    return {**choices, "warnings": said}


def of_idle(traced: Any) -> list[str]:
    """Components of θ that reach nothing: a derivative of 0 for them is no result."""
    reached = traced.reached() | traced.elsewhere
    return [
        f"{name} reaches no input, no parameter and no factor of the model: 0 is not an estimate "
        "(inside the function θ must come through parameters=)"
        for i, name in enumerate(traced.theta.names)
        if not reached[i]
    ]


def of_sample(
    outcome: Outcome,
    first: int,
    names: Sequence[str],
    scored: bool,
    known: Collection[str] = (),
) -> tuple[str, ...]:
    """What the sample says about its own intervals.

    Parameters
    ----------
    first : int
        Number of the first output of the run that is meant; `names` are those of all.
    scored : bool
        Whether a constant other than 0 is suspect too: a product with a score never is one.
    known : collection of str
        Names of outputs that are 0 by the form of the model.
    """
    moments, count = outcome.moments, outcome.moments.count
    if count < 2:
        return ()
    here = slice(first, first + len(names))
    parts = zip(
        names, moments.mean[here], moments.variance[here], moments.effective[here], strict=True
    )
    said = (_of_output(outcome, *part, scored) for part in parts if part[0] not in known)
    return tuple(sentence for sentence in said if sentence)


def _of_output(
    outcome: Outcome, name: str, mean: float, variance: float, effective: float, scored: bool
) -> str | None:
    count = outcome.moments.count
    if not math.isfinite(variance):
        return f"{name}: the variance is not a finite number, and the interval means nothing"
    if variance == 0.0:
        if mean != 0.0 and not scored:
            return None
        return (
            f"{name}: all {count:,} samples are {mean:.6g}. If something rare makes them differ, "
            f"it comes in less than {3.0 / count:.2g} of them (95 % confidence)"
        )
    if effective < min(FEW, count / PER_SAMPLE):
        return (
            f"{name}: {effective:.0f} of {count:,} samples make up the variance (rare events or a "
            "heavy tail): the interval may not cover"
        )
    return None


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
