"""docs/figures/precision.png: the best time of every contender on every problem."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from page import OURS, time
from problems import problems
from results import DOCS, best

FIGURE = DOCS / "figures" / "precision.png"
GREY, BLUE = "0.72", "#1f6fb2"


def draw(kept):
    """Of this processor's rows, or of the first one's where it has none."""
    machine = kept.here if kept.here in kept.machines else next(iter(kept.machines))
    rows = list(kept.machines[machine].values())
    every = {n: p for n, p in problems().items() if best(rows, n, OURS)}
    figure, axes = plt.subplots(4, 2, figsize=(9.5, 9.0), sharex=True, layout="constrained")
    for ax in axes.flat[len(every) :]:
        ax.set_axis_off()
    for ax, (name, problem) in zip(axes.flat, every.items(), strict=False):
        contenders = dict.fromkeys(row.contender for row in rows if row.problem == name)
        bars = [row for row in (best(rows, name, one) for one in contenders) if row]
        _bars(ax, sorted(bars, key=lambda row: -row.seconds), problem.title)
    longest = max(row.seconds for row in rows if row.right and row == best(rows, *row[:2]))
    axes[0, 0].set_xlim(2e-4, 8.0 * longest)
    for ax in axes[-1]:
        ax.set_xlabel("seconds to a 1 % half-width (95 %)")
    figure.suptitle(f"Best method and sampler of each, {machine}", fontsize=10)
    figure.savefig(FIGURE, dpi=110)
    plt.close(figure)


def _bars(ax, rows, title):
    colors = [BLUE if row.contender == OURS else GREY for row in rows]
    ax.barh(range(len(rows)), [row.seconds for row in rows], color=colors, log=True)
    ax.set_yticks(range(len(rows)), [row.contender for row in rows])
    for place, row in enumerate(rows):
        ax.text(1.15 * row.seconds, place, time(row), va="center", fontsize=8)
    ax.set_title(title, fontsize=10, loc="left")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
