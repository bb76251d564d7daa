"""Closed forms against QuantLib's, at 200 random parameter sets of each (extra `quantlib`)."""

import importlib
import itertools

import numpy as np
import pytest

import fastgrad as fg

ql = pytest.importorskip("QuantLib")
pytestmark = pytest.mark.slow
SETS = 200
TODAY = ql.Date(2, 1, 2025)
DAYS = ql.Actual365Fixed()


def draws(seed):
    """Dicts of spot, strike, rate, dividend, volatility and maturity in whole days."""
    rng = np.random.default_rng(seed)
    for _ in range(SETS):
        spot = rng.uniform(20.0, 200.0)
        yield {
            "spot": spot, "strike": spot * rng.uniform(0.7, 1.4), "rate": rng.uniform(-0.02, 0.12),
            "dividend": rng.uniform(0.0, 0.08), "volatility": rng.uniform(0.05, 0.6),
            "maturity": int(rng.integers(20, 1500)) / 365.0,
        }, rng  # fmt: skip


def curve(rate):
    return ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, DAYS))


def process(given, prefix=""):
    """Geometric Brownian motion."""
    ql.Settings.instance().evaluationDate = TODAY
    names = {n: prefix + n for n in ("volatility", "dividend")}
    flat = ql.BlackConstantVol(TODAY, ql.NullCalendar(), given[names["volatility"]], DAYS)
    return ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(given["other" if prefix else "spot"])),
        curve(given[names["dividend"]]), curve(given["rate"]), ql.BlackVolTermStructureHandle(flat),
    )  # fmt: skip


def expiry(given):
    return ql.EuropeanExercise(TODAY + round(365.0 * given["maturity"]))


def side(kind):
    return ql.Option.Call if kind == "call" else ql.Option.Put


def near(found, wanted, rel=1e-9):
    assert found == pytest.approx(wanted, rel=rel, abs=1e-9)


@pytest.mark.parametrize("kind", ["call", "put"])
def test_plain_and_digital_options(kind):
    for given, _ in draws(1):
        engine = ql.AnalyticEuropeanEngine(process(given))
        exercise, strike = expiry(given), given["strike"]
        option = ql.VanillaOption(ql.PlainVanillaPayoff(side(kind), strike), exercise)
        option.setPricingEngine(engine)
        made = fg.exact.black_scholes(**given, kind=kind)
        near(made.price, option.NPV())
        near(made.delta, option.delta())
        near(made.gamma, option.gamma())
        near(made.vega, option.vega())
        near(made.rho, option.rho())
        near(made.gradient["dividend"], option.dividendRho())
        for pays, payoff in (
            ("cash", ql.CashOrNothingPayoff(side(kind), strike, 1.0)),
            ("asset", ql.AssetOrNothingPayoff(side(kind), strike)),
        ):
            digital = ql.VanillaOption(payoff, exercise)
            digital.setPricingEngine(engine)
            made = fg.exact.digital_option(**given, kind=kind, pays=pays)
            near(made.price, digital.NPV())
            near(made.delta, digital.delta())
            near(made.gamma, digital.gamma())


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("style", ["down-and-in", "down-and-out", "up-and-in", "up-and-out"])
def test_barriers(style, kind):
    names = {"down-and-in": ql.Barrier.DownIn, "down-and-out": ql.Barrier.DownOut,
             "up-and-in": ql.Barrier.UpIn, "up-and-out": ql.Barrier.UpOut}  # fmt: skip
    for given, rng in draws(2):
        factor = rng.uniform(0.02, 0.3)
        barrier = given["spot"] * (1.0 - factor if style.startswith("down") else 1.0 + factor)
        payoff = ql.PlainVanillaPayoff(side(kind), given["strike"])
        option = ql.BarrierOption(names[style], barrier, 0.0, payoff, expiry(given))
        option.setPricingEngine(ql.AnalyticBarrierEngine(process(given)))
        made = fg.exact.barrier_option(**given, barrier=barrier, style=style, kind=kind)
        near(made.price, option.NPV(), 1e-8)


def test_lookbacks_and_geometric_averages():
    for given, rng in draws(3):
        plain = {k: v for k, v in given.items() if k != "strike"}
        for kind in ("call", "put"):
            engine = ql.AnalyticContinuousFloatingLookbackEngine(process(given))
            payoff = ql.FloatingTypePayoff(side(kind))
            option = ql.ContinuousFloatingLookbackOption(given["spot"], payoff, expiry(given))
            option.setPricingEngine(engine)
            near(fg.exact.lookback_option(**plain, kind=kind).price, option.NPV(), 1e-7)
        steps = int(rng.integers(1, 13))
        days = max(1, round(365.0 * given["maturity"]) // steps)
        given["maturity"] = steps * days / 365.0
        dates = [TODAY + days * (i + 1) for i in range(steps)]
        payoff = ql.PlainVanillaPayoff(ql.Option.Call, given["strike"])
        average = ql.DiscreteAveragingAsianOption(
            ql.Average.Geometric, 1.0, 0, dates, payoff, expiry(given)
        )
        average.setPricingEngine(
            ql.AnalyticDiscreteGeometricAveragePriceAsianEngine(process(given))
        )
        made = fg.exact.geometric_asian(**given, steps=steps)
        near(made.price, average.NPV())
        near(made.delta, average.delta())


def test_exchanges_and_the_better_of_two():
    for given, rng in draws(4):
        given |= {"other": given["spot"] * rng.uniform(0.7, 1.4),
                  "other_volatility": rng.uniform(0.05, 0.6),
                  "other_dividend": rng.uniform(0.0, 0.08)}  # fmt: skip
        rho = rng.uniform(-0.9, 0.9)
        one, two = process(given), process(given, "other_")
        exchange = ql.MargrabeOption(1, 1, expiry(given))
        exchange.setPricingEngine(ql.AnalyticEuropeanMargrabeEngine(one, two, rho))
        own = {k: v for k, v in given.items() if k not in ("strike", "rate")}
        near(fg.exact.exchange_option(**own, correlation=rho).price, exchange.NPV())
        plain = ql.PlainVanillaPayoff(ql.Option.Call, given["strike"])
        for worst, payoff in (
            (False, ql.MaxBasketPayoff(plain)),
            (True, ql.MinBasketPayoff(plain)),
        ):
            basket = ql.BasketOption(payoff, expiry(given))
            basket.setPricingEngine(ql.StulzEngine(one, two, rho))
            made = fg.exact.options.best_of._price("call", worst, **given, correlation=rho)
            near(made, basket.NPV(), 1e-8)


def test_mertons_series():
    """Bates' model with a variance that hardly moves: QuantLib's Merton engine has no binding."""
    for given, rng in itertools.islice(draws(5), 20):
        jumps = {"intensity": rng.uniform(0.05, 2.0), "jump_mean": rng.uniform(-0.3, 0.2),
                 "jump_deviation": rng.uniform(0.05, 0.4)}  # fmt: skip
        ql.Settings.instance().evaluationDate = TODAY
        variance = given["volatility"] ** 2
        moving = ql.BatesProcess(
            curve(given["rate"]), curve(given["dividend"]),
            ql.QuoteHandle(ql.SimpleQuote(given["spot"])), variance, 1.0, variance, 1e-3, 0.0,
            *jumps.values(),
        )  # fmt: skip
        option = ql.VanillaOption(
            ql.PlainVanillaPayoff(ql.Option.Call, given["strike"]), expiry(given)
        )
        option.setPricingEngine(ql.BatesEngine(ql.BatesModel(moving), 1e-9, 10000))
        made = fg.exact.merton_jumps(**given, **jumps).price
        assert made == pytest.approx(option.NPV(), rel=1e-4, abs=1e-4 * given["spot"])


def test_heston():
    heston = importlib.import_module("fastgrad.exact.options.heston")
    for given, rng in draws(6):
        del given["volatility"]
        given |= {"variance": rng.uniform(0.01, 0.2), "mean_reversion": rng.uniform(0.3, 4.0),
                  "long_variance": rng.uniform(0.01, 0.2), "correlation": rng.uniform(-0.9, 0.5),
                  "volatility_of_variance": rng.uniform(0.1, 1.0)}  # fmt: skip
        ql.Settings.instance().evaluationDate = TODAY
        moving = ql.HestonProcess(
            curve(given["rate"]), curve(given["dividend"]),
            ql.QuoteHandle(ql.SimpleQuote(given["spot"])), given["variance"],
            given["mean_reversion"], given["long_variance"], given["volatility_of_variance"],
            given["correlation"],
        )  # fmt: skip
        option = ql.VanillaOption(
            ql.PlainVanillaPayoff(ql.Option.Put, given["strike"]), expiry(given)
        )
        option.setPricingEngine(ql.AnalyticHestonEngine(ql.HestonModel(moving), 1e-10, 10000))
        made = heston._price("put", *heston._quadrature(given), **given)
        near(made, option.NPV(), 1e-7)
