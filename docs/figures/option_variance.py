"""docs/figures/option_variance.png: variances of an Asian option's price and delta, way by way."""

from pathlib import Path

from matplotlib.figure import Figure

import fastgrad as fg
import fastgrad.finance as fin

AT = {"spot": 100.0, "vol": 0.2}
WAYS = {
    "plain": {},
    "antithetic pairs": {"antithetic": True},
    "geometric control": {"control": "geometric"},
    "Sobol' points": {"sampler": "sobol"},
    "Sobol' points, last step smoothed": {"sampler": "sobol", "method": "spa"},
    "all of it": {"sampler": "sobol", "method": "spa", "control": "geometric"},
}
REPLICATIONS = 16 << 14


def asian(t):
    """A call on the mean of 32 prices in a year, at the money."""
    prices = fin.GeometricBrownianMotion(t["spot"], rate=0.05, volatility=t["vol"])
    return fin.Option(prices, fin.Asian(strike=100.0), maturity=1.0, steps=32)


def variances():
    """(price, delta) per replication, by way; and printed as ratios to the plain ones."""
    found = {}
    for name, how in WAYS.items():
        settings = {"method": "ipa", "replications": REPLICATIONS, "seed": 1} | how
        made = fg.gradient(asian, AT, **settings)
        found[name] = (made.performance.variance, made.variance["spot"])
        price, delta = (a / b for a, b in zip(found["plain"], found[name], strict=True))
        print(f"{name:36s} price {price:12,.0f}   delta {delta:8,.0f}")
    return found


def draw(found):
    """Bars on a logarithmic axis, price and delta side by side."""
    figure = Figure(figsize=(7.0, 3.4), layout="constrained")
    for k, (axes, what) in enumerate(
        zip(figure.subplots(1, 2, sharey=True), ("price", "delta"), strict=True)
    ):
        values = [pair[k] / found["plain"][k] for pair in found.values()]
        axes.barh(list(found), values, color="#31688e" if k == 0 else "#35b779", left=0.0)
        axes.set_xscale("log")
        axes.set_xlim(min(values) / 3.0, 2.0)
        axes.set_title(f"variance of the {what}")
        axes.set_xlabel("of plain Monte Carlo")
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].invert_yaxis()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=150)


if __name__ == "__main__":
    draw(variances())
