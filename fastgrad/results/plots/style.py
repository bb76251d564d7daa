"""What all pictures have in common: colours, markers, fonts, and how they end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

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


def finished(figure: Any, path: str | Path | None) -> Any:
    """The figure, saved where a path was given: its ending says in which format."""
    if path is not None:
        figure.savefig(path)
    return figure
