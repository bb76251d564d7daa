"""Pictures of a network: arcs coloured by criticality, and the tornado chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...extras import require
from ...results.plots.style import INK, STYLE, finished
from .arcs import is_dummy
from .layout import curves, labels, positions, trimmed
from .tasks import Labelled

FAINT_ARC = "#9ca3af"  # of dummy arcs, which only say what comes first
LABELLED = 40  # arcs; more labels than this would cover the picture


def plot_network(result: Any, path: str | Path | None) -> Any:
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
        return finished(figure, path)


def _draw(
    axes: Any, result: Any, place: np.ndarray, values: np.ndarray, title: str, figure: Any
) -> None:
    colors = require("matplotlib.colors", "plot()")
    cm = require("matplotlib.cm", "plot()")
    matplotlib = require("matplotlib", "plot()")
    norm = colors.Normalize(min(0.0, float(values.min())), max(1.0, float(values.max())))
    shades = matplotlib.colormaps["YlOrRd"]
    ways = curves(result.model.network, place)
    for arc, way, value in zip(result.model.arcs, ways, values, strict=True):
        dummy, shade = is_dummy(arc), float(norm(value))
        color = FAINT_ARC if dummy else shades(0.15 + 0.85 * shade)
        _arrow(axes, trimmed(way), color, 1.0 if dummy else 1.0 + 3.0 * shade, dummy)
    if len(result.names) <= LABELLED:
        _write_values(axes, result, place, ways, values)
    tasks = isinstance(result.model.arcs[0], Labelled)
    size = 30 if tasks else 170
    axes.scatter(place[:, 0], place[:, 1], s=size, color="white", edgecolor=INK, zorder=3)
    for node, (x, y) in zip(result.model.network.nodes, place, strict=True):
        if not tasks:
            axes.text(x, y, str(node), fontsize=8, ha="center", va="center", zorder=4)
    axes.margins(0.08, 0.12)
    axes.set_title(title, fontsize=11)
    axes.axis("off")
    scale = cm.ScalarMappable(norm, colors.LinearSegmentedColormap.from_list(
        "part", shades(np.linspace(0.15, 1.0, 64))
    ))  # fmt: skip
    figure.colorbar(scale, ax=axes, orientation="horizontal", shrink=0.6, aspect=40, pad=0.02)


def _arrow(axes: Any, way: np.ndarray, color: Any, width: float, dotted: bool) -> None:
    patches = require("matplotlib.patches", "plot()")
    Path = require("matplotlib.path", "plot()").Path
    axes.add_patch(patches.FancyArrowPatch(
        path=Path(way, [Path.MOVETO, Path.CURVE3, Path.CURVE3]), arrowstyle="-|>",
        mutation_scale=11.0, color=color, lw=width, ls=":" if dotted else "-", zorder=1.5,
    ))  # fmt: skip


def _write_values(
    axes: Any, result: Any, place: np.ndarray, ways: list[np.ndarray], values: np.ndarray
) -> None:
    """The number of each arc, under the name of its task."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
    own = [k for k, arc in enumerate(result.model.arcs) if not is_dummy(arc)]
    for k, middle in zip(own, labels([ways[k] for k in own], place), strict=True):
        arc = result.model.arcs[k]
        text = f"{arc.label}\n{values[k]:.2f}" if isinstance(arc, Labelled) else f"{values[k]:.2f}"
        axes.text(*middle, text, fontsize=8, ha="center", va="center", bbox=box, zorder=2)


def plot_tornado(result: Any, path: str | Path | None, share: float, most: int) -> Any:
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
        return finished(figure, path)
