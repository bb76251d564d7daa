"""Pictures of a network: arcs coloured by criticality, and the tornado chart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...extras import require
from ...results.plots import INK, STYLE
from .arcs import Network

if TYPE_CHECKING:
    from .criticality import Criticality

LABELLED = 40  # arcs; more labels than this would cover the picture


def positions(network: Network) -> np.ndarray:
    """(nodes, 2): each node as far right as its longest chain of arcs, spread in its column.

    Within a column nodes are ordered by the mean height of those before them, which keeps
    most arcs from crossing.
    """
    depth = np.zeros(len(network.nodes), dtype=int)
    for tail, head in sorted(network.ends):
        depth[head] = max(depth[head], depth[tail] + 1)
    place = np.zeros((len(network.nodes), 2))
    for column in range(depth.max() + 1):
        nodes = np.flatnonzero(depth == column)
        before = [
            np.mean([place[tail, 1] for tail, head in network.ends if head == node] or [0.0])
            for node in nodes
        ]
        for rank, k in enumerate(np.argsort(before, kind="stable")):
            shift = 0.25 * (column % 2)  # so that arcs over a column do not run through it
            place[nodes[k]] = column, rank - 0.5 * (len(nodes) - 1) + shift
    return place


def plot_network(result: Criticality, path: str | Path) -> None:
    """Two panels: the probability of being critical, and dE[Y]/dmean."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    place = positions(result.model.network)
    tall = 1.6 + 0.9 * (np.ptp(place[:, 1]) + 1.0)
    panels = (
        ("probability of lying on the optimal path", result.probability),
        ("dE[Y]/d mean duration", np.nan_to_num(result.slope)),
    )
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((12.0, min(tall, 9.0)), layout="constrained")
        for axes, (title, values) in zip(figure.subplots(1, 2), panels, strict=True):
            _draw(axes, result, place, values, title, figure)
        figure.savefig(path)


def _draw(
    axes: Any, result: Criticality, place: np.ndarray, values: np.ndarray, title: str, figure: Any
) -> None:
    colors = require("matplotlib.colors", "plot()")
    cm = require("matplotlib.cm", "plot()")
    matplotlib = require("matplotlib", "plot()")
    norm = colors.Normalize(min(0.0, float(values.min())), max(1.0, float(values.max())))
    shades = matplotlib.colormaps["YlOrRd"]
    seen: dict[tuple[int, int], int] = {}
    for (tail, head), value in zip(result.model.network.ends, values, strict=True):
        twin = seen[tail, head] = seen.get((tail, head), 0) + 1
        bend = 0.0 if twin == 1 else 0.25 * (twin // 2) * (-1) ** twin
        shade = 0.15 + 0.85 * float(norm(value))
        axes.annotate(
            "",
            place[head],
            place[tail],
            arrowprops={
                "arrowstyle": "-|>",
                "color": shades(shade),
                "lw": 1.0 + 3.0 * float(norm(value)),
                "shrinkA": 9,
                "shrinkB": 9,
                "connectionstyle": f"arc3,rad={bend}",
            },
        )
        if len(result.names) <= LABELLED:
            middle = 0.55 * place[tail] + 0.45 * place[head]
            across = place[head] - place[tail]
            middle = middle - bend * 0.5 * np.array([-across[1], across[0]])
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
            axes.text(*middle, f"{value:.2f}", fontsize=8, ha="center", va="center", bbox=box)
    axes.scatter(place[:, 0], place[:, 1], s=170, color="white", edgecolor=INK, zorder=3)
    for node, (x, y) in zip(result.model.network.nodes, place, strict=True):
        axes.text(x, y, str(node), fontsize=8, ha="center", va="center", zorder=4)
    axes.margins(0.08, 0.12)
    axes.set_title(title, fontsize=11)
    axes.axis("off")
    scale = cm.ScalarMappable(norm, colors.LinearSegmentedColormap.from_list(
        "part", shades(np.linspace(0.15, 1.0, 64))
    ))  # fmt: skip
    figure.colorbar(scale, ax=axes, orientation="horizontal", shrink=0.6, aspect=40, pad=0.02)


def plot_tornado(result: Criticality, path: str | Path, share: float, most: int) -> None:
    """Bars of ± share · mean · dE[Y]/dmean with 95 % intervals, largest on top."""
    matplotlib = require("matplotlib", "plot_tornado()")
    figures = require("matplotlib.figure", "plot_tornado()")
    effect = np.nan_to_num(share * result.means * result.slope)
    error = np.nan_to_num(1.96 * share * np.abs(result.means) * result.slope_error)
    order = np.argsort(-np.abs(effect), kind="stable")[:most]
    rows = np.arange(len(order))
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((7.5, 1.2 + 0.3 * len(order)), layout="constrained")
        axes = figure.subplots()
        axes.barh(rows, effect[order], color="#b91c1c", height=0.62, label=f"mean +{share:.0%}")
        axes.barh(rows, -effect[order], color="#1d4ed8", height=0.62, label=f"mean −{share:.0%}")
        for side in (1.0, -1.0):
            axes.errorbar(
                side * effect[order], rows, xerr=error[order], fmt="none", ecolor=INK, lw=1.0
            )
        axes.set_yticks(rows, [result.names[k] for k in order])
        axes.set_ylim(len(order) - 0.4, -0.6)
        axes.axvline(0.0, color=INK, lw=0.8)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("change of E[Y], to first order, with 95 % intervals")
        axes.legend(frameon=False, loc="lower right")
        figure.savefig(path)
