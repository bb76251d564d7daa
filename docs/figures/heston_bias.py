"""Draws docs/figures/heston_bias.png: bias of Heston's schemes against steps a year."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg
import fastgrad.finance as fin

STEPS = (1, 2, 4, 8, 16, 32)
CASES = {
    "ξ² = 0.7 · 2κV̄ (Feller holds)": {
        "variance": 0.05, "mean_reversion": 2.0, "long_variance": 0.06,
        "volatility_of_variance": 0.4, "correlation": -0.6,
    },
    "ξ² = 25 · 2κV̄ (V often at 0)": {
        "variance": 0.04, "mean_reversion": 0.5, "long_variance": 0.04,
        "volatility_of_variance": 1.0, "correlation": -0.9,
    },
}  # fmt: skip
SCHEMES = ("quadratic-exponential", "full-truncation")
YEARS, STRIKE, REPLICATIONS = 5, 100.0, 4_000_000


def bias(scheme: str, steps: int, parameters: dict) -> dict[str, tuple[float, float]]:
    """Of price and delta, each with its standard error."""

    def build(spot):
        prices = fin.Heston(spot, 0.0, **parameters, scheme=scheme)
        return fin.Option(prices, fin.European(STRIKE), YEARS, steps * YEARS)

    exact = fg.exact.heston(100.0, STRIKE, 0.0, YEARS, **parameters)
    made = fg.gradient(build, 100.0, "ipa", replications=REPLICATIONS, seed=1)
    price = made.performance
    return {
        "price": (price.value - exact.price, price.standard_error),
        "delta": (made.gradient - exact.delta, made.standard_error),
    }


def main() -> None:
    """Print the table and save the figure beside this file."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", sharey=True)
    for axes, (name, parameters) in zip(panels, CASES.items(), strict=True):
        for scheme, marker in zip(SCHEMES, "os", strict=True):
            found = [bias(scheme, n, parameters) for n in STEPS]
            for n, one in zip(STEPS, found, strict=True):
                print(name, scheme, n, *(f"{k} {v:+.5f} ± {e:.5f}" for k, (v, e) in one.items()))
            value, error = np.array([one["price"] for one in found]).T
            axes.errorbar(STEPS, np.abs(value), 1.96 * error, marker=marker, label=scheme)
        axes.set(xscale="log", yscale="log", xlabel="steps a year", title=name)
        axes.grid(alpha=0.3, which="both")
    panels[0].set_ylabel("|bias| of a five-year call at the money")
    panels[0].legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=120)


if __name__ == "__main__":
    main()
