"""Draws docs/figures/gumbel_softmax.png: bias and noise against the temperature."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

TEMPERATURES = np.geomspace(0.05, 2.0, 9)


def squared(x):
    """g(X) = X²."""
    return x**2


def two(theta):
    """Fu (2005), Example 1: the mixture θ U(1, 2) + (1 - θ) U(0, 1)."""
    parts = [fg.Uniform(1.0, 2.0), fg.Uniform(0.0, 1.0)]
    return fg.Expectation(squared, fg.Mixture([theta, 1.0 - theta], parts))


def three(theta):
    """A choice among -1, 1/2 and 2."""
    return fg.Expectation(squared, fg.Discrete([-1.0, 0.5, 2.0], [theta, 0.7 - theta, 0.3]))


# The model, θ, the exact derivative, and what is drawn.
CASES = [
    (two, 0.3, 2.0, "Fu (2005), Example 1: two components"),
    (three, 0.2, 0.75, "three values"),
]


def draw(axes, build, theta, exact, title):
    """Bias of both forms, with two standard errors, and the noise of one."""
    for straight, marker in ((False, "o"), (True, "s")):
        name = "straight-through" if straight else "relaxed"
        found = [
            fg.gradient(build, theta, fg.GumbelSoftmax(float(t), straight), 400_000, seed=1)
            for t in TEMPERATURES
        ]
        bias = np.array([abs(e.gradient - exact) for e in found])
        error = 2.0 * np.array([e.standard_error for e in found])
        down = np.minimum(error, 0.9 * bias)  # so that a logarithm can show it
        axes.errorbar(TEMPERATURES, bias, [down, error], marker=marker, label=f"|bias|, {name}")
        if not straight:
            deviation = [e.variance**0.5 for e in found]
            axes.loglog(TEMPERATURES, deviation, marker="^", label="standard deviation, relaxed")
    axes.loglog(TEMPERATURES, TEMPERATURES, color="0.6", linestyle=":", label="temperature")
    axes.set(xlabel="temperature", title=f"{title}, exact value {exact:g}")
    axes.grid(alpha=0.3, which="both")


def main() -> None:
    """Estimate at every temperature, hard and soft, and save the figure beside this file."""
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained", sharey=True)
    for axes, case in zip(panels, CASES, strict=True):
        draw(axes, *case)
    panels[0].set_ylabel("of the derivative of E[X²]")
    panels[1].legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=120)


if __name__ == "__main__":
    main()
