"""A waiting-time target: who waits longer than promised, and what would change that.

The share of late customers jumps on every path, and the promise is a parameter of the model, so
that neither IPA nor scores nor weak derivatives apply to it. Marking the threshold is enough:
smoothed perturbation analysis then gives every derivative from one run.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

CUSTOMERS = 50


def late(x, p):
    free = clock = count = 0.0
    for i in range(len(x.service)):
        clock += x.gap[i]
        start = max(free, clock)
        count += fg.step(start - clock > p.promise)
        free = start + x.service[i]
    return count / len(x.service)


def desk(theta):
    return fg.Simulation(
        late,
        inputs={
            "gap": fg.Exponential(1.0).repeat(CUSTOMERS),
            "service": fg.Gamma(2.0, 0.5 * theta["service"]).repeat(CUSTOMERS),
        },
        parameters={"promise": theta["promise"]},
    )


def main():
    print(fg.explain(desk, {"service": 0.7, "promise": 1.0}, methods=["ipa", "spa", "lr"]))
    print(fg.gradient(desk, {"service": 0.7, "promise": 1.0}, "spa", replications=40_000, seed=1))
    promises = np.linspace(0.25, 4.0, 16)
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for method in ("spa", "lr", "wd"):
        estimates = [
            fg.gradient(
                lambda mean, at=at: desk({"service": mean, "promise": at}),
                0.7,
                method,
                replications=10_000,
                seed=1,
            )
            for at in promises
        ]
        errors = [e.standard_error for e in estimates]
        axes[0].plot(promises, [e.gradient for e in estimates], label=method)
        axes[1].plot(promises, errors, label=method)
    axes[0].set(xlabel="promised wait", title="d(share of late customers)/d(mean service)")
    axes[1].set(xlabel="promised wait", title="standard error, 10,000 replications", yscale="log")
    axes[1].legend()
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
