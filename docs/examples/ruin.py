"""Insurance: the probability of ruin, and how it grows with the mean claim.

The output is 0 or 1. On almost every path it does not move with θ, so a pathwise derivative
would be 0, which is wrong; the watchdog finds the jumps and says so. Scores and weak
derivatives do not mind.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

CLAIMS = 40


def is_ruined(x, p):
    capital = p.capital
    for i in range(len(x.claim)):
        capital += p.premium * x.gap[i] - x.claim[i]
        if capital < 0.0:
            return 1.0
    return 0.0


def insurer(capital):
    def build(theta):
        return fg.Simulation(
            is_ruined,
            inputs={
                "gap": fg.Exponential(1.0).repeat(CLAIMS),
                "claim": fg.Exponential(theta).repeat(CLAIMS),
            },
            parameters={"capital": capital, "premium": 1.25},
        )

    return build


def main():
    try:
        fg.gradient(insurer(5.0), 1.0, "ipa", replications=1000)
    except fg.NotApplicable as refusal:
        print(refusal)
    capitals = np.arange(0.0, 11.0)
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for method in ("lr", "wd"):
        estimates = [
            fg.gradient(insurer(c), 1.0, method, replications=40_000, seed=1) for c in capitals
        ]
        errors = [e.standard_error for e in estimates]
        axes[0].errorbar(
            capitals, [e.gradient for e in estimates], 1.96 * np.array(errors), label=method
        )
        axes[1].plot(capitals, errors, label=method)
    axes[0].set(xlabel="initial capital", title="dP(ruin)/d(mean claim)")
    axes[1].set(xlabel="initial capital", title="standard error, 40,000 replications")
    axes[1].legend()
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
