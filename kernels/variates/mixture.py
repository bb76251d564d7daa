"""Mixtures: component i with probability w_i (Example 1), whatever families are mixed.

The functions of one mixture are written out for its families, from the components' own
functions, by `of(families)`. As with a discrete law, tangents of the weights sum to zero, so
each score is centred, and each weak derivative is the component against the mixture.
"""

import functools
from types import SimpleNamespace

from ..compile import device
from . import (
    beta,
    cauchy,
    erlang,
    exponential,
    gamma,
    gumbel,
    logistic,
    lognormal,
    maxwell,
    normal,
    pareto,
    triangular,
    uniform,
    weibull,
)
from .mixture_source import Writer

FAMILIES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        beta,
        cauchy,
        erlang,
        exponential,
        gamma,
        gumbel,
        logistic,
        lognormal,
        maxwell,
        normal,
        pareto,
        triangular,
        uniform,
        weibull,
    )
}
_SMALLEST = 2.0**-53


@device
def inside(u):
    """Rounding must not lead to 0 or 1."""
    return min(max(u, _SMALLEST), 1.0 - _SMALLEST)


@functools.cache
def of(*kind: str) -> SimpleNamespace:
    """The functions of a mixture: its representation, then its families in order."""
    representation, *families = kind
    modules = [FAMILIES[family] for family in families]
    scope = {"device": device, "inside": inside, **FAMILIES, "__name__": __name__}
    writer = Writer(families, modules, representation)
    exec(compile(writer.source(), __file__, "exec"), scope)
    made = SimpleNamespace(**scope)
    made.PARAMETERS, made.__file__ = writer.parameters, __file__
    made.__name__ = __name__
    made.sent_as = f"{__name__}[{','.join(kind)}]"
    made.tag = "_".join(kind)
    return made
