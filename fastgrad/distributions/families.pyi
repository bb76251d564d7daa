"""Written by `python tests/stubs.py` from the tables of the package."""

from typing import Any

from .affine import (
    Affine,
)
from .discrete import (
    Discrete,
)
from .distribution import (
    DOMAINS,
    Distribution,
    Repeated,
)
from .mixture import (
    Mixture,
)
from .truncated import (
    Truncated,
)

__all__ = [
    'Affine',
    'Bernoulli',
    'Beta',
    'Binomial',
    'Cauchy',
    'DISTRIBUTIONS',
    'DOMAINS',
    'Deterministic',
    'Discrete',
    'Distribution',
    'Erlang',
    'Exponential',
    'Gamma',
    'Geometric',
    'Gumbel',
    'LogNormal',
    'Logistic',
    'Maxwell',
    'Mixture',
    'NegativeBinomial',
    'Normal',
    'PERT',
    'Pareto',
    'Poisson',
    'Repeated',
    'StudentT',
    'Triangular',
    'Truncated',
    'Uniform',
    'Weibull',
]

DISTRIBUTIONS: dict[str, type[Distribution]]

class Bernoulli(Distribution):
    """Bernoulli: `high` with probability p, else `low` (Fu (2005), Table 1).

    Parameters
    ----------
    p : between 0 and 1, both excluded
    high : a finite number
    low : a finite number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    p: Any
    high: Any
    low: Any
    def __init__(self, p: Any, high: Any = 1.0, low: Any = 0.0) -> None: ...

class Beta(Distribution):
    """Beta with parameters a and b, on (0, 1).

    Parameters
    ----------
    a : a positive number
    b : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    a: Any
    b: Any
    def __init__(self, a: Any, b: Any) -> None: ...

class Binomial(Distribution):
    """Binomial: successes among n trials (Fu (2005), Table 1).

    Parameters
    ----------
    n : a whole number, 1 or more
    p : between 0 and 1, both excluded

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    n: Any
    p: Any
    def __init__(self, n: Any, p: Any) -> None: ...

class Cauchy(Distribution):
    """Cauchy with location m and scale s; it has no mean, so outputs must be bounded in it.

    Parameters
    ----------
    location : a finite number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    location: Any
    scale: Any
    def __init__(self, location: Any, scale: Any) -> None: ...

class Deterministic(Distribution):
    """A constant: what is known is still an input, and its value may depend on θ.

    Parameters
    ----------
    value : a finite number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    value: Any
    def __init__(self, value: Any) -> None: ...

class Erlang(Distribution):
    """Erlang: a gamma with a whole number of stages, each exponential with mean θ.

    Parameters
    ----------
    stages : a whole number, 1 or more
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    stages: Any
    scale: Any
    def __init__(self, stages: Any, scale: Any) -> None: ...

class Exponential(Distribution):
    """Exponential with mean θ: X = -θ ln U (Fu (2005), Example 2).

    Parameters
    ----------
    mean : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    mean: Any
    def __init__(self, mean: Any) -> None: ...

class Gamma(Distribution):
    """Gamma with shape a and scale θ (Fu (2005), Table 1).

    Parameters
    ----------
    shape : a positive number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    shape: Any
    scale: Any
    def __init__(self, shape: Any, scale: Any) -> None: ...

class Geometric(Distribution):
    """Geometric on 1, 2, …: trials up to the first success, X = ⌈ln U / ln(1 - p)⌉.

    Parameters
    ----------
    p : between 0 and 1, both excluded

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    p: Any
    def __init__(self, p: Any) -> None: ...

class Gumbel(Distribution):
    """Gumbel (of maxima) with location m and scale b: X = m - b ln(-ln U).

    e^(-z) is exponential, so every pair of the exponential's shape and scale is one of Gumbel.


    Parameters
    ----------
    location : a finite number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    location: Any
    scale: Any
    def __init__(self, location: Any, scale: Any) -> None: ...

class LogNormal(Distribution):
    """Lognormal: the exponential of a normal with mean μ and standard deviation σ.

    Parameters
    ----------
    mu : a finite number
    sigma : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    mu: Any
    sigma: Any
    def __init__(self, mu: Any, sigma: Any) -> None: ...

class Logistic(Distribution):
    """Logistic with location m and scale s: X = m + s ln(U / (1 - U)).

    Parameters
    ----------
    location : a finite number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    location: Any
    scale: Any
    def __init__(self, location: Any, scale: Any) -> None: ...

class Maxwell(Distribution):
    """Double-sided Maxwell with location m and scale s: density z² φ(z) / s, z = (x - m) / s.

    Parameters
    ----------
    location : a finite number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    location: Any
    scale: Any
    def __init__(self, location: Any, scale: Any) -> None: ...

class NegativeBinomial(Distribution):
    """Negative binomial on n, n + 1, …: trials up to the n-th success.

    Parameters
    ----------
    n : a whole number, 1 or more
    p : between 0 and 1, both excluded

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    n: Any
    p: Any
    def __init__(self, n: Any, p: Any) -> None: ...

class Normal(Distribution):
    """Normal with mean μ and standard deviation σ (Fu (2005), Table 1).

    Parameters
    ----------
    mean : a finite number
    sd : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    mean: Any
    sd: Any
    def __init__(self, mean: Any, sd: Any) -> None: ...

class PERT(Distribution):
    """PERT: the beta distribution of three-point estimates, on [low, high] with its mode between them.

    X = low + (high - low) Z with Z beta(a, b), a = 1 + 4 (mode - low) / (high - low), b = 6 - a.
    At a fixed uniform, with T = dZ/da - dZ/db (see `beta`),

        dX/dlow = 1 - Z - (b - 1) T     dX/dmode = 4 T     dX/dhigh = Z - (a - 1) T


    Parameters
    ----------
    low : a finite number
    mode : a finite number
    high : a finite number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    low: Any
    mode: Any
    high: Any
    def __init__(self, low: Any, mode: Any, high: Any) -> None: ...

class Pareto(Distribution):
    """Pareto with shape a and scale θ: X = θ U^(-1/a), so that ln(X/θ) is exponential with rate a.

    Parameters
    ----------
    shape : a positive number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    shape: Any
    scale: Any
    def __init__(self, shape: Any, scale: Any) -> None: ...

class Poisson(Distribution):
    """Poisson with mean θ (Fu (2005), Table 1).

    Parameters
    ----------
    mean : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    mean: Any
    def __init__(self, mean: Any) -> None: ...

class StudentT(Distribution):
    """Student's t with degrees of freedom ν, location m and scale s: X = m + s T.

    abs(T) = (ν (1 - z) / z)^(1/2), where z is beta(ν/2, 1/2) and P(z < ·) is twice the nearer tail of
    the uniform. With the logit L of z that is ν^(1/2) e^(-L/2): right in both tails and next to 0.


    Parameters
    ----------
    degrees : a positive number
    location : a finite number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    degrees: Any
    location: Any
    scale: Any
    def __init__(self, degrees: Any, location: Any = 0.0, scale: Any = 1.0) -> None: ...

class Triangular(Distribution):
    """Triangular on [low, high] with its mode between them.

    A slice of the density at height t is uniform on [low + (mode - low) t, high - (high - mode) t];
    given x, t is uniform up to the density at x over its maximum. Moving an end of a uniform
    distribution is simple, and that gives every pair here.


    Parameters
    ----------
    low : a finite number
    mode : a finite number
    high : a finite number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    low: Any
    mode: Any
    high: Any
    def __init__(self, low: Any, mode: Any, high: Any) -> None: ...

class Uniform(Distribution):
    """Uniform on [low, high] (Fu (2005), Table 1 and Example 3).

    The rows U(0, θ), U(θ-γ, θ+γ) and U(μ-θ, μ+θ) follow from the two end points by the chain
    rule, path by path: (g(high) - g(X)) + (g(X) - g(low)) = g(high) - g(low).


    Parameters
    ----------
    low : a finite number
    high : a finite number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    low: Any
    high: Any
    def __init__(self, low: Any, high: Any) -> None: ...

class Weibull(Distribution):
    """Weibull with shape a and scale θ: X = θ (-ln U)^(1/a) (Fu (2005), Table 1).

    Parameters
    ----------
    shape : a positive number
    scale : a positive number

    Raises
    ------
    TypeError, ValueError
        For parameters that are none of these.
    """

    shape: Any
    scale: Any
    def __init__(self, shape: Any, scale: Any) -> None: ...
