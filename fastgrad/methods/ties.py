"""Do paths of a model of the library bend at θ itself with positive probability?

Then E[Y] has no derivative there: constant durations of two arcs that are equal, service that is as
long as a whole number of units between arrivals. Times with a density never tie, so the pilot
(`user/pilots/ties.py`) runs only where two draws have none, or one draw and a threshold.
"""

from __future__ import annotations

import numpy as np

from ..core.traced_model import Slot, TracedModel
from ..core.tracer import value_of
from ..kernels.random.philox import PILOT
from ..user.described import Described
from ..user.pilots.directions import Direction, Move
from ..user.pilots.paths import Paths
from ..user.pilots.ties import NEAR, bending, enough
from .edges import end_of_range
from .inside import fits

PATHS = 256


def certain_tie(traced: TracedModel) -> str | None:
    """Why E[Y] has no derivative at θ; None if nothing speaks against it."""
    if isinstance(traced.model, Described) or traced.measures > 1:
        return None  # which has a pilot of its own; measures are asked one by one
    rough = sum(e.draws for e in traced.inputs if not e.distribution.has("density"))
    for i, name in enumerate(traced.theta.names):
        at = f"E[Y] has a kink or a jump at {name} = {traced.theta.vector[i]:.6g}"
        moved = [slot for slot in traced.slots_of(i) if followed(traced, slot)]
        if rough and moved and rough + any(slot.which < 0 for slot in moved) > 1:
            bends = _bends(traced, i, moved)
            if bends is not None and enough(bends):
                return (
                    f"{at}: times or levels are equal on {np.mean(bends):.0%} of the paths; "
                    f"move {name} off that value"
                )
        if end_of_range(traced, i):
            return f"{at}: a threshold meets the end of a draw's range; move {name} off that value"
    return None


def followed(traced: TracedModel, slot: Slot) -> bool:
    """Whether a draw without a density, or a threshold, moves along the path."""
    if slot.which < 0:
        return True
    distribution = traced.inputs[slot.which].distribution
    return not distribution.has("density") and distribution.has(f"derivative_{slot.parameter}")


def _bends(traced: TracedModel, i: int, moved: list[Slot]) -> np.ndarray | None:
    """Which paths jump or bend at θ in component i; None at the end of the model's domain."""
    paths = Paths(traced.model, 0, PILOT, PATHS)
    sizes = np.cumsum([0, *(len(e.distribution.values) for e in paths.entries)])
    own = [float(value_of(v)) for v in traced.model.structure().values()]
    places = []
    for slot in moved:
        if slot.which < 0:
            row, value = slot.number, own[slot.number]
        else:
            distribution = traced.inputs[slot.which].distribution
            place = list(distribution.kernel.PARAMETERS).index(slot.parameter)
            row, value = int(sizes[slot.which]) + place, float(distribution.values[place])
        places.append(Move(row, slot.which < 0, value, float(slot.tangent[i])))
    far = NEAR * min((abs(place.value) or 1.0) / abs(place.step) for place in places)
    if not (fits(traced, i, far) and fits(traced, i, -far)):
        return None
    way = Direction(tuple(place._replace(step=far * place.step) for place in places))
    return bending(way, paths)
