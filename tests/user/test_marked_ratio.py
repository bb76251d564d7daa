"""The generalised likelihood ratio at a marked threshold, against exact values."""

import marked_models as models
import numpy as np
import pytest
from fastgrad.kernels.marks.step import step
from scipy import stats
from tolerance import accept

import fastgrad as fg

SAMPLES = 100_000
CELLS = 40  # comparisons in this file, at most


def agrees(build, at, exact, samples=SAMPLES, method="lr"):
    estimate = fg.gradient(build, at=at, method=method, replications=samples, seed=1)
    accept(estimate, exact, CELLS)
    return estimate


def test_a_digital_option():
    def build(t):
        parameters = {"spot": t[0], "vol": t[1], "strike": t[2]}
        return fg.Simulation(models.digital, {"z": fg.Normal(0.0, 1.0)}, parameters)

    spot, vol, strike = 90.0, 0.3, 110.0
    d2 = (np.log(spot / strike) + 0.05 - 0.5 * vol**2) / vol
    density = np.exp(-0.05) * stats.norm.pdf(d2)
    exact = [density / (spot * vol), -density * (d2 + vol) / vol, -density / (strike * vol)]
    based = agrees(build, [spot, vol, strike], exact)
    estimate = agrees(build, [spot, vol, strike], exact, method=fg.LikelihoodRatio(baseline=False))
    assert based.variance[0] < estimate.variance[0]
    # D 1{S > K} Z / (S0 sigma), the score of the log of the price.
    z = np.random.default_rng(1).standard_normal(400_000)
    paid = z > -d2
    variance = np.var(np.exp(-0.05) * paid * z / (spot * vol))
    assert estimate.variance[0] == pytest.approx(variance, rel=0.03)


def test_an_american_call_with_a_dividend():
    """The output is continuous but for the mark: both parts of the derivative are needed."""

    def build(t):
        inputs = {"first": fg.Normal(0.0, 1.0), "second": fg.Normal(0.0, 1.0)}
        return fg.Simulation(models.american, inputs, {"threshold": t[0], "spot": t[1]})

    agrees(build, [110.0, 100.0], [0.01369293172, 0.5768545694], 400_000)


def shifted(x, p):
    return (1.0 + x.life) * step(x.life < p.age)


def scaled(x, p):
    return step(p.rate * x.life > 1.0)


DISTRIBUTIONS = [
    (lambda: fg.Gamma(4.0, 0.3), stats.gamma(4.0, scale=0.3)),
    (lambda: fg.Weibull(4.0, 1.2), stats.weibull_min(4.0, scale=1.2)),
    (lambda: fg.LogNormal(0.2, 0.5), stats.lognorm(0.5, scale=np.exp(0.2))),
    (lambda: fg.Logistic(1.0, 0.4), stats.logistic(1.0, 0.4)),
    (lambda: fg.Gumbel(1.0, 0.4), stats.gumbel_r(1.0, 0.4)),
    (lambda: fg.Cauchy(1.0, 0.4), stats.cauchy(1.0, 0.4)),
    (lambda: fg.Normal(1.0, 0.4), stats.norm(1.0, 0.4)),
    (lambda: fg.Erlang(4, 0.3), stats.gamma(4.0, scale=0.3)),
]


@pytest.mark.parametrize(("distribution", "exact"), DISTRIBUTIONS, ids=lambda distribution: "")
def test_the_slope_of_every_density(distribution, exact):
    def build(age):
        return fg.Simulation(capped, {"life": distribution()}, {"age": age})

    agrees(build, 1.3, [exact.pdf(1.3)])


def capped(x, p):
    return step(x.life < p.age)


def test_an_exponential_that_is_scaled_but_not_one_that_is_shifted():
    def scaling(rate):
        return fg.Simulation(scaled, {"life": fg.Exponential(0.8)}, {"rate": rate})

    agrees(scaling, 1.5, [np.exp(-1.0 / 1.2) / (0.8 * 1.5**2)])

    def shifting(age):
        return fg.Simulation(shifted, {"life": fg.Exponential(0.8)}, {"age": age})

    with pytest.raises(
        fg.NotApplicable, match="does not vanish at the end of its range"
    ) as refusal:
        fg.gradient(shifting, 1.5, "lr", 1000)
    assert "spa" in refusal.value.alternatives


def test_scores_and_ratios_in_one_run():
    def build(t):
        return fg.Simulation(scaled, {"life": fg.Exponential(t["mean"])}, {"rate": t["rate"]})

    at = {"mean": 0.8, "rate": 1.5}
    estimate = fg.gradient(build, at, "lr", SAMPLES, seed=2)
    tail = np.exp(-1.0 / 1.2)
    for name, value in {"mean": tail / (0.8**2 * 1.5), "rate": tail / (0.8 * 1.5**2)}.items():
        accept(estimate, {name: value}, CELLS)


def kinked(x, p):
    return (3.0 + x.z) * step(max(x.z, 2.0 * x.z) > p.limit)


def fourth_power(x, p):
    return step(x.z * x.z * x.z * x.z > p.limit)


def jumping(x, p):
    return step((x.z if x.z < 1.0 else x.z + 1.0) > p.limit)


@pytest.mark.parametrize(
    ("function", "limit", "reason", "smoothed"),
    [
        (kinked, -0.7, "a kink in z", True),
        (fourth_power, 1.5, "changes its sign more than once", False),
        (jumping, 1.5, "the margin itself jumps", False),
        (models.clinic, 0.7, "exactly one mark on every path", True),
    ],
)
def test_what_has_no_ratio(function, limit, reason, smoothed):
    def build(limit):
        if function is models.clinic:
            inputs = {"gap": fg.Gamma(3.0, 1.0).repeat(3), "service": fg.Gamma(3.0, 1.0).repeat(3)}
        else:
            inputs = {"z": fg.Normal(0.0, 1.0)}
        return fg.Simulation(function, inputs, {"limit": limit})

    with pytest.raises(fg.NotApplicable, match=reason) as refusal:
        fg.gradient(build, limit, "lr", 1000)
    assert ("spa" in refusal.value.alternatives) == smoothed
