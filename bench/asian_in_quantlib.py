"""QuantLib's Monte Carlo engine of an arithmetic Asian call: its price, on one thread."""

import numpy as np
import QuantLib as ql


def price(
    replications, steps, spot, rate, volatility, maturity, strike, seed=1, antithetic=False,
    control=False,
):  # fmt: skip
    """The estimate, if wanted with the geometric mean as a control; dates are the days that are
    nearest to the ends of the steps."""
    today, count = ql.Date(1, 1, 2026), ql.Actual365Fixed()
    ql.Settings.instance().evaluationDate = today
    flat = ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count))
    none = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, count))
    constant = ql.BlackConstantVol(today, ql.NullCalendar(), volatility, count)
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)), none, flat, ql.BlackVolTermStructureHandle(constant)
    )
    days = np.rint(365 * maturity * np.arange(1, steps + 1) / steps).astype(int)
    dates = [today + int(day) for day in days]
    option = ql.DiscreteAveragingAsianOption(
        ql.Average.Arithmetic, 0.0, 0, dates, ql.PlainVanillaPayoff(ql.Option.Call, strike),
        ql.EuropeanExercise(dates[-1]),
    )  # fmt: skip
    engine = ql.MCPRDiscreteArithmeticAPEngine(
        process, False, antithetic, control, int(replications), None, None, int(seed)
    )
    option.setPricingEngine(engine)
    return option.NPV()
