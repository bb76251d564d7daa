"""Mixtures: component i with probability w_i (Fu (2005), Example 1), whatever families are mixed.

The functions of one mixture are written out for its families, from the components' own
functions, by `of(representation, *families)`. As with a discrete distribution, tangents of the
weights sum to zero, so each score is centred, and each weak derivative is the component against
the mixture.
"""

import functools
import sys
from types import ModuleType

from ..jit.compile import device
from ..special.exp import exp
from ..special.log import log, log_inside
from .parts import mixture_pairs, mixture_path, mixture_relaxed, mixture_scores
from .parts.families import family, written
from .parts.further import further
from .parts.mixture_parts import MixtureParts

PARAMETERS: dict[str, str] = {}  # those of one mixture stand in what `of` makes
_SMALLEST = 2.0**-53


@device
def inside(u):
    """Rounding must not lead to 0 or 1."""
    return min(max(u, _SMALLEST), 1.0 - _SMALLEST)


@device
def share(part, total):
    """part / total; a density may be infinite, as a gamma's at 0, and then has all of it."""
    return part / total if part < total else (1.0 if part > 0.0 else 0.0)


def _source(mixture: MixtureParts) -> list[str]:
    if mixture.relaxed:
        return mixture_relaxed.source(mixture)
    return [
        *mixture_path.source(mixture),
        *mixture_scores.source(mixture),
        *mixture_pairs.source(mixture),
    ]


@functools.cache
def of(*kind: str) -> ModuleType:
    """The functions of a mixture: its representation, then its families in order."""
    representation, *families = kind
    mixture = MixtureParts(representation, families, [family(name) for name in families])
    scope = {
        "exp": exp,
        "further": further,
        "inside": inside,
        "log": log,
        "log_inside": log_inside,
        "share": share,
        **dict(zip(mixture.words, mixture.modules, strict=True)),
    }
    made = written(sys.modules[__name__], kind, _source(mixture), scope)
    made.PARAMETERS = mixture.parameters
    return made
