"""Draws docs/figures/convergence_rates.png: errors of stochastic approximation by steps."""

import json
import sys
from pathlib import Path

import matplotlib.figure
import numpy as np

import fastgrad as fg
from fastgrad.results.plots.style import STYLE

STEPS, RUNS, COMPONENTS = 2000, 20, 4
GIVEN = {"a": 1.0, "A": 0.0, "search": False, "batch": 1}
CASES = [  # name, algorithm, paths of a step, exponent of the error, colour
    (
        "Robbins-Monro, averaged",
        fg.RobbinsMonro(alpha=0.7, averaging=True, skip=0.0, **GIVEN), 1, -1 / 2, "#1d4ed8",
    ),
    (
        "Kiefer-Wolfowitz, symmetric",
        fg.KieferWolfowitz(c=0.5, common=False, **GIVEN), 2 * COMPONENTS, -1 / 3, "#15803d",
    ),
    (
        "Kiefer-Wolfowitz, forward",
        fg.KieferWolfowitz(c=0.5, common=False, differences="forward", **GIVEN), COMPONENTS + 1,
        -1 / 4, "#b91c1c",
    ),
]  # fmt: skip


def bowls(theta):
    """Σ t² + t³/6 + (1 + t) Z: a third derivative, which differences are biased by."""

    def loss(x, p):
        one = p.a * p.a + p.a * p.a * p.a / 6.0 + (1.0 + p.a) * x.z[0]
        two = p.b * p.b + p.b * p.b * p.b / 6.0 + (1.0 + p.b) * x.z[1]
        three = p.c * p.c + p.c * p.c * p.c / 6.0 + (1.0 + p.c) * x.z[2]
        four = p.d * p.d + p.d * p.d * p.d / 6.0 + (1.0 + p.d) * x.z[3]
        return one + two + three + four

    return fg.Simulation(
        loss,
        inputs={"z": fg.Normal(0.0, 1.0).repeat(COMPONENTS)},
        parameters={name: theta[i] for i, name in enumerate("abcd")},
    )


def errors(algorithm, paths):
    """(STEPS,) root mean square error after each step, over all runs and components."""
    found = []
    for seed in range(RUNS):
        made = fg.minimize(
            bowls, [0.5] * COMPONENTS, (-1.0, 3.0), algorithm=algorithm, method="ipa", seed=seed,
            replications=int(STEPS * paths / 0.87) + 100,
        )  # fmt: skip
        found.append([s.recommended for s in made.path if s.phase == "descent"][:STEPS])
    return np.sqrt(np.mean(np.square(found), axis=(0, 2)))


def draw(curves, path):
    """All of them, each with the line of its exponent."""
    n = np.arange(1, STEPS + 1)
    with matplotlib.rc_context(STYLE):
        figure = matplotlib.figure.Figure((8.0, 4.6), layout="constrained")
        axes = figure.subplots()
        for (name, _, _, exponent, color), error in zip(CASES, curves, strict=True):
            tail = slice(600, None)
            slope, level = np.polyfit(np.log(n[tail]), np.log(error[tail]), 1)
            axes.loglog(n, error, color=color, lw=1.4, label=f"{name}: slope {slope:.2f}")
            middle = np.exp(level + (slope - exponent) * np.log(1100.0))
            line = middle * n[20:] ** exponent
            axes.loglog(n[20:], line, color=color, lw=1.0, ls=(0, (4, 3)))
            axes.text(STEPS * 1.06, line[-1], f"n^({exponent:.2g})", color=color, va="center")
            print(f"{name}: {error[99]:.3g} after 100 steps, {error[-1]:.3g} at last, {slope:.2f}")
        axes.set_xlim(3, STEPS * 2.2)
        axes.set_xlabel("steps n, one path for each output")
        axes.set_title("root mean square error of θ, and the rates of theory", fontsize=11)
        axes.legend(frameon=False, fontsize=9, loc="lower left")
        figure.savefig(path, dpi=150)


def main():
    """Measure, or take what was measured from a JSON file, and draw."""
    if len(sys.argv) > 1:
        kept = json.loads(Path(sys.argv[1]).read_text())
        curves = [np.array(kept[case[0]]) for case in CASES]
    else:
        curves = [errors(algorithm, paths) for _, algorithm, paths, _, _ in CASES]
    draw(curves, Path(__file__).with_suffix(".png"))


if __name__ == "__main__":
    main()
