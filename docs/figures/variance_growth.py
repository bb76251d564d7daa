"""Draws docs/figures/variance_growth.png: variance against the number of customers."""

from pathlib import Path

import matplotlib.pyplot as plt

import fastgrad as fg

CUSTOMERS = (5, 10, 20, 40, 80, 160, 320)
METHODS = {
    "likelihood ratio, no baseline": fg.LikelihoodRatio(baseline=False),
    "likelihood ratio, best baseline": fg.LikelihoodRatio(),
    "weak derivative": fg.WeakDerivative(),
    "IPA": fg.IPA(),
}


def variance(method, customers: int) -> float:
    """Variance per replication of the gradient in the mean service time at utilisation 0.5."""

    def queue(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers)

    return fg.gradient(queue, at=0.5, method=method, replications=400_000, seed=1).variance


def main() -> None:
    """Run every method at every length and save the figure beside this file."""
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for (label, method), marker in zip(METHODS.items(), "os^D", strict=True):
        values = [variance(method, n) for n in CUSTOMERS]
        axes.loglog(CUSTOMERS, values, marker=marker, label=label)
    axes.set(xlabel="customers N", ylabel="variance per replication")
    axes.set_title("dE[mean time in system]/dθ of M/M/1, utilisation 0.5", fontsize=11)
    axes.grid(alpha=0.3, which="both")
    axes.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=120)


if __name__ == "__main__":
    main()
