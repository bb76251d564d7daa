"""How distributions move when inputs are divided by θ or θ is subtracted (section 1.7).

X/θ has parameters that fall as θ grows: where X scales, θ is a rate; X - θ has location -θ.
"""

from __future__ import annotations

from typing import NamedTuple

from ..core.tracer import value_of
from ..distributions.families import Distribution

ALONG = "the path itself"  # nothing to push out: the output is continuous there
# The law of (1 + ε) X has these parameters larger by ε times themselves (mu: by ε).
SCALED = {
    "Cauchy": ("location", "scale"),
    "Erlang": ("scale",),
    "Exponential": ("mean",),
    "Gamma": ("scale",),
    "Gumbel": ("location", "scale"),
    "LogNormal": ("mu",),
    "Logistic": ("location", "scale"),
    "Maxwell": ("location", "scale"),
    "Normal": ("mean", "sd"),
    "Pareto": ("scale",),
    "Triangular": ("low", "mode", "high"),
    "Uniform": ("low", "high"),
    "Weibull": ("scale",),
}
# The law of X + ε has these parameters larger by ε; exponential pairs know a location too.
SHIFTED = {
    "Cauchy": ("location",),
    "Exponential": ("location",),
    "Gumbel": ("location",),
    "Logistic": ("location",),
    "Maxwell": ("location",),
    "Normal": ("mean",),
    "Triangular": ("low", "mode", "high"),
    "Uniform": ("low", "high"),
}


class PushOut(NamedTuple):
    """One way to push a slot of a model out.

    moves: (input, parameter, w_p) for each parameter that takes θ up
    joint: whether the output moves along the bracket; a tail does not
    """

    way: str
    moves: list[tuple[int, str, float]]
    joint: bool


def divided(distribution: Distribution, which: int, theta: float) -> list | None:
    """The moves of one input when everything is divided by θ, or None."""
    names = SCALED.get(type(distribution).__name__)
    if names is None or theta == 0.0:
        return None
    values = [1.0 if n == "mu" else float(value_of(getattr(distribution, n))) for n in names]
    return [(which, n, v / theta) for n, v in zip(names, values, strict=True) if v != 0.0]


def subtracted(distribution: Distribution, which: int) -> list | None:
    """The moves of one input when θ is subtracted from it, or None."""
    names = SHIFTED.get(type(distribution).__name__)
    return None if names is None else [(which, name, 1.0) for name in names]
