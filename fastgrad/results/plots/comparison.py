"""The picture of a comparison: intervals, variances, efficiencies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...extras import require
from ..text_table import of_what
from .style import EFFICIENCY, INK, STYLE, VARIANCE, Look, finished, looks


def plot_comparison(comparison: Any, path: str | Path | None = None) -> Any:
    """Estimates with 95 % intervals, variances and efficiencies; a row for each component."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    rows = [row for row in comparison.rows() if row["reason"] is None]
    parameters = list(dict.fromkeys(row["parameter"] for row in rows))
    style = looks({label: comparison[label].method for label in comparison})
    height = 0.9 + 0.32 * len(comparison)
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((12.0, 0.4 + height * len(parameters)), layout="constrained")
        grid = figure.subplots(len(parameters), 3, squeeze=False, sharey=True)
        for axes, parameter in zip(grid, parameters, strict=True):
            own = [row for row in rows if row["parameter"] == parameter]
            _intervals(axes[0], own, style)
            _bars(axes[1], own, style, "variance", VARIANCE)
            _bars(axes[2], own, style, "variance_time", EFFICIENCY)
            what = of_what(comparison.output)
            axes[0].set_title(f"dE[{what}]/d {parameter}, 95 % intervals", fontsize=11)
        return finished(figure, path)


def _intervals(axes: Any, rows: list[dict[str, Any]], style: Mapping[str, Look]) -> None:
    for y, row in enumerate(rows):
        look = style[row["method"]]
        axes.plot([row["low"], row["high"]], [y, y], color=look.color, lw=2.2)
        axes.plot(row["gradient"], y, look.marker, color=look.color, ms=5.5)
    if "exact" in rows[0]:
        axes.axvline(rows[0]["exact"], color=INK, lw=1.0, ls=(0, (4, 3)), zorder=0.5)
    axes.set_yticks(range(len(rows)), [row["method"] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")


def _bars(
    axes: Any, rows: list[dict[str, Any]], style: Mapping[str, Look], key: str, title: str
) -> None:
    values = [row[key] for row in rows]
    positive = [value for value in values if value > 0.0]
    colors = [style[row["method"]].color for row in rows]
    floor = min(positive, default=1.0) / 3.0
    shown = [max(value, floor) for value in values]
    axes.barh(range(len(rows)), shown, left=0.0, height=0.62, color=colors)
    axes.set_xscale("log")
    axes.set_xlim(floor, max(shown) * 8.0)
    for y, (value, end) in enumerate(zip(values, shown, strict=True)):
        axes.annotate(f"{value:.3g}", (end, y), (4, 0), textcoords="offset points", va="center")
    axes.set_title(title, fontsize=11)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
