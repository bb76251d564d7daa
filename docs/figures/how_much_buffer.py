"""Draws docs/figures/how_much_buffer.png: loss by the size of the buffer, with its slopes."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

ON, OFF, UP, DOWN = 1.0, 2.0, 1.0, 1.0
SIZES = np.arange(0.5, 6.1, 0.5)


def source(buffer, output="loss"):
    """2,000 bursts."""
    on, off = fg.Exponential(ON), fg.Exponential(OFF)
    return fg.FluidQueue(on, off, UP, DOWN, buffer, fg.Cycles(2000), output)


def main() -> None:
    """Run, and save the figure beside this file."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for axes, output, label in (
        (left, "loss", "lost per unit of time"),
        (right, "content", "mean content"),
    ):
        fine = np.linspace(0.3, 6.2, 100)
        exact = [getattr(fg.exact.fluid_queue(ON, OFF, UP, DOWN, b), output) for b in fine]
        axes.plot(fine, exact, color="0.6", label="steady state, exact")
        for b in SIZES:
            est = fg.gradient(lambda x, o=output: source(x, o), b, "ipa", 100, seed=1)
            step = np.array([-0.2, 0.2])
            axes.plot(b + step, est.performance.value + est.gradient * step, color="C1")
            axes.plot(b, est.performance.value, "o", color="C0", markersize=4)
        axes.set(xlabel="buffer", ylabel=label, ylim=(0.0, None))
        axes.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
