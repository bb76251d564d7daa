"""Every input distribution at one or more points: the table that drives its tests.

A case gives the parameters by keyword and SciPy's distribution for the same numbers. `falls` marks
variates that decrease in their uniform (X = -θ ln U).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

import fastgrad.distributions.families as d


class Case(NamedTuple):
    """One distribution at one point."""

    kind: type
    parameters: dict[str, float]
    distribution: Callable[..., Any]
    falls: bool = False

    def make(self, **changed: float) -> Any:
        return self.kind(**{**self.parameters, **changed})

    def reference(self, **changed: float) -> Any:
        return self.distribution(*{**self.parameters, **changed}.values())

    @property
    def name(self) -> str:
        numbers = ", ".join(f"{value:g}" for value in self.parameters.values())
        return f"{self.kind.__name__}({numbers})"


class DoubleMaxwell:
    """SciPy's Maxwell distribution on both sides of its location."""

    def __init__(self, location, scale):
        self.location, self.half = location, stats.maxwell(scale=scale)

    def pdf(self, x):
        return 0.5 * self.half.pdf(np.abs(x - self.location))

    def cdf(self, x):
        z = x - self.location
        return np.where(z > 0, 1.0 - 0.5 * self.half.sf(z), 0.5 * self.half.sf(-z))

    def sf(self, x):
        return self.cdf(2.0 * self.location - x)

    def ppf(self, u):
        tail = np.minimum(u, 1.0 - u)
        return self.location + np.sign(u - 0.5) * self.half.isf(2.0 * tail)

    def isf(self, u):
        return 2.0 * self.location - self.ppf(u)


class TwoValues:
    """`high` with probability p, else `low`."""

    def __init__(self, p, high, low):
        self.order = sorted([(low, 1.0 - p), (high, p)])

    def pmf(self, x):
        return sum(np.where(x == value, mass, 0.0) for value, mass in self.order)

    def cdf(self, x):
        return sum(np.where(x >= value, mass, 0.0) for value, mass in self.order)

    def sf(self, x):
        return 1.0 - self.cdf(x)

    def ppf(self, u):
        (least, mass), (most, _) = self.order
        return np.where(u <= mass, least, most)


def lognormal(mu, sigma):
    return stats.lognorm(sigma, scale=np.exp(mu))


def uniform(low, high):
    return stats.uniform(low, high - low)


def triangular(low, mode, high):
    return stats.triang((mode - low) / (high - low), low, high - low)


def pert(low, mode, high):
    width = high - low
    shapes = 1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width
    return stats.beta(*shapes, low, width)


class Image:
    """shift + scale · X of a distribution of SciPy's, scale of either sign."""

    def __init__(self, shift, scale, distribution):
        self.shift, self.scale, self.distribution = shift, scale, distribution

    def inner(self, x):
        return (x - self.shift) / self.scale

    def pdf(self, x):
        return self.distribution.pdf(self.inner(x)) / abs(self.scale)

    def cdf(self, x):
        return (self.distribution.cdf if self.scale > 0 else self.distribution.sf)(self.inner(x))

    def sf(self, x):
        return (self.distribution.sf if self.scale > 0 else self.distribution.cdf)(self.inner(x))

    def ppf(self, u):
        return self.shift + self.scale * (
            self.distribution.ppf if self.scale > 0 else self.distribution.isf
        )(u)

    def isf(self, u):
        return self.shift + self.scale * (
            self.distribution.isf if self.scale > 0 else self.distribution.ppf
        )(u)


class Part:
    """A distribution of SciPy's given low <= X <= high."""

    def __init__(self, low, high, distribution):
        self.low, self.high, self.distribution = low, high, distribution
        self.mass = distribution.cdf(high) - distribution.cdf(low)

    def pdf(self, x):
        inside = (x >= self.low) & (x <= self.high)
        return np.where(inside, self.distribution.pdf(x), 0.0) / self.mass

    def cdf(self, x):
        return np.clip(
            (self.distribution.cdf(x) - self.distribution.cdf(self.low)) / self.mass, 0.0, 1.0
        )

    def sf(self, x):
        return np.clip(
            (self.distribution.sf(x) - self.distribution.sf(self.high)) / self.mass, 0.0, 1.0
        )

    def ppf(self, u):
        return self.distribution.ppf(self.distribution.cdf(self.low) + u * self.mass)

    def isf(self, u):
        return self.distribution.isf(self.distribution.sf(self.high) + u * self.mass)


def image_of_beta(**given):
    shift, scale, a, b = given.values()
    return shift + scale * d.Beta(a, b)


def mirrored_gamma(**given):
    shift, scale, shape, size = given.values()
    image = shift + scale * d.Gamma(shape, size)
    assert image.own["scale"] == -1.0
    return image


def part_of_normal(**given):
    low, high, mean, sd = given.values()
    return d.Truncated(d.Normal(mean, sd), low, high)


def negative_binomial(n, p):
    return stats.nbinom(n, p, loc=n)


CONTINUOUS = [
    Case(d.Exponential, {"mean": 1.4}, lambda mean: stats.expon(scale=mean), falls=True),
    Case(d.Normal, {"mean": 0.4, "sd": 0.8}, stats.norm),
    Case(d.LogNormal, {"mu": 0.2, "sigma": 0.5}, lognormal),
    Case(d.Uniform, {"low": -0.3, "high": 1.5}, uniform),
    Case(d.Gamma, {"shape": 2.3, "scale": 0.9}, lambda shape, scale: stats.gamma(shape, 0, scale)),
    Case(d.Gamma, {"shape": 0.4, "scale": 1.5}, lambda shape, scale: stats.gamma(shape, 0, scale)),
    Case(
        d.Erlang, {"stages": 3, "scale": 0.9}, lambda stages, scale: stats.gamma(stages, 0, scale)
    ),
    Case(
        d.Weibull,
        {"shape": 1.7, "scale": 1.2},
        lambda shape, scale: stats.weibull_min(shape, scale=scale),
        falls=True,
    ),
    Case(
        d.Pareto,
        {"shape": 2.5, "scale": 1.2},
        lambda shape, scale: stats.pareto(shape, scale=scale),
        falls=True,
    ),
    Case(d.Triangular, {"low": 0.5, "mode": 1.2, "high": 2.5}, triangular),
    Case(d.Cauchy, {"location": 0.5, "scale": 0.8}, stats.cauchy),
    Case(d.Gumbel, {"location": 0.4, "scale": 0.7}, stats.gumbel_r),
    Case(d.Logistic, {"location": 0.3, "scale": 0.6}, stats.logistic),
    Case(d.Beta, {"a": 2.2, "b": 1.8}, stats.beta),
    Case(d.Beta, {"a": 0.6, "b": 3.0}, stats.beta),
    Case(d.Maxwell, {"location": 0.4, "scale": 0.8}, DoubleMaxwell),
    Case(d.StudentT, {"degrees": 4.3, "location": 0.3, "scale": 0.8}, stats.t),
    Case(d.PERT, {"low": 0.5, "mode": 1.2, "high": 2.5}, pert),
    Case(
        image_of_beta,
        {"shift": 2.0, "scale": 6.0, "base.a": 2.6, "base.b": 3.0},
        lambda shift, scale, a, b: Image(shift, scale, stats.beta(a, b)),
    ),
    Case(
        mirrored_gamma,
        {"shift": 3.0, "scale": -1.0, "base.shape": 2.3, "base.scale": 0.9},
        lambda shift, scale, shape, size: Image(shift, scale, stats.gamma(shape, 0, size)),
        falls=True,
    ),
    Case(
        part_of_normal,
        {"low": -0.5, "high": 1.4, "base.mean": 0.4, "base.sd": 0.8},
        lambda low, high, mean, sd: Part(low, high, stats.norm(mean, sd)),
    ),
]

DISCRETE = [
    Case(d.Bernoulli, {"p": 0.3, "high": 1.5, "low": -0.5}, TwoValues, falls=True),
    Case(d.Geometric, {"p": 0.35}, stats.geom, falls=True),
    Case(d.Poisson, {"mean": 2.2}, stats.poisson),
    Case(d.Poisson, {"mean": 57.3}, stats.poisson),
    Case(d.Binomial, {"n": 6, "p": 0.4}, stats.binom),
    Case(d.Binomial, {"n": 200, "p": 0.8}, stats.binom),
    Case(d.NegativeBinomial, {"n": 3, "p": 0.45}, negative_binomial),
    Case(d.NegativeBinomial, {"n": 4, "p": 0.07}, negative_binomial),
]

CASES = CONTINUOUS + DISCRETE
