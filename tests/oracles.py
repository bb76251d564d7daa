"""Slow, obvious versions of what the kernels do, in NumPy and SciPy: nothing is shared with them.

Arrays are (draws, replications). A queue has gaps, (N - 1, R), and services, (N, R).
"""

import dataclasses
import itertools

import numpy as np
from scipy import stats
from uniforms import sample

# The distributions, by SciPy


class Point:
    """A constant, with the few methods that are used of SciPy's distributions."""

    def __init__(self, value):
        self.value = value

    def ppf(self, u):
        return np.full(np.shape(u), self.value)

    def cdf(self, x):
        return np.where(np.asarray(x) >= self.value, 1.0, 0.0)

    def sf(self, x):
        return 1.0 - self.cdf(x)

    def mean(self):
        return self.value

    def support(self):
        return self.value, self.value


SCIPY = {
    "Deterministic": Point,
    "Erlang": lambda stages, scale: stats.gamma(stages, scale=scale),
    "Exponential": lambda mean: stats.expon(scale=mean),
    "Gamma": lambda shape, scale: stats.gamma(shape, scale=scale),
    "LogNormal": lambda mu, sigma: stats.lognorm(sigma, scale=np.exp(mu)),
    "Normal": lambda mean, sd: stats.norm(mean, sd),
    "Uniform": lambda low, high: stats.uniform(low, high - low),
    "Weibull": lambda shape, scale: stats.weibull_min(shape, scale=scale),
}


def by_scipy(distribution):
    """SciPy's form of a fastgrad distribution."""
    return SCIPY[type(distribution).__name__](*distribution.values)


# Variates that are quantiles of 1 - u: X = -θ ln u
FALLING = ("Exponential", "Weibull")


def variates(distribution, u):
    """Variates by inversion, in the direction in which the kernels invert."""
    one, name = by_scipy(distribution), type(distribution).__name__
    return one.isf(u) if name in FALLING else one.ppf(u)


normal_ppf = stats.norm.ppf


def moved(distribution, parameter, step):
    """The same distribution with one parameter a little larger."""
    value = getattr(distribution, parameter) + step
    return dataclasses.replace(distribution, **{parameter: value})


def slope(function, step):
    """Derivative at 0 by differences of fourth order: error O(step⁴) and O(1e-16/step)."""
    far, near = (function(k * step) - function(-k * step) for k in (2, 1))
    return (8.0 * near - far) / (12.0 * step)


# The random numbers


def input_uniforms(which, draws, replications, seed, first=0):
    """Uniforms of one input, (draws, replications)."""
    return sample(draws + draws % 2, replications, stream=which, replication=first, seed=seed)[
        :draws
    ]


# The queue


def times_in_system(gaps, services):
    """(N, R) by Lindley's recursion, in the order of the kernel's operations."""
    times = [services[0]]
    for gap, service in zip(gaps, services[1:], strict=True):
        times.append(service + np.maximum(times[-1] - gap, 0.0))
    return np.array(times)


def output(gaps, services):
    """(R,) mean time in system."""
    return times_in_system(gaps, services).mean(axis=0)


def busy_period_derivative(gaps, services, gap_tangents, service_tangents):
    """(R,) the triple sum of Fu (2005), eq. 32, one replication and one busy period at a time.

    A customer's time in system moves with the service times of its busy period up to its
    own, and against the interarrival times between them.
    """
    times = times_in_system(gaps, services)
    customers, replications = times.shape
    total = np.zeros(replications)
    for r in range(replications):
        starts = [0] + [n + 1 for n in range(customers - 1) if times[n, r] < gaps[n, r]]
        for first, last in zip(starts, [*starts[1:], customers], strict=True):
            for n in range(first, last):
                total[r] += service_tangents[first : n + 1, r].sum()
                total[r] -= gap_tangents[first:n, r].sum()
    return total / customers


def replaced(x, draw, values):
    """x with one draw replaced."""
    changed = x.copy()
    changed[draw] = values
    return changed


def phantom_sum(gaps, services, plus, minus, of_gaps):
    """(R,) Σ_k Y(…, X_k⁺, …) - Y(…, X_k⁻, …), each by two whole simulations."""
    total = np.zeros(services.shape[1])
    for draw in range(len(plus)):
        for sign, values in ((1.0, plus[draw]), (-1.0, minus[draw])):
            if of_gaps:
                total += sign * output(replaced(gaps, draw, values), services)
            else:
                total += sign * output(gaps, replaced(services, draw, values))
    return total


# Exact values for two customers, whatever the distributions


def two_customers(interarrival, service):
    """E[(T₁ + T₂)/2] = E[X] + E[(X - A)⁺]/2, and E[(X - A)⁺] = ∫ P(A ≤ t) P(X > t) dt."""
    gap, work = by_scipy(interarrival), by_scipy(service)
    low = max(gap.support()[0], -50.0)
    high = min(work.support()[1], float(np.max(work.ppf(1.0 - 1e-15))) + 5.0)
    corners = {low, high}
    for one in (gap, work):
        quantiles = one.ppf([1e-9, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1 - 1e-4, 1 - 1e-9])
        corners |= {float(x) for x in (*one.support(), *quantiles) if low < x < high}
    nodes, weights = np.polynomial.legendre.leggauss(40)
    waiting = 0.0
    for a, b in itertools.pairwise(sorted(corners)):
        t = 0.5 * (a + b) + 0.5 * (b - a) * nodes
        waiting += 0.5 * (b - a) * float(weights @ (gap.cdf(t) * work.sf(t)))
    return float(work.mean()) + 0.5 * waiting
