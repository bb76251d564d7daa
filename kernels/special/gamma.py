"""The logarithm of the gamma function and its first two derivatives, for x > 0; vectorisable.

Three ranges, all evaluated and one chosen:

    x >= 5          Stirling's series, its terms in 1/x² replaced by a minimax polynomial
    1 <= x < 5      a rational minimax function of x - 1 >= 0 with positive coefficients, times the
                    zeros (1 and 2, or 1.4616…)
    x < 1           the same at 1 + x, and the recurrence
"""

import math

from ..jit.compile import device
from .log import log
from .polynomial import polynomial

_SMALL = 1.0
_LARGE = 5.0
_HALF_LOG_TWO_PI = 0.9189385332046728
# The positive zero of digamma, in two parts.
_DIGAMMA_ZERO = 1.4616321449683622
_DIGAMMA_ZERO_REST = 9.549995429965697e-17

_LOG_GAMMA_ABOVE = (
    0.577215664901533,
    2.1638279037995876,
    3.2940018741828316,
    2.6178623439831226,
    1.163019321437142,
    0.2872822874652441,
    0.03699910880595482,
    0.002144938226835559,
    3.987449341499375e-05,
    4.853907660247963e-08,
)
_LOG_GAMMA_BELOW = (
    1.0,
    4.173620743181202,
    7.2107429863122965,
    6.674679898805265,
    3.5819127484968987,
    1.1276841815939118,
    0.20136794566798516,
    0.018737208406258237,
    0.0007653471184085902,
    9.184758336221647e-06,
)
_DIGAMMA_ABOVE = (
    1.2503801375034054,
    2.1522720177816947,
    1.3996841779340317,
    0.44301844801636986,
    0.07254997612616641,
    0.005975825248398687,
    0.0002188100373723966,
    2.5688335184827115e-06,
    1.7323055572282926e-09,
)
_DIGAMMA_BELOW = (
    1.0,
    2.4048409665139077,
    2.161436695901954,
    0.9559958528075516,
    0.22650233235578524,
    0.02892942385460748,
    0.0018802401652782037,
    5.3478073146522936e-05,
    4.5282812541209994e-07,
)
_TRIGAMMA_ABOVE = (
    1.6449340668482264,
    4.928619375894656,
    6.41484792757101,
    4.675628731316622,
    2.0585525323232807,
    0.548011550488915,
    0.08187933375786213,
    0.0053159809179996265,
)
_TRIGAMMA_BELOW = (
    1.0,
    4.457767232132117,
    8.440981468131273,
    8.90138091001161,
    5.747153855591698,
    2.3391600566913744,
    0.5893942183717858,
    0.08453732406586424,
    0.005315980922323143,
)
_LOG_GAMMA_SERIES = (
    0.08333333333333333,
    -0.002777777777775089,
    0.0007936507917994621,
    -0.0005952376025810032,
    0.0008416846294079411,
    -0.0019124523822756207,
    0.006175222313414288,
    -0.02282069642197707,
    0.05966542375730035,
)
_DIGAMMA_SERIES = (
    0.08333333333333333,
    -0.00833333333328835,
    0.003968253937198351,
    -0.00416665837640471,
    0.007574638874370079,
    -0.02100657454817144,
    0.07930524874143427,
    -0.32620228312311667,
    0.906484950688984,
)
_TRIGAMMA_SERIES = (
    0.1666666666666665,
    -0.033333333332543576,
    0.023809523262791586,
    -0.03333318691374843,
    0.07573773564084783,
    -0.2515754848406779,
    1.0941622981274286,
    -4.952336626474167,
    14.5296626247328,
)

_REMAINDER_ABOVE = (
    0.08333333333333301,
    0.3163296164260514,
    0.745032984065062,
    0.9537334287321816,
    0.7709554405656565,
    0.3327314148089035,
    0.06779815478076519,
    0.000984868406910481,
)
_REMAINDER_BELOW = (
    1.0,
    3.795955397109679,
    8.973729142470841,
    11.571332974488168,
    9.541066196669044,
    4.342330001612622,
    1.053351021853442,
    0.07308716164914184,
)


@device
def log_gamma(x):
    """log Gamma(x) for x > 0; inf at 0 and inf, nan below 0.

    Largest error measured over 10^5 points: relative 6.8e-16. 1.5 ns an element (Zen 5).
    """
    logarithm = log(x)
    small = x < _SMALL
    near = _log_gamma_1p(x if small else x - 1.0)
    near = near - logarithm if small else near
    reciprocal = 1.0 / x
    series = polynomial(reciprocal * reciprocal, _LOG_GAMMA_SERIES) * reciprocal
    far = (x - 0.5) * (logarithm - 1.0) + (series + (_HALF_LOG_TWO_PI - 0.5))
    far = x if x == float("inf") else far
    return near if x < _LARGE else far


@device
def log_gamma_1p(x):
    """log Gamma(1 + x) for x >= 0, with full relative accuracy at small x.

    Largest error measured over 10^5 points: relative 6.8e-16.
    """
    return _log_gamma_1p(x) if x < _LARGE - 1.0 else log_gamma(1.0 + x)


@device
def digamma(x):
    """The derivative of log_gamma at x > 0; -inf at 0, nan below.

    Largest error measured over 10^5 points: relative 6.4e-16. 1.3 ns an element.
    """
    small = x < _SMALL
    shifted = x if small else x - 1.0
    from_zero = (shifted - (_DIGAMMA_ZERO - 1.0)) - _DIGAMMA_ZERO_REST
    near = from_zero * (polynomial(shifted, _DIGAMMA_ABOVE) / polynomial(shifted, _DIGAMMA_BELOW))
    reciprocal = 1.0 / x
    near = near - reciprocal if small else near
    square = reciprocal * reciprocal
    far = log(x) - (0.5 * reciprocal + square * polynomial(square, _DIGAMMA_SERIES))
    result = near if x < _LARGE else far
    return result if x >= 0.0 else math.nan


@device
def trigamma(x):
    """The second derivative of log_gamma at x > 0; inf at 0, nan below.

    Largest error measured over 10^5 points: relative 5.0e-16. 0.8 ns an element.
    """
    small = x < _SMALL
    shifted = x if small else x - 1.0
    near = polynomial(shifted, _TRIGAMMA_ABOVE) / polynomial(shifted, _TRIGAMMA_BELOW)
    reciprocal = 1.0 / x
    square = reciprocal * reciprocal
    near = near + square if small else near
    far = reciprocal + square * (0.5 + reciprocal * polynomial(square, _TRIGAMMA_SERIES))
    result = near if x < _LARGE else far
    return result if x >= 0.0 else math.nan


@device
def _log_gamma_1p(x):
    """log Gamma(1 + x) for 0 <= x < 4."""
    ratio = polynomial(x, _LOG_GAMMA_ABOVE) / polynomial(x, _LOG_GAMMA_BELOW)
    return x * (x - 1.0) * ratio


@device
def stirling_remainder(x):
    """What Stirling's formula leaves of log_gamma at x >= 1: (1/12 - …) / x.

    Largest absolute error measured over 10^4 points: 3.3e-16.
    """
    reciprocal = 1.0 / x
    above = polynomial(reciprocal, _REMAINDER_ABOVE)
    return reciprocal * above / polynomial(reciprocal, _REMAINDER_BELOW)
