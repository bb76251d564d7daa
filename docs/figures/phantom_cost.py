"""Draws docs/figures/phantom_cost.png: time of weak derivatives by the number of customers."""

import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

CUSTOMERS = np.array([2_000, 4_000, 8_000, 16_000, 32_000])
RHO, REPLICATIONS, ROUNDS = 0.9, 64, 3  # whole blocks of lanes for every N


def seconds(function) -> float:
    """The least processor time of a few rounds, on one thread."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        function()
        took.append(time.process_time() - began)
    return min(took)


def main() -> None:
    """Run, fit the exponents, and save the figure beside this file."""
    weak, value = [], []
    for n in CUSTOMERS:

        def queue(theta, n=n):
            return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), int(n))

        def by_phantoms(queue=queue):
            fg.gradient(queue, RHO, "wd", REPLICATIONS, seed=1, threads=1)

        def alone(queue=queue):
            fg.simulate(queue(RHO), REPLICATIONS, seed=1, threads=1)

        fg.gradient(queue, RHO, "wd", 2, seed=1, threads=1)  # compiled
        weak.append(seconds(by_phantoms) / REPLICATIONS)
        value.append(seconds(alone) / REPLICATIONS)
    exponents = [np.polyfit(np.log(CUSTOMERS), np.log(t), 1)[0] for t in (weak, value)]
    print("exponents:", np.round(exponents, 3), "ms:", 1e3 * np.array([weak, value]))
    figure, axes = plt.subplots(figsize=(6, 3.8), layout="constrained")
    for name, times, exponent in zip(
        ("weak derivative", "value alone"), (weak, value), exponents, strict=True
    ):
        label = f"{name}: exponent {exponent:.2f}"
        axes.loglog(CUSTOMERS, 1e3 * np.array(times), "o-", label=label)
    axes.set(xlabel="customers, N", ylabel="milliseconds a replication")
    axes.set_title("two phantoms for each of N services, utilisation 0.9", fontsize=11)
    axes.grid(alpha=0.3, which="both")
    axes.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
