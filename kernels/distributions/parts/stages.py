"""Steps that weak derivatives of many families share."""

from ...jit.compile import device
from ...special.log import log


@device
def split(w, share):
    """Whether w <= share, and the rest of w: again uniform, independent of the answer."""
    first = w <= share
    return first, w / share if first else (w - share) / (1.0 - share)


@device
def add_stages(g, v, w, keep):
    """Second-order pair of a family that is a power of a gamma variate g = Γ(k).

    (Γ(k + 2) or g itself with probability `keep`, Γ(k + 1)), on common exponential stages.
    For θ Γ(k)^(1/p), where the first derivative is (p k / θ)(Γ(k + 1) - Γ(k)), the second has
    constant p k (1 + p (2 k + 1)) / θ² and keep = (1 + p k) / (1 + p (2 k + 1)).
    """
    one_more = g - log(v)
    kept, rest = split(w, keep)
    return g if kept else one_more - log(rest), one_more
