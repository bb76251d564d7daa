"""Draws docs/figures/optimisation_path.png: a service time on its way to its optimum."""

from pathlib import Path

import fastgrad as fg


def cost(theta):
    """Mean time in system of an M/M/1 queue, and a server that costs 1/θ."""
    queue = fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers=100)
    return queue + 1.0 / theta


def main() -> None:
    """Minimise by Robbins-Monro and save the figure beside this file."""
    best = fg.minimize(
        cost, start=0.9, bounds=(0.05, 0.95), algorithm="robbins-monro", replications=20_000, seed=1
    )
    best.plot(Path(__file__).with_suffix(".png"))


if __name__ == "__main__":
    main()
