"""Every family as draws whose parameters are given when they are taken, against quadrature."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

import fastgrad as fg

Z = 6.0
STEP = 1e-4  # of the central differences of the exact means: their error is 1e-8

# Parameters at which the family is tried, and the same distribution of SciPy.
FAMILIES = {
    "Bernoulli": ((0.4, 1.3, -0.2), lambda p, high, low: ([low, high], [1 - p, p])),
    "Beta": ((2.0, 3.0), stats.beta),
    "Binomial": ((5.0, 0.4), stats.binom),
    "Cauchy": ((0.3, 1.0), stats.cauchy),
    "Erlang": ((3.0, 0.7), lambda k, scale: stats.gamma(k, scale=scale)),
    "Exponential": ((1.3,), lambda mean: stats.expon(scale=mean)),
    "Gamma": ((2.5, 0.8), lambda shape, scale: stats.gamma(shape, scale=scale)),
    "Geometric": ((0.4,), stats.geom),
    "Gumbel": ((0.3, 1.2), stats.gumbel_r),
    "LogNormal": ((0.2, 0.5), lambda mu, sigma: stats.lognorm(sigma, scale=math.exp(mu))),
    "Logistic": ((0.3, 1.2), stats.logistic),
    "Maxwell": ((0.2, 1.5), None),
    "NegativeBinomial": ((3.0, 0.4), lambda n, p: stats.nbinom(n, p, loc=n)),
    "Normal": ((0.3, 1.4), stats.norm),
    "PERT": (
        (0.0, 1.0, 4.0),
        lambda a, b, c: stats.beta(
            1 + 4 * (b - a) / (c - a), 1 + 4 * (c - b) / (c - a), loc=a, scale=c - a
        ),
    ),
    "Pareto": ((5.0, 1.2), lambda shape, scale: stats.pareto(shape, scale=scale)),
    "Poisson": ((2.5,), stats.poisson),
    "StudentT": ((7.0, 0.3, 1.2), stats.t),
    "Triangular": ((0.0, 1.0, 4.0), lambda a, b, c: stats.triang((b - a) / (c - a), a, c - a)),
    "Uniform": ((0.5, 3.0), lambda a, b: stats.uniform(a, b - a)),
    "Weibull": ((1.7, 1.4), lambda shape, scale: stats.weibull_min(shape, scale=scale)),
}
SAMPLES = {"ipa": 10_000, "lr": 40_000, "wd": 2_000}  # two phantoms for each of 30 draws
KINDS = {"ipa": "derivative", "lr": "score", "wd": "natural"}


def exact(distribution, values):
    """E[X / (1 + X²)]."""
    made = distribution(*values)
    if isinstance(made, tuple):
        return sum(p * x / (1.0 + x * x) for x, p in zip(*made, strict=True))
    if hasattr(made.dist, "pmf"):
        k = np.arange(400.0)
        return float(np.sum(made.pmf(k) * k / (1.0 + k * k)))

    def at(u):
        x = made.ppf(u)
        return x / (1.0 + x * x)

    return sum(
        integrate.quad(at, a, b, epsabs=1e-12, epsrel=1e-12, limit=400)[0]
        for a, b in ((0.0, 0.02), (0.02, 0.5), (0.5, 0.98), (0.98, 1.0))
    )


def slope(distribution, values, k):
    """Its derivative by one of the parameters."""
    ends = [[*values[:k], values[k] + h, *values[k + 1 :]] for h in (STEP, -STEP)]
    return (exact(distribution, ends[0]) - exact(distribution, ends[1])) / (2.0 * STEP)


def moving(kind):
    """(family, its parameters, the number of one that has this kind of derivative), each."""
    for name, (values, distribution) in FAMILIES.items():
        kernel = getattr(fg, name).kernel
        if distribution is None or (kind == "score" and hasattr(kernel, "unusable")):
            continue
        for k, parameter in enumerate(kernel.PARAMETERS):
            if hasattr(kernel, f"{kind}_{parameter}"):
                yield name, distribution, values, k


SLOW = pytest.mark.slow  # pairs of 15 families compile for a minute


@pytest.mark.parametrize("method", ["ipa", "lr", pytest.param("wd", marks=SLOW)])
def test_every_family(method):
    cells = list(moving(KINDS[method]))
    assert len(cells) >= {"ipa": 25, "lr": 15, "wd": 15}[method]
    inputs, lines = {}, []
    for n, (name, _, values, k) in enumerate(cells):
        inputs[f"x{n}"] = getattr(fg, name).stream(1)
        given = ", ".join(f"p.q{n}" if j == k else repr(v) for j, v in enumerate(values))
        lines.append(f"x = a.x{n}.next({given}); total += x / (1.0 + x * x)")
    source = "def added(a, p):\n    total = 0.0\n" + "".join(f"    {line}\n" for line in lines)
    scope = {}
    exec(source + "    return total\n", scope)

    def build(theta):
        own = {f"q{n}": theta[n] for n in range(len(cells))}
        return fg.Simulation(scope["added"], inputs, own)

    at = np.array([values[k] for _, _, values, k in cells])
    estimate = fg.gradient(build, at, method, replications=SAMPLES[method], seed=1)
    truth = np.array([slope(distribution, values, k) for _, distribution, values, k in cells])
    wrong = np.abs(estimate.gradient - truth) > Z * estimate.standard_error + 1e-6
    assert not wrong.any(), [
        (cells[n][0], cells[n][3], estimate.gradient[n], truth[n], estimate.standard_error[n])
        for n in np.flatnonzero(wrong)
    ]
    mean = sum(exact(distribution, values) for _, distribution, values, _ in cells)
    assert abs(estimate.performance.value - mean) <= Z * estimate.performance.standard_error
