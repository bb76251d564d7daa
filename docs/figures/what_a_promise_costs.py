"""Draws docs/figures/what_a_promise_costs.png: late customers, and their slopes."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

PROMISES = (1.0, 2.0, 3.0)
MEANS = np.linspace(0.45, 0.85, 9)


def desk(theta):
    """300 customers, one a minute; three promises in one run."""
    return fg.SingleServerQueue(
        fg.Exponential(1.0), fg.Erlang(2, 0.5 * theta), 300, output="wait",
        measure=[fg.Tail(y) for y in PROMISES],
    )  # fmt: skip


def main() -> None:
    """Run, and save the figure beside this file."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    found = [fg.gradient(desk, mean, "spa", 20_000, seed=1) for mean in MEANS]
    for k, promise in enumerate(PROMISES):
        shares = 100.0 * np.array([est[k].performance.value for est in found])
        slopes = 100.0 * np.array([est[k].gradient for est in found])
        errors = 200.0 * np.array([est[k].standard_error for est in found])
        (line,) = left.plot(MEANS, shares, "o", label=f"more than {promise:g} min")
        for mean, share, slope in zip(MEANS, shares, slopes, strict=True):
            ends = np.array([-0.018, 0.018])
            left.plot(mean + ends, share + slope * ends, color=line.get_color(), linewidth=2)
        right.errorbar(MEANS, slopes / 60.0, yerr=errors / 60.0, marker="o", capsize=3)
    left.set(xlabel="mean service time, minutes", ylabel="% who wait longer than promised")
    right.set(xlabel="mean service time, minutes", ylabel="% more of them a second of service")
    right.set_ylim(0.0, None)
    left.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
