"""Draws docs/figures/tandem_line.png: what a faster machine and more room bring to a line."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

MEANS = [0.5, 0.7, 0.6, 0.8, 0.5]
ROOMS = [0, 1, 2, 3, 5, 8, 12]


def line(means, room=None, output="throughput"):
    """Five machines in a row, raw material always at hand."""
    services = [fg.Erlang(2, 0.5 * mean) for mean in means]
    buffers = None if room is None else [room] * 4
    return fg.TandemQueue(fg.Deterministic(1e-9), services, 500, buffers, output=output)


def main() -> None:
    """Run, and save the figure beside this file."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    for room, shift in ((0, -0.25), (2, 0.0), (8, 0.25)):
        est = fg.gradient(lambda t, b=room: line(t, b), MEANS, "ipa", 20_000, seed=1)
        gain = -0.01 * np.array(MEANS) * est.gradient / est.performance.value
        error = 0.02 * np.array(MEANS) * est.standard_error / est.performance.value
        left.bar(np.arange(5) + shift, 100 * gain, 0.25, yerr=100 * error, label=f"room for {room}")
    left.set_xticks(range(5), [f"{k + 1}\n({m})" for k, m in enumerate(MEANS)])
    left.set(xlabel="machine made 1 % faster (mean time)", ylabel="throughput, % more")
    left.legend(frameon=False)
    for blocking in ("after", "before"):
        found = []
        for room in ROOMS:
            services = [fg.Erlang(2, 0.5 * mean) for mean in MEANS]
            model = fg.TandemQueue(
                fg.Deterministic(1e-9), services, 500, [room] * 4, blocking, "throughput"
            )
            found.append(fg.simulate(model, 20_000, seed=1).value)
        right.plot(ROOMS, found, marker="o", label=f"blocked {blocking} service")
    right.axhline(1.0 / max(MEANS), color="0.6", linestyle=":", label="slowest machine alone")
    right.set(xlabel="room between machines", ylabel="parts per unit of time")
    right.legend(frameon=False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
