"""Does a marked threshold stand where a density jumps, at the end of a draw's range?

As `fastgrad/methods/edges.py` for the models of the library: the smoothed derivative would jump
in θ there, at θ itself and on many paths at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...kernels.marks.smoothed import smoothed
from ...kernels.random.philox import PILOT
from ..pilots.directions import Direction, ThetaPlace, by_component, theta_places
from ..pilots.paths import Paths
from ..pilots.ties import NEAR
from .pilot import TRIED, run_block
from .table import places_of

if TYPE_CHECKING:
    from ..described import Described
PATHS = 32
JUMPS = 1e-3  # of the size of the smoothed derivative


def end_of_range(model: Described, margins: frozenset[str], how: int) -> str | None:
    """Why E[Y] has no derivative at the model's parameters, or None.

    margins: the places that move one; how: see `Found`
    """
    if not any(entry.distribution.ends_abruptly() for entry in model.sources):
        return None
    moved = theta_places(model, lambda place: place.name in margins)
    if not moved:
        return None
    for way, name in by_component(model, moved, NEAR):
        below, above = (_slope(model, moved, how, way, t) for t in (-1.0, 1.0))
        if abs(above - below) > JUMPS * max(abs(above), abs(below)):
            return (
                f"E[Y] has a kink at {name} = {way.moves[0].value:.6g}: a marked threshold meets "
                f"the end of a draw's range; move {name} off that value"
            )
    return None


def _slope(model: Described, moved: list[ThetaPlace], how: int, way: Direction, t: float) -> float:
    """The smoothed derivative beside θ, all places together, on the paths of a pilot."""
    places = places_of(model)
    paths = Paths(model, 0, PILOT, PATHS)
    way.go(paths, np.full(paths.lanes, t))
    _, out = run_block(model, smoothed, paths, 0, places, (how, TRIED), 1 + len(places))
    weights = {place.name: float(place.tangent.sum()) for place in moved}
    rows = [weights.get(place.name, 0.0) * out[k] for k, place in enumerate(places)]
    return float(np.mean(np.sum(rows, axis=0)))
