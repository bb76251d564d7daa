"""Draws docs/figures/gumbel_softmax.png: bias and noise against the temperature."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

TEMPERATURES = np.geomspace(0.05, 2.0, 9)
EXACT = 2.0


def squared(choice, uniform):
    """g(X) = X² for the source's Example 1, X = choice + U(0, 1)."""
    return (choice + uniform) ** 2


def build(theta):
    """The mixture θ U(1, 2) + (1 - θ) U(0, 1)."""
    return fg.Expectation(squared, [fg.Bernoulli(theta), fg.Uniform(0.0, 1.0)])


def main() -> None:
    """Estimate at every temperature, hard and soft, and save the figure beside this file."""
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for straight, marker in ((False, "o"), (True, "s")):
        name = "straight-through" if straight else "relaxed"
        found = [
            fg.gradient(build, 0.3, fg.GumbelSoftmax(float(t), straight), 400_000, seed=1)
            for t in TEMPERATURES
        ]
        bias = [abs(e.gradient - EXACT) for e in found]
        axes.loglog(TEMPERATURES, bias, marker=marker, label=f"|bias|, {name}")
        if not straight:
            deviation = [e.variance**0.5 for e in found]
            axes.loglog(TEMPERATURES, deviation, marker="^", label="standard deviation, relaxed")
    axes.set(xlabel="temperature", ylabel="of the derivative (exact value 2)")
    axes.set_title("Gumbel-Softmax of Example 1, g(x) = x², θ = 0.3", fontsize=11)
    axes.grid(alpha=0.3, which="both")
    axes.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=120)


if __name__ == "__main__":
    main()
