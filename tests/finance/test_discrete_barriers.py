"""Discrete barriers, smoothed by survival step by step: against quadrature, and by path."""

import itertools

import numpy as np
import pytest
from scipy.stats import norm
from tolerance import bound

import fastgrad as fg
import fastgrad.finance as fin

STEPS, RATE, DIVIDEND = 3, 0.05, 0.01
STYLES = ("down-and-out", "down-and-in", "up-and-out", "up-and-in")
BARRIERS = {"down": 92.0, "up": 115.0}
AT = {"spot": 100.0, "vol": 0.25, "K": 100.0}
CELLS = 80  # comparisons in this file, at most
Z = bound(CELLS)


def build(style, kind="call", steps=STEPS, barrier=None):
    barrier = barrier or BARRIERS[style.partition("-")[0]]

    def option(t):
        t = AT | t
        prices = fin.GeometricBrownianMotion(t["spot"], RATE, t["vol"], DIVIDEND)
        paid = fin.Barrier(t["K"], barrier, style, kind, monitoring="discrete")
        return fin.Option(prices, paid, 1.0, steps)

    return option


def exact(style, kind, spot, vol, K, nodes=160):
    """Backwards by Gauss-Legendre, in distances y from the barrier; the last step is Black's."""
    side, sign = (1 if style.startswith("down") else -1), (1 if kind == "call" else -1)
    barrier, dt = BARRIERS[style.partition("-")[0]], 1.0 / STEPS
    s, mean = vol * np.sqrt(dt), (RATE - DIVIDEND - vol**2 / 2) * dt
    z, w = np.polynomial.legendre.leggauss(nodes)
    y, w = 1.5 * (z + 1), 1.5 * w
    strike = np.log(K / barrier)
    low, high = (0.0, 60.0) if side > 0 else (-60.0, 0.0)
    low, high = (max(low, strike), high) if sign > 0 else (low, min(high, strike))
    below, above = ((side * y - end + mean) / s for end in (low, high))
    forward = np.exp(side * y + mean + s * s / 2)
    share = norm.cdf(below + s) - norm.cdf(above + s)
    value = sign * (forward * share - np.exp(strike) * (norm.cdf(below) - norm.cdf(above)))
    value = value if low < high else 0.0 * y
    for start in (*[y] * (STEPS - 2), side * np.log(spot / barrier)):
        moved = np.atleast_1d(start)[:, None] + side * mean
        value = (norm.pdf((y - moved) / s) / s * w) @ value
    out = barrier * np.exp(-RATE) * value[0]
    if style.endswith("out"):
        return out
    plain = fg.exact.black_scholes(spot, K, RATE, vol, 1.0, DIVIDEND, kind)
    return plain.price - out


def derivative(f, names, h=2e-3):
    """By central differences of the smooth quadrature: relative errors of about h²."""
    a, b = names
    steps = {name: h * AT[name] for name in names}
    if a == b:
        ends = [f(**{**AT, a: AT[a] + k * steps[a]}) for k in (-1, 0, 1)]
        return (ends[0] - 2 * ends[1] + ends[2]) / steps[a] ** 2
    total = sum(
        j * k * f(**{**AT, a: AT[a] + j * steps[a], b: AT[b] + k * steps[b]})
        for j, k in itertools.product((-1, 1), repeat=2)
    )
    return total / (4 * steps[a] * steps[b])


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("style", STYLES)
def test_values_and_derivatives_of_both_orders(style, kind):
    def f(**t):
        return exact(style, kind, **t)

    made = fg.gradient(build(style, kind), AT, "spa", 20_000, seed=1)
    price = made.performance
    assert abs(price.value - f(**AT)) < Z * price.standard_error
    for name, at in AT.items():
        h = 1e-3 * at
        wanted = (f(**{**AT, name: at + h}) - f(**{**AT, name: at - h})) / (2 * h)
        off = abs(made.gradient[name] - wanted)
        assert off < Z * made.standard_error[name] + 1e-5 * abs(wanted), name
    at = {name: AT[name] for name in ("spot", "vol")}
    bent = fg.gradient(build(style, kind), at, "spa", 20_000, seed=2, order=2)
    for a, b in itertools.combinations_with_replacement(at, 2):
        wanted = derivative(f, (a, b))
        off = abs(bent.gradient[a][b] - wanted)
        assert off < Z * bent.standard_error[a][b] + 1e-3 * abs(wanted), (a, b)


@pytest.mark.parametrize("style", STYLES)
def test_derivatives_are_those_of_the_smoothed_value(style):
    """On the same paths, with a volatility and a rate for every step."""
    kind = "put" if style == "down-and-out" else "call"

    def curves(t):
        prices = fin.GeometricBrownianMotion(
            t["spot"], [0.02, t["rate"], 0.06], [0.2, 0.25, t["vol"]]
        )
        paid = fin.Barrier(t["K"], 97.0 if style.startswith("down") else 108.0, style, kind,
                           monitoring="discrete")  # fmt: skip
        return fin.Option(prices, paid, 1.5, 6)

    at = {"spot": 101.0, "rate": 0.05, "vol": 0.3, "K": 103.0}
    made = fg.gradient(curves, at, "spa", 64, seed=1)
    for name, centre in at.items():
        h = 1e-5 * centre
        ends = [
            fg.gradient(curves, {**at, name: centre + k * h}, "spa", 64, seed=1).performance.value
            for k in (1, -1)
        ]
        slope = (ends[0] - ends[1]) / (2 * h)
        assert made.gradient[name] == pytest.approx(slope, rel=1e-6, abs=1e-8), name


def test_one_date_is_known_without_sampling():
    found = fg.gradient(build("down-and-out", steps=1), AT, "spa", 100, seed=1)
    beyond = fg.exact.black_scholes(100.0, 100.0, RATE, 0.25, 1.0, DIVIDEND)
    assert found.performance.value == pytest.approx(beyond.price, rel=1e-12)
    assert found.gradient["vol"] == pytest.approx(beyond.vega, rel=1e-11)
    assert found.standard_error["spot"] < 1e-12


def test_greeks_take_it():
    made = fin.greeks(build("down-and-out"), AT, replications=4_000, seed=1)
    assert {made[name].method for name in ("delta", "gamma", "vega", "vanna", "volga")} == {"spa"}


def test_nothing_is_tilted_where_every_step_is_smoothed():
    """What survives pays where the plain option would not, and weights are unbounded there."""
    plain = fg.gradient(build("down-and-out"), AT, "spa", 4_000, seed=1)
    with pytest.warns(fg.EstimateWarning, match="nothing was tilted"):
        made = fg.gradient(build("down-and-out"), AT, "spa", 4_000, seed=1, importance="tilt")
    assert made.gradient == plain.gradient


def test_a_price_beyond_the_barrier_may_come_back():
    """It is looked at later only: against plain Monte Carlo."""
    at = {"spot": 90.0}
    smooth = fg.gradient(build("down-and-out"), at, "spa", 20_000, seed=1).performance
    plain = fg.simulate(build("down-and-out")(at), 100_000, seed=2)
    assert abs(smooth.value - plain.value) < Z * np.hypot(
        smooth.standard_error, plain.standard_error
    )


@pytest.mark.parametrize("prices", [
    lambda s: fin.MertonJumps(s, 0.05, 0.2, 1.0, -0.1, 0.1),
    lambda s: fin.Heston(s, 0.05, 0.04, 2.0, 0.05, 0.3, -0.5),
    lambda s: fin.GeometricBrownianMotion(s, 0.05, 0.2, cash_dividends={0.4: 1.0}),
])  # fmt: skip
def test_other_dynamics_are_refused_by_name(prices):
    def option(s):
        return fin.Option(prices(s), fin.Barrier(100.0, 90.0, monitoring="discrete"), 1.0, 3)

    for order in (1, 2):
        with pytest.raises(fg.NotApplicable, match="every log-return is normal"):
            fg.gradient(option, 100.0, "spa", 100, order=order)
