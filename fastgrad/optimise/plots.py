"""Figures of optimisations and of their comparison (needs the extra `plots`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..extras import require
from ..results.plots.style import INK, STYLE, finished

MOST_LINES = 12  # components drawn
COLORS = ("#1d4ed8", "#b91c1c", "#15803d", "#d97706", "#7e22ce", "#0e7490", "#111827", "#a8a29e")
WINDOW = 20  # iterates behind the smoothed objective


def plot_result(result: Any, path: str | Path | None) -> Any:
    """Iterates above, the objective as it was seen with its band below, against paths spent."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((9.0, 6.4), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True)
        _iterates(above, result)
        _objective(below, result)
        below.set_xlabel("paths simulated")
        return finished(figure, path)


def _iterates(axes: Any, result: Any) -> None:
    names, spent = result._theta.names, result.path.spent
    x, answer = result.path.x, result._vector
    for i, name in enumerate(names[:MOST_LINES]):
        color = COLORS[i % len(COLORS)]
        axes.plot(spent, x[:, i], color=color, lw=1.0, alpha=0.7, label=name)
        axes.axhline(answer[i], color=color, lw=0.8, ls=(0, (4, 3)))
    axes.set_title(f"{result.algorithm}: iterates and the answer", fontsize=11)
    if len(names) > 1:
        axes.legend(frameon=False, fontsize=8, ncols=2)


def _objective(axes: Any, result: Any) -> None:
    spent, value = result.path.spent, result.path.value
    known = np.isfinite(value)
    spent, value, error = spent[known], value[known], result.path.value_error[known]
    if len(value):
        width = min(WINDOW, max(len(value) // 5, 1))
        kernel = np.ones(width) / width
        middle = np.convolve(value, kernel, "valid")
        band = 1.96 * np.sqrt(np.convolve(error**2, kernel**2, "valid"))
        at = spent[width - 1 :]
        axes.fill_between(at, middle - band, middle + band, color=COLORS[0], alpha=0.2, lw=0)
        axes.plot(at, middle, color=COLORS[0], lw=1.2)
        low, high = np.quantile(value, [0.0, 0.9])
        room = 0.3 * (high - low) + 1e-12
        axes.set_ylim(low - room, high + room)
    axes.axhline(result.fun, color=INK, lw=0.9, ls=(0, (4, 3)))
    axes.set_title("objective as it was seen, and 95 % band", fontsize=11)


def plot_comparison(comparison: Any, path: str | Path | None) -> Any:
    """Mean gap with its interval against paths spent, and the share of runs that solved."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((12.0, 4.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        for k, name in enumerate(comparison.algorithms):
            color = COLORS[k % len(COLORS)]
            curve = comparison.curve(name)
            left.plot(curve["paths"], curve["gap"], color=color, lw=1.6, label=name)
            low = np.maximum(curve["low"], 1e-12)
            left.fill_between(curve["paths"], low, curve["high"], color=color, alpha=0.15, lw=0)
            profile = comparison.profile(name)
            right.step(profile["paths"], profile["solved"], where="post", color=color, lw=1.6)
        left.set_yscale("log")
        left.set_title(f"{comparison.problem}: mean gap, share of the initial one", fontsize=11)
        left.set_xlabel("paths simulated")
        left.legend(frameon=False, fontsize=9)
        share = comparison.solved_below
        right.set_title(f"share of runs within {100 * share:g} % of the initial gap", fontsize=11)
        right.set_xlabel("paths simulated")
        right.set_ylim(-0.02, 1.02)
        return finished(figure, path)
