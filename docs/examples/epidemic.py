"""An epidemic: how the number of infected grows with the probability that a contact infects.

Whoever is still healthy escapes each of the infected with probability 1 - θ, so the new cases
of a generation are binomial, with parameters that the epidemic has made by then: draws whose
distribution depends on the state. The mean is also known exactly, by recursion over all states.
"""

import functools
import math
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

PEOPLE, GENERATIONS = 20, 12


def cases(x, p):
    healthy, infected, total = p.people - 1.0, 1.0, 1.0
    for _ in range(p.generations):
        new = x.new.next(healthy, 1.0 - (1.0 - p.theta) ** infected)
        healthy, infected, total = healthy - new, new, total + new
    return total


def epidemic(theta):
    return fg.Simulation(
        cases,
        inputs={"new": fg.Binomial.stream(GENERATIONS)},
        parameters={"people": PEOPLE, "generations": GENERATIONS, "theta": theta},
    )


def exact(theta):
    """E[cases], over all numbers of healthy and infected."""

    @functools.cache
    def further(healthy, infected, generations):
        if healthy == 0 or infected == 0 or generations == 0:
            return 0.0
        p = 1.0 - (1.0 - theta) ** infected
        return sum(
            math.comb(healthy, new) * p**new * (1.0 - p) ** (healthy - new)
            * (new + further(healthy - new, new, generations - 1))
            for new in range(healthy + 1)
        )  # fmt: skip

    return 1.0 + further(PEOPLE - 1, 1, GENERATIONS)


def main():
    thetas = np.linspace(0.02, 0.2, 13)
    slopes = [(exact(t + 1e-5) - exact(t - 1e-5)) / 2e-5 for t in thetas]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    axes[0].plot(thetas, slopes, color="black", label="exact")
    for method in ("lr", "wd", "cd"):
        estimates = [fg.gradient(epidemic, t, method, replications=20_000, seed=1) for t in thetas]
        errors = np.array([e.standard_error for e in estimates])
        values = [e.gradient for e in estimates]
        axes[0].errorbar(thetas, values, 1.96 * errors, fmt=".", capsize=2, label=method)
        axes[1].semilogy(thetas, errors, label=method)
    axes[0].set(xlabel="probability that a contact infects, θ", title="dE[cases]/dθ")
    axes[0].legend()
    axes[1].set(xlabel="θ", title="standard error, 20,000 replications")
    axes[1].legend()
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
