"""Exact prices of options: reference values, and integrals of the distribution of the price."""

import itertools

import numpy as np
import pytest
from references import REFERENCES, for_each
from scipy import integrate
from scipy.stats import norm

import fastgrad as fg

SETS = {
    "atm": {"spot": 100.0, "strike": 100.0, "rate": 0.05, "dividend": 0.0,
            "volatility": 0.2, "maturity": 1.0},
    "otm": {"spot": 100.0, "strike": 120.0, "rate": 0.03, "dividend": 0.01,
            "volatility": 0.3, "maturity": 0.5},
    "itm": {"spot": 50.0, "strike": 40.0, "rate": 0.05, "dividend": 0.02,
            "volatility": 0.25, "maturity": 2.0},
}  # fmt: skip
CLOSED = [
    name for name in REFERENCES
    if name.startswith(("opt.atm.", "opt.otm.", "opt.itm.")) and ".var." not in name
]  # fmt: skip
NAMES = {"dCdT": "maturity", "dPdT": "maturity", "dT": "maturity", "vega": "volatility",
         "rho": "rate", "delta": "spot"}  # fmt: skip
OTHERS = [
    {"spot": 95.0, "strike": 105.0, "rate": 0.04, "dividend": 0.01, "volatility": 0.35,
     "maturity": 1.7},
    {"spot": 12.0, "strike": 9.0, "rate": -0.01, "dividend": 0.03, "volatility": 0.15,
     "maturity": 0.25},
]  # fmt: skip


@for_each(CLOSED)
def test_closed_forms_give_the_reference_values(name):
    _, which, quantity = name.split(".")
    given = SETS[which]
    if quantity.startswith("dig"):
        made = fg.exact.digital_option(**given)
        quantity = quantity.removeprefix("dig").removeprefix("_") or "price"
    else:
        put = quantity.startswith(("put", "dP")) or quantity.endswith("_put")
        made = fg.exact.black_scholes(**given, kind="put" if put else "call")
        quantity = quantity.removesuffix("_put").removesuffix("_call")
        quantity = {"put": "price", "call": "price"}.get(quantity, quantity)
    if quantity in NAMES:
        found = made.gradient[NAMES[quantity]]
    else:
        found = getattr(made, quantity)
    assert found == pytest.approx(REFERENCES[name]["value"], rel=1e-11, abs=1e-12)


def terminal(given):
    """The log of S_T is normal: its mean and standard deviation."""
    square = given["volatility"] ** 2
    drift = (given["rate"] - given["dividend"] - 0.5 * square) * given["maturity"]
    return np.log(given["spot"]) + drift, np.sqrt(square * given["maturity"])


def expectation(function, given, points=()):
    """E function(S_T) e^(-rT), by quadrature between the points where it is not smooth."""
    mean, sd = terminal(given)
    ends = sorted({-12.0, 12.0, *((np.log(p) - mean) / sd for p in points)})
    whole = sum(
        integrate.quad(
            lambda z: function(np.exp(mean + sd * z)) * norm.pdf(z), a, b, epsabs=1e-13, limit=400
        )[0]
        for a, b in itertools.pairwise(ends)
    )
    return np.exp(-given["rate"] * given["maturity"]) * whole


@pytest.mark.parametrize("given", OTHERS)
@pytest.mark.parametrize("kind", ["call", "put"])
def test_plain_and_digital_prices_are_integrals_of_the_payoff(given, kind):
    sign = 1.0 if kind == "call" else -1.0
    strike = given["strike"]
    plain = expectation(lambda s: max(sign * (s - strike), 0.0), given, [strike])
    assert fg.exact.black_scholes(**given, kind=kind).price == pytest.approx(plain, abs=1e-9)
    for pays, amount in (("cash", lambda s: 1.0), ("asset", lambda s: s)):
        digital = expectation(
            lambda s, amount=amount: amount(s) * (sign * (s - strike) > 0.0), given, [strike]
        )
        found = fg.exact.digital_option(**given, kind=kind, pays=pays).price
        assert found == pytest.approx(digital, abs=1e-9)


@pytest.mark.parametrize("given", OTHERS)
@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("style", ["down-and-in", "down-and-out", "up-and-in", "up-and-out"])
@pytest.mark.parametrize("place", [0.8, 0.97])
def test_barrier_prices_are_integrals_over_the_bridge(given, kind, style, place):
    down = style.startswith("down")
    barrier = given["spot"] * (place if down else 1.0 / place)
    sign = 1.0 if kind == "call" else -1.0
    sd = terminal(given)[1]

    def alive(s):
        """The probability that the bridge from spot to s does not touch the barrier."""
        if (s <= barrier) if down else (s >= barrier):
            return 0.0
        far = np.log(given["spot"] / barrier) * np.log(s / barrier)
        return -np.expm1(-2.0 * far / sd**2)

    def paid(s):
        probability = alive(s) if style.endswith("out") else 1.0 - alive(s)
        return max(sign * (s - given["strike"]), 0.0) * probability

    wanted = expectation(paid, given, [given["strike"], barrier])
    made = fg.exact.barrier_option(**given, barrier=barrier, style=style, kind=kind)
    assert made.price == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("given", OTHERS)
@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("fixed", [None, 0.9, 1.1])
def test_lookback_prices_are_integrals_over_the_law_of_the_extreme(given, kind, fixed):
    spot, t, sigma = given["spot"], given["maturity"], given["volatility"]
    drift = given["rate"] - given["dividend"] - 0.5 * sigma**2
    on_maximum = (kind == "put") if fixed is None else (kind == "call")
    side = 1.0 if on_maximum else -1.0
    root = sigma * np.sqrt(t)

    def beyond(m):
        """P(the extreme lies beyond spot e^(± m)), m ≥ 0, by reflection."""
        mu = side * drift
        first = norm.cdf((-m + mu * t) / root)
        return first + np.exp(2.0 * mu * m / sigma**2) * norm.cdf((-m - mu * t) / root)

    def moved(low):
        """E (± (extreme - spot e^(± low)))⁺."""
        whole = integrate.quad(lambda m: spot * np.exp(side * m) * beyond(m), low, 14.0 * root,
                               epsabs=1e-13, limit=400)  # fmt: skip
        return whole[0]

    discount = np.exp(-given["rate"] * t)
    mean = spot * np.exp((given["rate"] - given["dividend"]) * t)
    others = {k: v for k, v in given.items() if k != "strike"}
    if fixed is None:
        wanted = discount * (moved(0.0) + side * (spot - mean))
        made = fg.exact.lookback_option(**others, kind=kind)
    else:
        strike = fixed * spot
        inside = max(side * (spot - strike), 0.0)
        wanted = discount * (moved(max(side * np.log(strike / spot), 0.0)) + inside)
        made = fg.exact.lookback_option(**others, kind=kind, strike=strike)
    assert made.price == pytest.approx(wanted, abs=1e-8)


@for_each(["opt.doc", "opt.lookback", "opt.geoasian.m4"])
def test_path_dependent_closed_forms(name):
    atm = SETS["atm"]
    others = {k: v for k, v in atm.items() if k != "strike"}
    if name == "opt.doc":
        made = fg.exact.barrier_option(**atm, barrier=90.0)
        found = [made.price, made.delta]
    elif name == "opt.lookback":
        made = fg.exact.lookback_option(**others)
        found = [made.price, made.delta, made.vega]
    else:
        made = fg.exact.geometric_asian(100.0, 105.0, 0.05, 0.3, 1.0, 4, dividend=0.02)
        found = [made.price, made.delta]
    # The reference of the lookback's vega is a difference: 1.6e-5 from the traced derivative.
    allowed = 2.0 * REFERENCES[name]["abs_error"] + 1e-10
    assert found == pytest.approx(REFERENCES[name]["value"], abs=allowed)


@for_each(["opt.amer_call.opt", "opt.amer_call.s110"])
def test_american_call_with_one_dividend(name):
    given = (100.0, 100.0, 0.05, 0.3, 1.0, 8.0, 0.5)
    wanted = REFERENCES[name]["value"]
    if name.endswith("s110"):
        made = fg.exact.american_call_one_dividend(*given, threshold=110.0)
        found = [made.price, made.gradient["threshold"], made.delta]
        wanted = wanted[:3]
    else:
        made = fg.exact.american_call_one_dividend(*given)
        found, wanted = [made.price, made.delta], wanted[1:]
    assert found == pytest.approx(wanted, abs=3e-8)


@pytest.mark.parametrize("given", OTHERS)
def test_exchange_option_is_a_call_under_the_law_of_the_ratio(given):
    other, second, rho = given["strike"], 0.4, 0.3
    made = fg.exact.exchange_option(
        given["spot"], other, given["volatility"], second, rho, given["maturity"],
        given["dividend"], 0.02,
    )  # fmt: skip
    t = given["maturity"]

    def given_other(z):
        """S_T given the other price's normal z is lognormal: a call in closed form."""
        paid = other * np.exp((-0.02 - 0.5 * second**2) * t + second * np.sqrt(t) * z)
        tilt = np.exp(given["volatility"] * rho * np.sqrt(t) * z
                      - 0.5 * (given["volatility"] * rho) ** 2 * t)  # fmt: skip
        left = given["volatility"] * np.sqrt(1.0 - rho**2)
        call = fg.exact.black_scholes(
            given["spot"] * tilt, paid, 0.0, left, t, given["dividend"]
        ).price  # fmt: skip
        return call * norm.pdf(z)

    wanted = integrate.quad(given_other, -10.0, 10.0, epsabs=1e-10)[0]
    assert made.price == pytest.approx(wanted, abs=1e-8)


def test_merton_is_the_mean_over_jumps_and_heston_meets_known_values():
    spot, strike, rate, sigma, t, lam, mu, sd = 100.0, 105.0, 0.03, 0.2, 1.5, 0.8, -0.1, 0.15
    made = fg.exact.merton_jumps(spot, strike, rate, sigma, t, lam, mu, sd)
    gain = np.exp(mu + 0.5 * sd**2) - 1.0

    def integrand(u):  # Lewis' contour, from the characteristic function of the log-price
        w = u - 0.5j
        drift = (rate - 0.5 * sigma**2 - lam * gain) * t
        jump = np.exp(1j * w * mu - 0.5 * (w * sd) ** 2) - 1.0
        phi = np.exp(1j * w * drift - 0.5 * (w * sigma) ** 2 * t + lam * t * jump)
        return (np.exp(1j * w * np.log(spot)) * phi * strike ** (-1j * u)).real / (u * u + 0.25)

    whole = integrate.quad(integrand, 0.0, 200.0, epsabs=1e-12, limit=500)[0]
    wanted = spot - np.sqrt(strike) * np.exp(-rate * t) / np.pi * whole
    assert made.price == pytest.approx(wanted, abs=1e-8)
    # S = K = 100, a year: 5.785155 (Fang and Oosterlee 2008, table 4).
    heston = fg.exact.heston(100.0, 100.0, 0.0, 1.0, 0.0175, 1.5768, 0.0398, 0.5751, -0.5711)
    assert heston.price == pytest.approx(5.785155450, abs=2e-8)
    calm = fg.exact.heston(100.0, 110.0, 0.03, 0.7, 0.04, 1.0, 0.04, 1e-2, 0.0, 0.01)
    plain = fg.exact.black_scholes(100.0, 110.0, 0.03, 0.2, 0.7, 0.01)
    assert calm.price == pytest.approx(plain.price, abs=1e-3)
    assert calm.delta == pytest.approx(plain.delta, abs=1e-4)


@pytest.mark.parametrize("given", OTHERS)
def test_derivatives_are_those_of_the_price(given):
    """Greeks come from the formula by tracing; differences of the price know nothing of it."""
    makers = [
        lambda **at: fg.exact.black_scholes(**at),
        lambda **at: fg.exact.digital_option(**at, kind="put"),
        lambda **at: fg.exact.barrier_option(
            **at, barrier=0.8 * given["spot"], style="down-and-in"
        ),
        lambda **at: fg.exact.geometric_asian(**at, steps=6),
        lambda **at: fg.exact.lookback_option(**at, kind="call"),
    ]
    for maker in makers:
        made = maker(**given)
        for name, value in given.items():
            h = 1e-5 * max(abs(value), 0.1)
            up, down = (maker(**{**given, name: value + k * h}) for k in (1.0, -1.0))
            first = (up.price - down.price) / (2.0 * h)
            assert made.gradient[name] == pytest.approx(first, rel=1e-6, abs=1e-7)
            for other in given:
                second = (up.gradient[other] - down.gradient[other]) / (2.0 * h)
                assert made.hessian[name][other] == pytest.approx(second, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("change", [
    {"spot": 0.0}, {"strike": -1.0}, {"volatility": -0.2}, {"maturity": 0.0}, {"rate": np.nan},
    {"kind": "straddle"},
])  # fmt: skip
def test_arguments_out_of_range_are_named(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        fg.exact.black_scholes(**{**SETS["atm"], **change})
