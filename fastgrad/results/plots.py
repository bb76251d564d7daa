"""Figures of comparisons and sweeps (needs the extra `plots`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..extras import require
from .side_by_side import Comparison
from .sweeps import Sweep

# One hue for each family of methods, one shade and marker for each of its members.
SHADES = {
    "ipa": ("#1d4ed8",),
    "spa": ("#0e7490",),
    "lr": ("#b91c1c", "#f87171", "#7f1d1d"),
    "wd": ("#15803d", "#65a30d", "#14b8a6", "#064e3b"),
    "gs": ("#7e22ce",),
    "auto": ("#111827",),
    "differences": ("#d97706", "#92400e", "#eab308", "#f97316", "#a8a29e"),
}
MARKERS = "osD^vP"
INK, FAINT = "#374151", "#e5e7eb"
COINCIDE = 0.02  # curves closer than this everywhere (relative) share a label
VARIANCE = "variance per replication"
EFFICIENCY = "variance × seconds per replication"
STYLE = {
    "font.size": 10,
    "axes.edgecolor": "#9ca3af",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlecolor": "#111827",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "savefig.dpi": 160,
    "savefig.bbox": "tight",
    "savefig.facecolor": "white",
}


class Look(NamedTuple):
    """How one method is drawn."""

    color: str
    marker: str


def looks(methods: Mapping[str, str]) -> dict[str, Look]:
    """A look for each label, by the name of its method."""
    used: dict[str, int] = {}
    made = {}
    for label, name in methods.items():
        family = name if name in SHADES else "differences"
        member = used.get(family, 0)
        used[family] = member + 1
        shades = SHADES[family]
        made[label] = Look(shades[member % len(shades)], MARKERS[member % len(MARKERS)])
    return made


def plot_comparison(comparison: Comparison, path: str | Path) -> None:
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
            axes[0].set_title(f"dE[Y]/d {parameter}, 95 % intervals", fontsize=11)
        figure.savefig(path)


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


def plot_sweep(
    sweep: Sweep, path: str | Path, component: int = 0, label: str | None = None
) -> None:
    """Variance and efficiency of each method against one component of θ."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    methods = {name: one[name].method for one in sweep for name in one}
    style = looks(methods)
    parameter, curves = _curves(sweep, component, list(methods))
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((14.5, 5.8))
        panels = figure.subplots(1, 2)
        for axes, key, title in zip(
            panels, ("variance", "variance_time"), (VARIANCE, EFFICIENCY), strict=True
        ):
            _draw_curves(axes, curves[key], style)
            axes.set_title(title, fontsize=12, pad=10)
            axes.set_xlabel(label or parameter)
            axes.margins(x=0.04)
        figure.subplots_adjust(left=0.05, right=0.88, wspace=0.66)
        for axes, key in zip(panels, ("variance", "variance_time"), strict=True):
            _label_curves(axes, curves[key], style)
        figure.savefig(path)


Curve = tuple[np.ndarray, np.ndarray]


def _curves(
    sweep: Sweep, component: int, labels: Sequence[str]
) -> tuple[str, dict[str, dict[str, Curve]]]:
    """The component's name, and (x, y) of each method for each quantity."""
    wanted: dict[str, dict[str, list]] = {
        key: {label: [] for label in labels} for key in ("variance", "variance_time")
    }
    parameter = ""
    for comparison in sweep:
        for label in comparison:
            rows = [row for row in comparison.rows() if row["method"] == label]
            row = rows[component]
            parameter = row["parameter"]
            for key, found in wanted.items():
                if row[key] > 0.0:
                    found[label].append((row["at"], row[key]))
    made: dict[str, dict[str, Curve]] = {}
    for key, found in wanted.items():
        points = {label: np.array(sorted(xy)).reshape(-1, 2).T for label, xy in found.items()}
        made[key] = {label: (xy[0], xy[1]) for label, xy in points.items() if xy.size}
    return parameter, made


def _draw_curves(axes: Any, curves: Mapping[str, Curve], style: Mapping[str, Look]) -> None:
    axes.set_yscale("log")
    for label, (x, y) in curves.items():
        look = style[label]
        axes.plot(
            x, y, color=look.color, marker=look.marker, ms=6, lw=1.8, mec="white", mew=0.8,
            clip_on=False,
        )  # fmt: skip
    if points := sorted({float(x) for xs, _ in curves.values() for x in xs}):
        if len(points) <= 12:
            axes.set_xticks(points, [f"{x:.4g}" for x in points])
    axes.grid(visible=False, axis="x")


def _label_curves(axes: Any, curves: Mapping[str, Curve], style: Mapping[str, Look]) -> None:
    """Names at the right ends, moved apart until none overlap."""
    groups = _coinciding(curves)
    ends = [(curves[group[0]][0][-1], curves[group[0]][1][-1]) for group in groups]
    scale = axes.figure.dpi / 72.0
    heights = [axes.transData.transform(end)[1] / scale for end in ends]
    right, lowest, highest = (v / scale for v in (axes.bbox.x1, axes.bbox.y0, axes.bbox.y1))
    places = _apart(heights, 15.0, lowest + 6.0, highest - 6.0)
    for group, end, height in zip(groups, ends, places, strict=True):
        across, up = axes.transData.transform(end) / scale
        color = style[group[0]].color if len(group) == 1 else INK
        axes.annotate(
            ", ".join(group), end, (right - across + 14.0, height - up), color=color,
            textcoords="offset points", va="center", fontsize=10, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": "#9ca3af", "lw": 0.7, "shrinkA": 2, "shrinkB": 5,
                "relpos": (0.0, 0.5),
            },
        )  # fmt: skip


def _coinciding(curves: Mapping[str, Curve]) -> list[list[str]]:
    """Labels in groups whose curves cannot be told apart."""
    groups: list[list[str]] = []
    for label, (x, y) in curves.items():
        for group in groups:
            other = curves[group[0]]
            if len(other[0]) == len(x) and np.allclose(other[1], y, rtol=COINCIDE, atol=0.0):
                group.append(label)
                break
        else:
            groups.append([label])
    return groups


def _apart(heights: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Heights moved as little as needed to be `least` apart and in [low, high]."""
    order = np.argsort(heights, kind="stable")
    steps = least * np.arange(len(heights))
    # Monotone regression of height - step: pool neighbours that would overlap.
    pools: list[tuple[float, int]] = []
    for value in np.asarray(heights, dtype=float)[order] - steps:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    spread = np.repeat([value for value, _ in pools], [count for _, count in pools])
    placed = np.empty(len(heights))
    placed[order] = np.clip(spread, low, max(low, high - steps[-1])) + steps
    return [float(height) for height in placed]
