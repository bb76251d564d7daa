"""Quantiles and uniforms, ns each on one thread, against NumPy and SciPy."""

import numpy as np
import pytest
import rows
from scipy import special, stats
from timing import Ratio

import fastgrad as fg

# Name: the distribution, the opponent on the same uniforms, the limit of mine / theirs.
SHAPE, MEAN = 2.5, 20.0
QUANTILES = {
    "exponential": (fg.Exponential(0.5), "NumPy's log", np.log, 1.5),
    "Weibull": (fg.Weibull(SHAPE, 0.5), "NumPy's log", np.log, 1.5),
    "normal": (fg.Normal(1.0, 2.0), "SciPy's ndtri", special.ndtri, 1 / 3),
    "gamma": (
        fg.Gamma(SHAPE, 0.5),
        "SciPy's gamma.ppf",
        lambda u, out: stats.gamma.ppf(u, SHAPE, scale=0.5),
        0.1,
    ),
    "Poisson": (
        fg.Poisson(MEAN),
        "SciPy's poisson.ppf",
        lambda u, out: stats.poisson.ppf(u, MEAN),
        0.1,
    ),
}
GENERATORS = {"Philox": np.random.Philox, "PCG64": np.random.PCG64, "SFC64": np.random.SFC64}


DISTRIBUTIONS = [
    fg.Uniform(0.0, 1.0), fg.Exponential(0.5), fg.Triangular(0.0, 0.3, 1.0), fg.Pareto(3.0, 1.0),
    fg.Gumbel(0.0, 1.0), fg.Logistic(0.0, 1.0), fg.Weibull(SHAPE, 0.5), fg.Cauchy(0.0, 1.0),
    fg.Normal(1.0, 2.0), fg.LogNormal(0.0, 1.0), fg.Gamma(SHAPE, 0.5), fg.Beta(2.0, 3.0),
    fg.Maxwell(0.0, 1.0), fg.Poisson(MEAN), fg.Binomial(10, 0.3), fg.NegativeBinomial(3, 0.2),
]  # fmt: skip


def sample():
    return np.random.default_rng(1).random(rows.ROW), np.empty(rows.ROW)


@pytest.mark.parametrize("name", QUANTILES)
def test_quantile(compare, share, name):
    """The quantile of one distribution."""
    distribution, opponent, function, most = QUANTILES[name]
    u, out = sample()
    mine, theirs = max(1, int(rows.CALLS * share)), max(1, int(rows.CALLS * share / 20))
    contenders = {
        name: (rows.repeated(rows.variates(distribution, u, out), mine), mine * rows.ROW),
        opponent: (rows.repeated(lambda: function(u, out=out), theirs), theirs * rows.ROW),
    }
    ratios = [Ratio(name, opponent, most=most)]
    compare(f"Quantile, {name}", "variate", contenders, ratios)


def test_every_law(compare, share):
    """What a variate costs, distribution by distribution, beside NumPy's logarithm."""
    u, out = sample()
    calls = max(1, int(rows.CALLS * share))
    work = calls * rows.ROW
    contenders = {"NumPy's log": (rows.repeated(lambda: np.log(u, out=out), calls), work)}
    for distribution in DISTRIBUTIONS:
        run = rows.repeated(rows.variates(distribution, u, out), calls)
        contenders[type(distribution).__name__] = (run, work)
    ratios = [Ratio(type(distribution).__name__, "NumPy's log") for distribution in DISTRIBUTIONS]
    compare("A variate of every distribution", "variate", contenders, ratios)


def test_uniforms(compare, share):
    """Philox in the library against NumPy's generators."""
    _, out = sample()
    calls = max(1, int(rows.CALLS * share))
    work = calls * rows.ROW
    contenders = {"fastgrad's Philox": (rows.repeated(rows.uniforms(out), calls), work)}
    for name, generator in GENERATORS.items():
        source = np.random.Generator(generator(1))
        run = rows.repeated(lambda source=source: source.random(out=out), calls)
        contenders[f"NumPy's {name}"] = (run, work)
    ratios = [Ratio(f"NumPy's {name}", "fastgrad's Philox") for name in GENERATORS]
    compare("Uniforms", "double", contenders, ratios)
