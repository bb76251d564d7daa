"""The picture of a sweep: gradient, variance and efficiency of each method against θ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...extras import require
from ..text_table import of_what
from .labels import Curve, label_curves
from .style import EFFICIENCY, INK, STYLE, VARIANCE, Look, finished, looks

PANELS = {"gradient": "gradient, 95 % bands", "variance": VARIANCE, "variance_time": EFFICIENCY}


def plot_sweep(
    sweep: Any, path: str | Path | None = None, component: int = 0, label: str | None = None
) -> Any:
    """Gradient with bands, variance and efficiency of each method against one component of θ."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((19.0, 5.8))
        drawn = []
        for axes, (kind, title) in zip(figure.subplots(1, 3), PANELS.items(), strict=True):
            drawn.append((axes, _draw(axes, sweep, kind, component, label)))
            whose = "" if sweep.output is None else f"{of_what(sweep.output)}: "
            axes.set_title(whose + title, fontsize=12, pad=10)
        figure.subplots_adjust(left=0.045, right=0.9, wspace=0.62)
        for axes, curves in drawn:
            label_curves(axes, curves, _looks(sweep))
        return finished(figure, path)


def plot_panel(
    sweep: Any, path: str | Path | None, kind: str, component: int, label: str | None
) -> Any:
    """One of the panels alone."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((7.4, 4.6))
        axes = figure.subplots()
        curves = _draw(axes, sweep, kind, component, label)
        name = sweep.names[component] if len(sweep) else ""
        what = of_what(sweep.output)
        axes.set_title(f"dE[{what}]/d {name}: {PANELS[kind]}", fontsize=11, pad=10)
        figure.subplots_adjust(left=0.11, right=0.78, bottom=0.13, top=0.9)
        label_curves(axes, curves, _looks(sweep))
        return finished(figure, path)


def _looks(sweep: Any) -> dict[str, Look]:
    return looks({name: one[name].method for one in sweep for name in one})


def _draw(axes: Any, sweep: Any, kind: str, component: int, label: str | None) -> dict[str, Curve]:
    """The curves of one panel; points that are on no line are not joined."""
    line, where, joined = sweep.along(component)
    rows, style = rows_of(line, component), _looks(sweep)
    curves = curves_of(rows, kind, list(style))
    draw_curves(axes, curves, style, joined)
    if kind != "gradient":
        axes.set_yscale("log")
    elif joined:
        draw_bands(axes, rows, style)
    name = rows[0]["parameter"] if rows else ""
    axes.set_xlabel((label or name) + (f"   ({where})" if where else ""))
    axes.margins(x=0.04)
    return curves


def rows_of(sweep: Any, component: int) -> list[dict[str, Any]]:
    """The rows of one component of θ, from left to right."""
    found = []
    for comparison in sweep:
        rows = comparison.rows()
        for label in comparison:
            own = [row for row in rows if row["method"] == label]
            found.append(own[component])
    return sorted(found, key=lambda row: row["at"])


def curves_of(rows: list[dict[str, Any]], key: str, labels: Sequence[str]) -> dict[str, Curve]:
    """(x, y) of each method for one quantity; variances of zero have no place on a log axis."""
    made: dict[str, Curve] = {}
    for label in labels:
        own = [(row["at"], row[key]) for row in rows if row["method"] == label]
        points = [(x, y) for x, y in own if key == "gradient" or y > 0.0]
        if points:
            x, y = np.array(points).T
            made[label] = (x, y)
    return made


def draw_curves(
    axes: Any, curves: Mapping[str, Curve], style: Mapping[str, Look], joined: bool = True
) -> None:
    """One line for each method."""
    for label, (x, y) in curves.items():
        look = style[label]
        axes.plot(
            x, y, color=look.color, marker=look.marker, ms=6, lw=1.8 if joined else 0.0,
            mec="white", mew=0.8, clip_on=False,
        )  # fmt: skip
    if points := sorted({float(x) for xs, _ in curves.values() for x in xs}):
        if len(points) <= 12:
            axes.set_xticks(points, [f"{x:.4g}" for x in points])
    axes.grid(visible=False, axis="x")


def draw_bands(axes: Any, rows: list[dict[str, Any]], style: Mapping[str, Look]) -> None:
    """The 95 % intervals of every method, and the exact gradient where it is known."""
    for label in dict.fromkeys(row["method"] for row in rows):
        own = [row for row in rows if row["method"] == label]
        x, low, high = ([row[key] for row in own] for key in ("at", "low", "high"))
        axes.fill_between(x, low, high, color=style[label].color, alpha=0.16, lw=0.0)
    exact = dict.fromkeys((r["at"], r["exact"]) for r in rows if r.get("exact") is not None)
    if exact:
        x, y = np.array(sorted(exact)).T
        axes.plot(x, y, color=INK, lw=1.0, ls=(0, (4, 3)), zorder=5)
