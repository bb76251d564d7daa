"""The Hahn-Jordan pair of a Gumbel scale (with the sign changed, of a Weibull shape).

The derivative of the distribution function in the scale is -q(z) / b with

    q(z) = z f(z) = z exp(-z - e^(-z)),

which falls from 0 to its minimum at z = LOW, rises to its maximum at HIGH and falls to 0.
So the positive part lives outside [LOW, HIGH], the negative part inside, and sampling is
inverting q on each of its three pieces.
"""

from math import sqrt

from ...jit.compile import device
from ...special.exp import exp
from ...special.log import log

# The roots of z (1 - e^(-z)) = 1, and q there.
LOW, HIGH = -0.8064659942363268, 1.3499764854011254
_AT_LOW, _AT_HIGH = -0.19231792051127208, 0.2700533713174276
CONSTANT = _AT_HIGH - _AT_LOW
_BELOW = -_AT_LOW / CONSTANT


@device
def outside(v):
    """The z outside [LOW, HIGH] with F⁺(z) = v."""
    if v <= _BELOW:
        return _lower(v / _BELOW * -_AT_LOW)
    return _upper((1.0 - v) / (1.0 - _BELOW) * _AT_HIGH)


@device
def _lower(level):
    """-log y with y > e^(-LOW) and e^(-y) y log y = level: Newton for a concave function."""
    target = log(level)
    start = exp(-LOW)
    depth = max(log(-_AT_LOW) - target, 0.0)
    y = start + 2.0 * sqrt(depth) + 1.5 * depth
    for _ in range(9):
        logarithm = log(y)
        rate = (1.0 + 1.0 / logarithm) / y - 1.0
        y -= (logarithm + log(logarithm) - y - target) / min(rate, -1e-9)
    return -log(max(y, start))


@device
def _upper(level):
    """The z > HIGH with q(z) = level: Newton for a concave function, from above."""
    target = log(level)
    depth = max(log(_AT_HIGH) - target, 0.0)
    z = HIGH + 2.0 * sqrt(depth) + depth
    for _ in range(9):
        stage = exp(-z)
        rate = 1.0 / z - 1.0 + stage
        z -= (log(z) - z - stage - target) / min(rate, -1e-9)
    return max(z, HIGH)


@device
def inside(v):
    """The z in [LOW, HIGH] with F⁻(z) = v: Newton, and bisection where it leaves."""
    level = _AT_LOW + v * CONSTANT
    low, high = LOW, HIGH
    z = low + v * (high - low)
    for _ in range(60):
        stage = exp(-z)
        weight = exp(-z - stage)
        excess = z * weight - level
        low, high = (z, high) if excess < 0.0 else (low, z)
        step = excess / (weight * (1.0 - z + z * stage))
        after = z - step
        after = after if low < after < high else 0.5 * (low + high)
        done = abs(after - z) < 1e-15
        z = after
        if done:
            break
    return z
