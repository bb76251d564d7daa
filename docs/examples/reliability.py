"""Reliability: which component of a bridge is worth improving?

The five components of a bridge network fail at random; the system works while some path of
working components joins both ends. Its lifetime is made of minima and maxima, so it is
continuous, and one pass of IPA gives the importance of all five at once.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg


def lifetime(a, b, c, d, bridge):
    return max(min(a, b), min(c, d), min(a, bridge, d), min(c, bridge, b))


def system(theta):
    return fg.Expectation(lifetime, [fg.Weibull(1.5, scale) for scale in theta])


def main():
    scales = np.array([1.0, 2.0, 1.5, 1.5, 1.0])
    estimate = fg.gradient(system, scales, "ipa", replications=500_000, seed=1)
    print(estimate)
    figure, axis = plt.subplots(figsize=(5, 3.4))
    axis.bar(["a", "b", "c", "d", "bridge"], estimate.gradient, yerr=1.96 * estimate.standard_error)
    axis.set(ylabel="dE[lifetime]/d(scale)", title="importance of the components")
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
