"""Names at the ends of curves, none on top of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .style import INK, Look

COINCIDE = 0.02  # curves closer than this everywhere (relative) share a label
Curve = tuple[np.ndarray, np.ndarray]


def label_curves(axes: Any, curves: Mapping[str, Curve], style: Mapping[str, Look]) -> None:
    """Names at the right ends, moved apart until none overlap."""
    groups = coinciding(curves)
    ends = [(curves[group[0]][0][-1], curves[group[0]][1][-1]) for group in groups]
    scale = axes.figure.dpi / 72.0
    heights = [axes.transData.transform(end)[1] / scale for end in ends]
    right, lowest, highest = (v / scale for v in (axes.bbox.x1, axes.bbox.y0, axes.bbox.y1))
    places = apart(heights, 15.0, lowest + 6.0, highest - 6.0)
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


def coinciding(curves: Mapping[str, Curve]) -> list[list[str]]:
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


def apart(heights: Sequence[float], least: float, low: float, high: float) -> list[float]:
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
