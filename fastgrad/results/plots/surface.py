"""Two parameters: the expected output as a surface, with its gradient as arrows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...extras import require
from ..text_table import of_what
from .style import INK, STYLE, finished

WORDS = {
    "performance": "E[{}]",
    "standard_error": "standard error of dE[{}]/d",
    "variance": "variance of dE[{}]/d",
    "gradient": "dE[{}]/d",
}
LEAST_POINTS = 4
ARROWS = 144  # drawn at most


def plot_surface(
    sweep: Any, path: str | Path | None, quantity: str, method: str | None, component: int
) -> Any:
    """Filled contours over the first two components of θ that move; arrows point uphill."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    moving = sweep.moving()
    if len(moving) != 2:
        raise ValueError(f"a surface needs two parameters that move, got {len(moving)}")
    if quantity not in WORDS:
        raise ValueError(f"quantity must be one of {', '.join(map(repr, WORDS))}, got {quantity!r}")
    label = method or _best(sweep)
    x, y, z, slopes = _points(sweep, moving, quantity, label, component)
    if len(x) < LEAST_POINTS:
        raise ValueError(f"a surface needs {LEAST_POINTS} points or more, got {len(x)}")
    names = sweep.names
    with matplotlib.rc_context(STYLE | {"axes.grid": False}):
        figure = figures.Figure((7.4, 5.4), layout="constrained")
        axes = figure.subplots()
        filled = axes.tricontourf(x, y, z, levels=14, cmap="viridis")
        axes.tricontour(x, y, z, levels=14, colors="white", linewidths=0.4, alpha=0.6)
        axes.plot(x, y, ".", color=INK, ms=3.5, zorder=4)
        axes.use_sticky_edges = False  # room for the arrows at the edge
        axes.margins(0.18)
        if quantity == "performance":
            _arrows(axes, x, y, slopes)
        figure.colorbar(filled, ax=axes)
        axes.set_xlabel(names[moving[0]])
        axes.set_ylabel(names[moving[1]])
        what = WORDS[quantity].format(of_what(sweep.output))
        title = f"{what}, arrows: its gradient" if quantity == "performance" else (
            f"{what} {names[component]}")  # fmt: skip
        axes.set_title(f"{title} ({label})", fontsize=11, pad=10)
        return finished(figure, path)


def _best(sweep: Any) -> str:
    """The method that is there at most points; the first of several."""
    labels = [label for one in sweep for label in one]
    return max(dict.fromkeys(labels), key=labels.count)


def _points(
    sweep: Any, moving: list[int], quantity: str, label: str, component: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows, slopes = [], []
    for one in sweep:
        if label not in one:
            continue
        at, parts = sweep.vector(one), one[label].components()
        own = parts[component] | {"performance": one[label].performance.value}
        rows.append((at[moving[0]], at[moving[1]], own[quantity]))
        slopes.append([parts[k]["gradient"] for k in moving])
    x, y, z = np.array(rows, dtype=float).reshape(-1, 3).T
    return x, y, z, np.array(slopes, dtype=float).reshape(-1, 2)


def _arrows(axes: Any, x: np.ndarray, y: np.ndarray, slopes: np.ndarray) -> None:
    """Directions in the picture's own units, the longest as long as the points are apart."""
    keep = slice(None, None, max(1, len(x) // ARROWS))
    spans = np.array([np.ptp(x) or 1.0, np.ptp(y) or 1.0])
    scaled = slopes[keep] * spans  # change of E[Y] across the picture
    longest = np.max(np.hypot(*scaled.T)) or 1.0
    reach = 0.5 / max(np.sqrt(len(x[keep])), 2.0)
    moved = scaled / longest * reach * spans
    axes.quiver(
        x[keep], y[keep], moved[:, 0], moved[:, 1], angles="xy", scale_units="xy", scale=1.0,
        color="#f97316", width=0.005, zorder=3,
    )  # fmt: skip
