"""Scores that an outcome of small probability carries: until it is seen, estimates are wrong.

The mean of a score is 0. Where it is one number on all the outcomes that come often, one that
comes seldom makes up for it (Geometric(.99999): 1, and -1e5 at the second value); where part
of the support vanishes at θ itself, nothing does (the mode of a triangular at its end).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..core.calls import call
from ..core.traced_model import Slot, TracedModel
from ..distributions.distribution import Distribution

POINTS = 512  # of the quantile: what comes less often than this is called rare
LOPSIDED = 0.5  # of its root mean square: the mean of a score over the points
LEAST = 1e-10  # a probability below this is not waited for
ENOUGH = 30.0  # outcomes, of which an interval may be made
VANISHED = "part of the support of {0} vanishes at this {1}: the mean of its score is not 0 there"
SELDOM = (
    "{0}: outcomes of probability {1:.1g} decide, of which {2:.2g} are expected in {3:,} "
    "replications: the interval may not cover"
)


def rare_share(distribution: Distribution, parameter: str) -> float | None:
    """The probability of the outcomes without which the score's mean is not 0, if it is small.

    None if there is no such part; 0 if none was found.
    """
    kernel = distribution.kernel
    if kernel.PARAMETERS[parameter] == "share":
        share = float(distribution.values[list(kernel.PARAMETERS).index(parameter)])
        return share if share < 1.0 / POINTS else None
    if distribution.has("density") and not hasattr(kernel, "invalid"):
        return None
    scores = _scores(distribution, parameter, (np.arange(POINTS) + 0.5) / POINTS)
    mean = float(np.mean(scores))
    if not abs(mean) > LOPSIDED * float(np.sqrt(np.mean(scores * scores))):
        return None
    far = 0.5 ** np.arange(9, 41)
    for ends in (far, 1.0 - far):
        other = np.flatnonzero(_scores(distribution, parameter, ends) * mean < 0.0)
        if len(other):
            return float(far[other[0]])
    return 0.0


def _scores(distribution: Distribution, parameter: str, u: np.ndarray) -> np.ndarray:
    """The score at these quantiles."""
    values = np.array(distribution.values, dtype=float).reshape(-1, 1)
    each = np.ascontiguousarray(np.repeat(values, len(u), axis=1))
    u, x, out = np.ascontiguousarray(u), np.empty(len(u)), np.empty(len(u))
    size = len(u)
    call(distribution.operation("variate"), size, size, u, u, u, u, each, x, x)
    call(distribution.operation(f"score_{parameter}"), size, size, u, x, x, x, each, out, out)
    return out


def vanished(distribution: Distribution, parameter: str) -> str | None:
    """Why the score in this parameter has no mean of 0 here, or None."""
    share = rare_share(distribution, parameter)
    if share is None or share >= LEAST or distribution.kernel.PARAMETERS[parameter] == "share":
        return None
    return VANISHED.format(type(distribution).__name__, parameter)


def seldom(traced: TracedModel, slots: Sequence[Slot]) -> Iterable[str]:
    """What is said of the slots whose scores hang on outcomes that hardly come."""
    if traced.planned is None:
        return
    for slot in slots:
        if slot.which < 0:
            continue
        entry = traced.inputs[slot.which]
        if not entry.distribution.has(f"score_{slot.parameter}"):
            continue
        share = rare_share(entry.distribution, slot.parameter)
        expected = ENOUGH if share is None else share * entry.draws * traced.planned
        if expected < ENOUGH:
            yield SELDOM.format(slot.place, share, expected, traced.planned)
