"""Draws docs/figures/where_to_send.png: time in system by the share that is sent to one desk."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

SHARES = np.linspace(0.3, 0.9, 7)


def office(p, method):
    """200 customers choose between a quick desk and a slow one; one in ten comes back."""

    def build(theta):
        stations = {
            "quick": fg.Station(fg.Erlang(2, 0.25)),
            "slow": fg.Station(fg.Erlang(2, 0.4)),
        }
        back = {"quick": 0.06, "slow": 0.04}
        return fg.QueueNetwork(
            fg.Exponential(1 / 1.5),
            {"quick": theta, "slow": 1.0 - theta},
            stations,
            {"quick": back, "slow": back},
            customers=200,
        )

    return fg.gradient(build, p, method, 20_000, seed=1)


def main() -> None:
    """Run, and save the figure beside this file."""
    figure, axes = plt.subplots(figsize=(6.5, 3.8), layout="constrained")
    for p in SHARES:
        est = office(p, "wd")
        step = np.array([-0.04, 0.04])
        axes.plot(p + step, est.performance.value + est.gradient * step, color="C1", linewidth=2)
        axes.plot(p, est.performance.value, "o", color="C0")
        for sign in (-1.0, 1.0):
            slope = est.gradient + sign * 2.0 * est.standard_error
            axes.plot(p + step, est.performance.value + slope * step, color="C1", alpha=0.3)
    axes.set(xlabel="share sent to the quick desk", ylabel="mean time in system", ylim=(0.0, None))
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
