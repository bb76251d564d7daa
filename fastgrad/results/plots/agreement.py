"""How well methods agree: their differences in standard errors, each against each."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from ...extras import require
from ..text_table import of_what
from .style import INK, STYLE, finished

DOUBT = 4.0  # standard errors at which the colour is full


def scores(comparisons: Any) -> tuple[list[str], np.ndarray]:
    """Labels, and for each pair the difference of largest size in standard errors.

    The methods are taken as independent. Positive: the row's method gives more.
    """
    labels = list(dict.fromkeys(label for one in comparisons for label in one))
    worst = np.full((len(labels), len(labels)), np.nan)
    for one in comparisons:
        rows = {label: one[label].components() for label in one}
        for i, first in enumerate(labels):
            for j, second in enumerate(labels):
                if i != j and first in rows and second in rows:
                    for a, b in zip(rows[first], rows[second], strict=True):
                        worst[i, j] = _larger(worst[i, j], _score(a, b))
    return labels, worst


def _score(a: dict[str, Any], b: dict[str, Any]) -> float:
    off = a["gradient"] - b["gradient"]
    error = math.hypot(a["standard_error"], b["standard_error"])
    if error > 0.0:
        return float(off / error)
    return 0.0 if off == 0.0 else math.copysign(math.inf, off)


def _larger(old: float, new: float) -> float:
    return new if math.isnan(old) or abs(new) > abs(old) else old


def plot_agreement(comparisons: Any, path: str | Path | None) -> Any:
    """The matrix as a picture."""
    matplotlib = require("matplotlib", "plot()")
    figures = require("matplotlib.figure", "plot()")
    labels, worst = scores(comparisons)
    size = max(3.6, 0.62 * len(labels) + 1.8)
    with matplotlib.rc_context(STYLE | {"axes.grid": False}):
        figure = figures.Figure((size + 1.2, size), layout="constrained")
        axes = figure.subplots()
        shown = np.ma.masked_invalid(np.clip(worst, -DOUBT, DOUBT))
        image = axes.pcolormesh(shown, cmap="RdBu_r", vmin=-DOUBT, vmax=DOUBT)
        axes.set_aspect("equal")
        axes.invert_yaxis()
        for i in range(len(labels)):
            for j in range(len(labels)):
                if not math.isnan(worst[i, j]):
                    strong = abs(shown[i, j]) > 0.6 * DOUBT
                    axes.text(
                        j + 0.5, i + 0.5, f"{worst[i, j]:+.1f}", ha="center", va="center",
                        fontsize=9, color="white" if strong else INK,
                    )  # fmt: skip
        middles = np.arange(len(labels)) + 0.5
        axes.set_xticks(middles, labels, rotation=40, ha="right")
        axes.set_yticks(middles, labels)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        many = sum(len(one[next(iter(one))].components()) for one in comparisons) > 1
        what = "largest difference" if many else "difference"
        output = comparisons[0].output
        whose = "" if output is None else f" of {of_what(output)}"
        axes.set_title(f"agreement{whose}: {what}\nin standard errors", fontsize=11, pad=10)
        figure.colorbar(image, ax=axes, shrink=0.75, extend="both")
        return finished(figure, path)
