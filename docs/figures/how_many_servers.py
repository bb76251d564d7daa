"""Draws docs/figures/how_many_servers.png: waiting and its slope by the number of servers."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

SERVERS = range(9, 15)
CALLS, GAP, CALL = 200, 1.0 / 3.0, 3.0  # minutes


def centre(mean, servers):
    """200 calls, one every 20 seconds, of `mean` minutes each (lognormal)."""
    sigma = 0.8
    service = fg.LogNormal(np.log(mean) - 0.5 * sigma**2, sigma)
    return fg.MultiServerQueue(fg.Exponential(GAP), service, servers, CALLS, output="wait")


def main() -> None:
    """Run, and save the figure beside this file."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    waits, slopes = [], []
    for servers in SERVERS:
        est = fg.gradient(lambda t, m=servers: centre(t, m), CALL, "ipa", 20_000, seed=1)
        waits.append((est.performance.value, 2.0 * est.performance.standard_error))
        slopes.append((est.gradient, 2.0 * est.standard_error))
    for axes, found, label in (
        (left, waits, "mean wait, minutes"),
        (right, slopes, "minutes of waiting per minute of talk"),
    ):
        value, error = np.transpose(found)
        axes.errorbar(SERVERS, value, yerr=error, marker="o", capsize=3)
        axes.set(xlabel="people at the phones", ylabel=label, ylim=(0.0, None))
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
