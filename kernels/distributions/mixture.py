"""Mixtures: component i with probability w_i (Example 1), whatever families are mixed.

The functions of one mixture are written out for its families, from the components' own
functions, by `of(representation, *families)`. As with a discrete law, tangents of the weights
sum to zero, so each score is centred, and each weak derivative is the component against the
mixture.
"""

import functools
import hashlib
from types import SimpleNamespace

from ..jit.compile import device
from ..special.exp import exp
from ..special.log import log, log_inside
from . import (
    beta,
    binomial,
    cauchy,
    deterministic,
    erlang,
    exponential,
    gamma,
    geometric,
    gumbel,
    logistic,
    lognormal,
    maxwell,
    negative_binomial,
    normal,
    pareto,
    poisson,
    triangular,
    uniform,
    weibull,
)
from .parts import atoms, mixture_pairs, mixture_path, mixture_relaxed, mixture_scores
from .parts.further import further
from .parts.mixture_law import Law

FAMILIES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        beta,
        binomial,
        cauchy,
        deterministic,
        erlang,
        exponential,
        gamma,
        geometric,
        gumbel,
        logistic,
        lognormal,
        maxwell,
        negative_binomial,
        normal,
        pareto,
        poisson,
        triangular,
        uniform,
        weibull,
    )
}
PARAMETERS: dict[str, str] = {}  # those of one mixture stand in what `of` makes
_SMALLEST = 2.0**-53
_LONGEST = 60  # of a name made of families: file systems allow 255 characters in all


@device
def inside(u):
    """Rounding must not lead to 0 or 1."""
    return min(max(u, _SMALLEST), 1.0 - _SMALLEST)


@device
def share(part, total):
    """part / total; a density may be infinite, as a gamma's at 0, and then has all of it."""
    return part / total if part < total else (1.0 if part > 0.0 else 0.0)


def _source(law: Law) -> list[str]:
    if law.relaxed:
        return mixture_relaxed.source(law)
    return [*mixture_path.source(law), *mixture_scores.source(law), *mixture_pairs.source(law)]


@functools.cache
def of(*kind: str) -> SimpleNamespace:
    """The functions of a mixture: its representation, then its families in order."""
    representation, *families = kind
    law = Law(representation, families, [FAMILIES[family] for family in families])
    scope = {
        "device": device,
        "atoms": atoms,
        "exp": exp,
        "further": further,
        "inside": inside,
        "log": log,
        "log_inside": log_inside,
        "share": share,
        **FAMILIES,
        "__name__": __name__,
    }
    exec(compile("\n\n".join(_source(law)), __file__, "exec"), scope)
    made = SimpleNamespace(**scope)
    made.PARAMETERS, made.__file__ = law.parameters, __file__
    made.__name__ = __name__
    made.sent_as = f"{__name__}[{','.join(kind)}]"
    made.tag = _tag("_".join(kind))
    return made


def _tag(name: str) -> str:
    """The name itself, or the beginning of it and a hash."""
    short = hashlib.sha256(name.encode()).hexdigest()[:12]
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}_{short}"
