"""Mortgage-backed securities: against a plain loop on the same uniforms, and closed forms."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import special
from tolerance import accept, bound
from uniforms import sample

import fastgrad as fg
import fastgrad.finance as fin

CELLS = 40  # comparisons in this file, at most
Z = bound(CELLS)
PERIODS, PAYMENTS = 8, 2
BASE = {"rate": 0.05, "vol": 0.012, "pull": 0.3, "coupon": 0.06, "steep": 90.0, "spread": 0.004,
        "k1": 0.001, "k3": -0.002}  # fmt: skip
RULE = fin.RefinancingIncentive(0.03, 0.4, 90.0, 0.004, seasoning=2.0, burnout=0.3)


def security(t, rule=RULE):
    t = BASE | t
    rates = fin.Vasicek(
        t["rate"], t["pull"], 0.055, t["vol"], key_rates={1.0: t["k1"], 3.0: t["k3"]}
    )
    if rule is not None:
        rule = dataclasses.replace(rule, steepness=t["steep"])
    return fin.MortgageBackedSecurity(
        rates, t["coupon"], PERIODS / PAYMENTS, rule, PAYMENTS, 0.0025, t["spread"], age=0.5
    )


def oracle(t, z):
    """The discounted cash flows of one path of normals, written down as they are defined."""
    t, h = BASE | t, 1.0 / PAYMENTS
    a, keep = t["pull"], math.exp(-t["pull"] * h)
    sd = t["vol"] * math.sqrt((1 - keep**2) / (2 * a))
    bridge = (t["vol"] / a) ** 2 * (h - 2 / a * math.tanh(a * h / 2))
    rate, balance, scheduled, value, discount = t["rate"], 1.0, 1.0, 0.0, 1.0
    due = t["coupon"] * h

    def curve(time):
        return time * np.interp(time, [1.0, 3.0], [t["k1"], t["k3"]])

    for k in range(PERIODS):
        after = 0.055 + keep * (rate - 0.055) + sd * z[k]
        shift = (curve((k + 1) * h) - curve(k * h)) / h
        grown = 0.055 * h + math.tanh(a * h / 2) / a * (rate + after - 0.11)
        discount *= math.exp(-grown + bridge / 2 - (shift + t["spread"]) * h)
        level = balance * due / (1 - (1 + due) ** (k - PERIODS))
        left = balance / scheduled
        owed = balance - (level - due * balance)
        gain = t["coupon"] - (rate + shift) - 0.004
        share = (0.03 + 0.4 / (1 + math.exp(-t["steep"] * gain))) * (1 - 0.3 * (1 - left))
        share *= min((0.5 + (k + 1) * h) / 2.0, 1.0)
        prepaid = (1 - (1 - share) ** h) * owed
        value += discount * (level - 0.0025 * h * balance + prepaid)
        plan = scheduled * due / (1 - (1 + due) ** (k - PERIODS))
        scheduled, balance, rate = scheduled - (plan - due * scheduled), owed - prepaid, after
    return value


def test_derivatives_are_those_of_each_path():
    """Differences of the loop above on the same uniforms; errors of O(step²), rounding / step."""
    lanes, names = 16, list(BASE)
    paths = special.ndtri(sample(PERIODS, lanes, seed=3)).T
    at = np.array(list(BASE.values()))
    size = {n: 1e-3 * max(abs(BASE[n]), 0.01) for n in names}

    def mean(moved):
        return np.mean([oracle(dict(zip(names, moved, strict=True)), z) for z in paths])

    first = fg.gradient(security, BASE, "ipa", lanes, seed=3)
    second = fg.gradient(security, BASE, "ipa", lanes, seed=3, order=2)
    assert first.performance.value == pytest.approx(mean(at), rel=1e-12)
    for i, a in enumerate(names):
        ea = size[a] * np.eye(len(at))[i]
        slope = (mean(at + ea) - mean(at - ea)) / (2 * size[a])
        assert first.gradient[a] == pytest.approx(slope, rel=1e-4, abs=1e-7), a
        for j, b in enumerate(names[: i + 1]):
            eb = size[b] * np.eye(len(at))[j]
            ends = mean(at + ea + eb) - mean(at + ea - eb) - mean(at - ea + eb) + mean(at - ea - eb)
            bend = ends / (4 * size[a] * size[b])
            rounding = 1e-15 / (size[a] * size[b])
            assert second.gradient[a][b] == pytest.approx(bend, rel=1e-3, abs=rounding), (a, b)


YEARLY = (1.0142813, -1.564382846, -0.04527928345, -16.04991867)  # P, by r, by σ, twice by r
PULL = -math.log(0.8)
SCALE = math.sqrt(2 * PULL / (1 - 0.64))  # the volatility a year for one deviation of a step


def yearly(t, rule=None):
    rates = fin.Vasicek(
        t["rate"], PULL, 0.055, SCALE * t["sd"], key_rates={1.0: 0.0}, account="period"
    )
    rule = fin.RefinancingIncentive() if rule is None else rule
    return fin.MortgageBackedSecurity(rates, 0.06, 4.0, rule, payments=1)


def yearly_value(rate, sd, nodes=24):
    """By Gauss-Hermite quadrature over the three normals."""
    z, w = np.polynomial.hermite_e.hermegauss(nodes)
    grid = np.array(np.meshgrid(z, z, z)).reshape(3, -1)
    weights = np.array(np.meshgrid(w, w, w)).reshape(3, -1).prod(0) / (2 * np.pi) ** 1.5
    r, balance, value, log = rate, 1.0, 0.0, 0.0
    for k in range(4):
        log = log - r
        due = balance * 0.06 / (1 - 1.06 ** (k - 4))
        left = balance - (due - 0.06 * balance)
        share = 0.02 + 0.38 / (1 + np.exp(-120 * (0.06 - r - 0.005)))
        value = value + (due + share * left) * np.exp(log)
        balance = left * (1 - share)
        r = r + 0.2 * (0.055 - r) + sd * grid[k] if k < 3 else r
    return float(weights @ np.broadcast_to(value, weights.shape))


def test_the_case_with_yearly_payments():
    h = 1e-4
    low, now, high = (yearly_value(0.05 + s, 0.008) for s in (-h, 0.0, h))
    assert now == pytest.approx(YEARLY[0], abs=1e-7)
    assert (high - low) / (2 * h) == pytest.approx(YEARLY[1], rel=1e-4)
    assert (high - 2 * now + low) / h**2 == pytest.approx(YEARLY[3], rel=1e-3)


def test_durations_are_those_of_the_case_and_key_rates_add_up():
    made = fin.durations(yearly, {"rate": 0.05, "sd": 0.008}, [1.0, 2.0, 4.0], 40_000, seed=4)
    exact = {
        "price": YEARLY[0],
        "short_rate_duration": -YEARLY[1] / YEARLY[0],
        "short_rate_convexity": YEARLY[3] / YEARLY[0],
        "vega": YEARLY[2] / SCALE,
    }
    for name, wanted in exact.items():
        assert abs(made[name].value - wanted) < Z * made[name].standard_error + 1e-7, name
    keys = made.key_rate_durations
    assert [*keys] == [1.0, 2.0, 4.0]
    assert sum(key.value for key in keys.values()) == pytest.approx(made.duration.value, rel=1e-10)
    assert made.convexity_matrix.sum() == pytest.approx(made.convexity.value, rel=1e-9)
    assert made["convexity 2"].value == made.convexity_matrix[1, 1]
    for greek in made:
        assert greek.low < greek.value < greek.high, greek.name
    assert "duration 4" in str(made)
    assert "spread_duration" in {row["name"] for row in made.rows()}


@pytest.mark.slow
def test_the_interval_of_a_duration_is_that_of_the_ratio():
    """Against the variation of the ratio over independent runs, within chi-squared bounds."""
    runs = [
        fin.durations(yearly, {"rate": 0.05, "sd": 0.008}, [1.0], 500, seed=s) for s in range(24)
    ]
    for name in ("duration", "convexity"):
        found = np.var([run[name].value for run in runs], ddof=1)
        said = np.mean([run[name].standard_error ** 2 for run in runs])
        assert 0.2 < found / said < 2.9, name  # 23 degrees of freedom: outside once in a million


def test_without_prepayment_it_is_an_annuity():
    """Under Vasicek's bonds, with the curve on top."""

    def level(t):
        rates = fin.Vasicek(t["rate"], t["pull"], 0.055, t["vol"], key_rates={2.0: t["shift"]})
        return fin.MortgageBackedSecurity(rates, 0.06, 3.0, fin.PSA(0.0), payments=2)

    at = {"rate": 0.04, "pull": 0.3, "vol": 0.02, "shift": 0.01}
    paid = 0.03 / (1 - 1.03**-6)
    ends = np.arange(1, 7) / 2
    bonds = [fg.exact.vasicek_bond(0.04, 0.3, 0.055, 0.02, end) for end in ends]
    shifted = np.exp(-0.01 * ends) * paid
    exact = {
        name: float(shifted @ [bond.gradient[long] for bond in bonds])
        for name, long in (("rate", "rate"), ("pull", "mean_reversion"), ("vol", "volatility"))
    }
    prices = np.array([bond.price for bond in bonds])
    made = fg.gradient(level, at, "ipa", 20_000, seed=5)
    accept(made.performance, float(shifted @ prices), CELLS)
    accept(made, exact | {"shift": -float((shifted * ends) @ prices)}, CELLS)


def test_a_bond_of_vasicek():
    """His formula against quadrature of the normal ∫r."""
    a, b, s, r, end = 0.3, 0.055, 0.02, 0.04, 5.0
    t, w = np.polynomial.legendre.leggauss(40)
    t, w = 0.5 * end * (t + 1), 0.5 * end * w
    mean = w @ (b + (r - b) * np.exp(-a * t))
    variance = w @ ((s / a * (1 - np.exp(-a * (end - t)))) ** 2)
    made = fg.exact.vasicek_bond(r, a, b, s, end)
    assert made.price == pytest.approx(math.exp(-mean + variance / 2), rel=1e-12)


def half(rate, age, left, p):
    return p.most / (1.0 + math.exp(-120.0 * (p.coupon - rate - 0.005))) + 0.02


def cliff(rate, age, left, p):
    return 0.3 if rate < 0.05 else 0.1


@pytest.mark.slow
def test_a_rule_of_the_users_own():
    own = yearly({"rate": 0.05, "sd": 0.008}, fin.Prepayment(half, {"most": 0.38}))
    built = yearly({"rate": 0.05, "sd": 0.008})
    mine, theirs = fg.simulate(own, 1000, seed=1), fg.simulate(built, 1000, seed=1)
    assert mine.value == pytest.approx(theirs.value, rel=1e-12)

    def jumping(r):
        return yearly({"rate": r, "sd": 0.008}, fin.Prepayment(cliff))

    with pytest.raises(fg.NotApplicable, match="the output jumps at"):
        fg.gradient(jumping, 0.051, "ipa", 2000)


RATES = fin.Vasicek(0.05, 0.2, 0.055, 0.01)


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: fin.Vasicek(0.05, 0.0, 0.05, 0.01), ValueError, "mean_reversion must be above 0"),
    (lambda: fin.Vasicek(0.05, 0.1, 0.05, -0.01), ValueError, "volatility must be above 0"),
    (lambda: fin.Vasicek(0.05, 0.1, 0.05, 0.01, key_rates=0.1), TypeError, "must be a dict"),
    (lambda: fin.Vasicek(0.05, 0.1, 0.05, 0.01, key_rates={0.0: 0.1}), ValueError, "above 0"),
    (lambda: fin.Vasicek(0.05, 0.1, 0.05, 0.01, account="x"), ValueError, "account must be"),
    (lambda: fin.MortgageBackedSecurity(0.05, 0.06, 3.0), TypeError, "short_rate must be"),
    (lambda: fin.MortgageBackedSecurity(RATES, 0.0, 3.0), ValueError, "coupon must be above 0"),
    (lambda: fin.MortgageBackedSecurity(RATES, 0.06, 0.3), ValueError, "whole number of periods"),
    (lambda: fin.MortgageBackedSecurity(RATES, 0.06, 3.0, half), TypeError, "prepayment must be"),
    (lambda: fin.RefinancingIncentive(0.7, 0.4), ValueError, r"base \+ span must be between"),
    (lambda: fin.PSA(20.0), ValueError, "between 0 and 1"),
    (lambda: fin.Prepayment(math.exp), TypeError, "must take the rate, the age"),
    (lambda: fin.durations(3.0), TypeError, "must be a function"),
    (lambda: fin.durations(lambda t: 3.0, 1.0), TypeError, "must return a Mortgage"),
])  # fmt: skip
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()
