"""Pairs made by inverting a derivative of the distribution function, piece by piece.

Let G be the derivative of F in a parameter, of any order. It is 0 at both ends of the support,
and between its extremes it rises and falls in turn. The derivative of E[g(X)] is ∫ g dG, so the
positive part of the pair lives where G rises, the negative part where it falls, each has mass
c = the sum of the rises = the sum of the falls, and its variates are inverses of G:

    v c = rises of G up to t        X⁺ = t        (comonotone: X⁻ likewise, from the same v)

No pair has a smaller constant (Hahn and Jordan). `curve(t, a, b)` gives G and its slope; a and b
are shape parameters, if there are any. The extremes and the values there, in the order of t,
say all else; a support that begins at a point has it for its first extreme, with value 0.
"""

from math import acos, inf, pi, sqrt

from ...jit.compile import device, procedure
from ...special.log import log

# Newton squares this once more.
_ENOUGH = 1e-9
_SMALLEST = 2.0**-54


@device
def rises(values):
    """The constant: from 0 through the values at the extremes to 0, upwards only."""
    before = total = 0.0
    for value in values:
        total += abs(value - before)
        before = value
    return 0.5 * (total + abs(before))


def sampler(curve, reach):
    """`sample(v, first, extremes, values, a, b)`: a variate of the pieces first, first + 2, …

    Piece k ends at extreme k. reach: the length of a usual tail, in units of t.
    """
    between, beyond = _between(curve), _beyond(curve)

    @procedure
    def sample(v, first, extremes, values, a, b):
        last = len(extremes)
        left = v * rises(values)
        k = first
        while True:
            before = values[k - 1] if k > 0 else 0.0
            weight = abs((values[k] if k < last else 0.0) - before)
            if left < weight or k + 2 > last:
                break
            left -= weight
            k += 2
        share = min(left / weight, 1.0)
        if k == 0:
            return beyond(share, extremes[0], values[0], -reach, a, b)
        if k == last:
            return beyond(1.0 - share, extremes[k - 1], values[k - 1], reach, a, b)
        rise = values[k] - values[k - 1]
        level = values[k - 1] + share * rise
        # Right to second order at both ends, where G is flat.
        way = acos(1.0 - 2.0 * share) / pi
        return between(level, rise, way, extremes[k - 1], extremes[k], a, b)

    return sample


def _beyond(curve):
    @procedure
    def beyond(share, extreme, most, reach, a, b):
        """Where G, on its way from an extreme to 0, is `share` of what it was at the extreme.

        Newton for log |G|, which is concave: after one step it comes from the outer side.
        """
        target = log(max(share, _SMALLEST))
        t = extreme + reach * (sqrt(-target) - 0.5 * target)
        for _ in range(100):
            value, slope = curve(t, a, b)
            ratio = value / most
            step = (target - log(ratio)) * value / slope if ratio > 0.0 else inf
            after = t + step
            # Outside what was possible: halfway back to the extreme.
            if not (after - extreme) * reach > 0.0 or step == inf:
                after = 0.5 * (t + extreme)
            if abs(after - t) <= _ENOUGH * (1.0 + abs(t)):
                return after
            t = after
        return t

    return beyond


def _between(curve):
    @procedure
    def between(level, rise, way, low, high, a, b):
        """Where G has this level, from a share of the way from one extreme to the next.

        Newton, and bisection where it would leave.
        """
        t = low + (high - low) * way
        for _ in range(100):
            value, slope = curve(t, a, b)
            low, high = (low, t) if (value > level) == (rise > 0.0) else (t, high)
            after = t - (value - level) / slope
            if abs(after - t) <= _ENOUGH * (1.0 + abs(t)):
                return after
            t = after if low < after < high else 0.5 * (low + high)
        return t

    return between
