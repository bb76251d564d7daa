"""The picture of a convergence: estimates with bands, and standard errors, by replications."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...extras import require
from ..text_table import of_what
from .labels import Curve, label_curves
from .style import INK, STYLE, finished, looks


def plot_convergence(made: Any, path: str | Path | None, component: int) -> Any:
    """Estimates with 95 % bands on the left, standard errors on the right."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    last = made.comparisons[-1]
    style = looks({label: last[label].method for label in last})
    parts = {label: _parts(made, label, component) for label in last}
    with matplotlib.rc_context(STYLE):
        figure = figures.Figure((13.4, 4.8))
        left, right = figure.subplots(1, 2)
        values: dict[str, Curve] = {}
        errors: dict[str, Curve] = {}
        for label, (n, mean, error, low, high) in parts.items():
            color = style[label].color
            left.plot(n, mean, color=color, lw=1.6)
            left.fill_between(n, low, high, color=color, alpha=0.14, lw=0.0)
            right.plot(n, error, color=color, marker=style[label].marker, ms=4, lw=1.4)
            values[label], errors[label] = (n, mean), (n, np.maximum(error, 1e-300))
        _frame(left, right, made, component)
        figure.subplots_adjust(left=0.06, right=0.9, wspace=0.42, bottom=0.14, top=0.9)
        label_curves(left, values, style)
        label_curves(right, errors, style)
        return finished(figure, path)


def _parts(made: Any, label: str, component: int) -> tuple[np.ndarray, ...]:
    """Replications, estimate, error, interval, stage by stage."""
    names = ("gradient", "standard_error", "low", "high")
    rows = [
        (one[label].replications, *(one[label].components()[component][name] for name in names))
        for one in made.comparisons
        if label in one
    ]
    return tuple(np.array(rows, dtype=float).T)


def _frame(left: Any, right: Any, made: Any, component: int) -> None:
    last = made.comparisons[-1]
    row = last.rows()[component]
    if row.get("exact") is not None:
        left.axhline(row["exact"], color=INK, lw=1.0, ls=(0, (4, 3)), zorder=0.5)
    # The widest bands, of few replications, would hide all others.
    ends = [last[label].components()[component] for label in last]
    middle = float(np.median([end["gradient"] for end in ends]))
    reach = 12.0 * max(end["high"] - end["low"] for end in ends) or abs(middle) or 1.0
    left.set_ylim(middle - reach, middle + reach)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xlabel("replications")
        axes.margins(x=0.02)
    right.set_yscale("log")
    what = of_what(last.output)
    left.set_title(f"dE[{what}]/d {row['parameter']}, 95 % bands", fontsize=11, pad=10)
    right.set_title("standard error", fontsize=11, pad=10)
