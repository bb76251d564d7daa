"""The incomplete gamma functions for a large shape, uniformly in x.

Temme's expansion (SIAM J. Math. Anal. 10, 1979; DLMF 8.12): with x = λ a and
η² / 2 = λ - 1 - log λ, η of the sign of λ - 1,

    Q(a, x) = Phi(-η sqrt(a)) + exp(-a η²/2) / sqrt(2 pi a) · S(a, η).

Since dQ/dη is known, S obeys dS/dη - a η S = a (1 - f/Γ*), f(η) = η / (λ - 1). Comparing
coefficients in S = sum b_i η^i / Γ* gives a recurrence to be run downwards,

    b_i = f_(i+1) + (i + 2) / a · b_(i+2),        Γ* = 1 + b_1 / a,

which for a >= 20 has full accuracy when started at i = 28 with zeros. Γ* is what Stirling's
formula leaves of Gamma(a).
"""

import math

import numpy as np

from ..jit.compile import device
from ..jit.intrinsics import fma
from .exp import exp
from .log import x_minus_log1p
from .normal import normal_tail_ratio

_ROOT_TWO_PI = 2.5066282746310002
_TERMS = 28

# Coefficients of f(η), from (λ - 1) dλ/dη = η λ.
_F = np.array(
    [
        1.0,
        -0.3333333333333333,
        0.08333333333333333,
        -0.014814814814814815,
        0.0011574074074074073,
        0.0003527336860670194,
        -0.0001787551440329218,
        3.919263178522438e-05,
        -2.185448510679992e-06,
        -1.85406221071516e-06,
        8.296711340953087e-07,
        -1.7665952736826078e-07,
        6.707853543401498e-09,
        1.0261809784240309e-08,
        -4.382036018453353e-09,
        9.14769958223679e-10,
        -2.5514193994946248e-11,
        -5.830772132550426e-11,
        2.4361948020667415e-11,
        -5.0276692801141755e-12,
        1.1004392031956135e-13,
        3.371763262400985e-13,
        -1.392388722418162e-13,
        2.8534893807047445e-14,
        -5.139111834242572e-16,
        -1.9752288294349442e-15,
        8.099521156704561e-16,
        -1.6522531216398162e-16,
        2.5305430097478883e-18,
        1.1686939738559576e-17,
    ]
)


@device
def uniform_expansion(a, x):
    """P, Q and dQ/da for a >= 20 and 0.4 a < x < 2.2 a."""
    difference = (x - a) / a
    half_square = x_minus_log1p(difference)
    eta = math.copysign(math.sqrt(2.0 * half_square), difference)
    bell = exp(-a * half_square)
    f = eta / difference if difference != 0.0 else 1.0
    s, eta_slope, a_slope = _s(a, eta, f)

    scale = 1.0 / (_ROOT_TWO_PI * math.sqrt(a))
    # Beyond 39 standard deviations `bell` is 0, and the ratio has not been fitted.
    ratio = normal_tail_ratio(min(abs(eta) * math.sqrt(a), 39.0))
    tail = bell * (ratio + (-scale if eta < 0.0 else scale) * s)
    lower = tail if eta < 0.0 else 1.0 - tail
    upper = 1.0 - tail if eta < 0.0 else tail

    # At fixed x, dη/da = -1 / (a f); d(a η²/2)/da = η²/2 - η/f.
    eta_rate = -1.0 / (a * f)
    exponent_rate = half_square - eta / f
    normal_rate = -(0.5 * eta + a * eta_rate)
    s_rate = a_slope + eta_slope * eta_rate - s * (exponent_rate + 0.5 / a)
    return lower, upper, bell * scale * (normal_rate + s_rate)


@device
def _s(a, eta, f):
    """S and its derivatives with respect to η and a."""
    total = rate = 0.0
    above = twice_above = above_rate = twice_above_rate = 0.0
    for i in range(_TERMS, -1, -1):
        step = (i + 2) / a
        b = fma(step, twice_above, _F[i + 1])
        b_rate = step * (twice_above_rate - twice_above / a)
        total = fma(total, eta, b)
        rate = fma(rate, eta, b_rate)
        twice_above, above = above, b
        twice_above_rate, above_rate = above_rate, b_rate
    # The loop ended at b_0; `twice_above` is b_1.
    stirling = 1.0 + twice_above / a
    stirling_rate = (twice_above_rate - twice_above / a) / a
    s = total / stirling
    return s, a * (eta * s + 1.0 - f / stirling), (rate - s * stirling_rate) / stirling
