"""A clinic: how long should the appointment slots be?

Patients are booked every `interval` minutes and come a little early or late. The cost is
their waiting time, and the doctor's idle time at three times the price. Both derivatives,
by the interval and by the mean consultation, come from one pass of IPA.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

PATIENTS = 24


def cost_of_a_day(x, p):
    free = 0.0
    waiting = 0.0
    idle = 0.0
    for i in range(len(x.consultation)):
        arrival = max(i * p.interval + x.lateness[i], 0.0)
        start = max(arrival, free)
        waiting += start - arrival
        idle += start - free
        free = start + x.consultation[i]
    return (waiting + 3.0 * idle) / len(x.consultation)


def clinic(theta):
    return fg.Simulation(
        cost_of_a_day,
        inputs={
            "lateness": fg.Normal(0.0, 4.0).repeat(PATIENTS),
            "consultation": fg.Gamma(4.0, theta["consultation"] / 4.0).repeat(PATIENTS),
        },
        parameters={"interval": theta["interval"]},
    )


def main():
    intervals = np.linspace(8.0, 20.0, 13)
    estimates = [
        fg.gradient(
            clinic, {"interval": i, "consultation": 12.0}, "ipa", replications=50_000, seed=1
        )
        for i in intervals
    ]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
    costs = [e.performance.value for e in estimates]
    left.plot(intervals, costs, "o-")
    for at, cost, e in zip(intervals, costs, estimates, strict=True):
        slope = e.gradient["interval"]
        left.plot([at - 0.4, at + 0.4], [cost - 0.4 * slope, cost + 0.4 * slope], "k")
    left.set(
        xlabel="minutes between appointments", ylabel="cost per patient", title="cost and slope"
    )
    for name in ("interval", "consultation"):
        right.errorbar(
            intervals,
            [e.gradient[name] for e in estimates],
            [1.96 * e.standard_error[name] for e in estimates],
            label=f"by {name}",
        )
    right.axhline(0.0, color="k", lw=0.5)
    right.set(xlabel="minutes between appointments", title="dE[cost]/dθ by IPA")
    right.legend()
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
