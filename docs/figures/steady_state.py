"""Draws docs/figures/steady_state.png: scores over cycles against plain scores, and coverage."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

CUSTOMERS = (10, 30, 100, 300, 1000)
RHO = 0.5


def main() -> None:
    """Run, and save the figure beside this file."""
    work = 20_000_000  # customers in all
    plain, cycles = [], []
    for n in CUSTOMERS:

        def finite(theta, n=n):
            return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), n)

        def steady(theta, n=n):
            horizon = fg.Cycles(int(n * (1.0 - RHO)))
            return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), horizon=horizon)

        replications = work // n
        plain.append(fg.gradient(finite, RHO, "lr", replications, seed=1).standard_error)
        cycles.append(fg.gradient(steady, RHO, "lr", replications, seed=1).standard_error)
    figure, axes = plt.subplots(figsize=(6, 3.8), layout="constrained")
    axes.loglog(CUSTOMERS, plain, "o-", label="scores of all N customers")
    axes.loglog(CUSTOMERS, cycles, "s-", label="scores of each busy period")
    axes.set(xlabel="customers in a replication, N", ylabel="standard error, 20 million customers")
    axes.set_title("dE[time in system]/dθ of M/M/1 at utilisation 0.5", fontsize=11)
    axes.grid(alpha=0.3, which="both")
    axes.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)
    print(np.round(plain, 5), np.round(cycles, 5))


if __name__ == "__main__":
    main()
