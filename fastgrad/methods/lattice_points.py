"""Values of θ at which E[Y] itself jumps: with discrete inputs many paths jump at one place.

Where inputs have densities, each path jumps at a place of its own and E[Y] is smooth. A demand
in whole units meets a level only at whole numbers: between them a difference is right, across
one of them it is not, and at one of them E[Y] has no derivative.
"""

from __future__ import annotations

import numpy as np

from ..core.traced_model import TracedModel
from ..errors import NotApplicable
from ..kernels.random.philox import PILOT
from ..user.pilots.jumps import close_in
from ..user.pilots.paths import Paths

ROUNDS = 12  # of searches, each between the nearest of the values found so far
THOROUGH = 16  # paths that are followed to the end
AT = 1e-6  # of the first window: as near as this, it is θ itself


def may_have_lattice(traced: TracedModel, i: int) -> bool:
    """Whether a component of θ moves something that discrete inputs can meet."""
    if not any(_is_discrete(traced, which) for which in range(len(traced.inputs))):
        return False
    return any(
        slot.which < 0
        or (
            _is_discrete(traced, slot.which)
            and traced.inputs[slot.which].distribution.has(f"derivative_{slot.parameter}")
        )
        for slot in traced.slots_of(i)
    )


def clear_window(
    traced: TracedModel, i: int, seed: int, window: float, lanes: int, method: str, sides: tuple
) -> float:
    """The part of θ ± window in which no two paths jump at the same value.

    Raises
    ------
    NotApplicable
        If E[Y] jumps at θ itself.
    """
    first = window
    every = all(_is_discrete(traced, which) for which in range(len(traced.inputs)))
    for _ in range(ROUNDS):
        distance = _nearest(traced, i, seed, window, lanes, every, sides)
        if distance is None:
            return window
        if distance < AT * first:
            name = traced.theta.names[i]
            raise NotApplicable(
                method,
                f"E[Y] jumps at {name} = {traced.theta.vector[i]:.10g}, which a discrete input "
                f"meets with positive probability; move {name} off that value",
                (),
            )
        window = 0.9 * distance
    return window


def _is_discrete(traced: TracedModel, which: int) -> bool:
    return not traced.inputs[which].distribution.has("density")


def _nearest(
    traced: TracedModel, i: int, seed: int, window: float, lanes: int, every: bool, sides: tuple
) -> float | None:
    """The distance from θ of the nearest value at which several paths jump (or any, if all
    inputs are discrete)."""
    ends = np.array(sides) * window
    centre, half = float(ends.mean()), 0.5 * float(ends[1] - ends[0])

    def outputs(paths: Paths, points: np.ndarray) -> np.ndarray:
        at = np.repeat(traced.theta.vector[:, None], paths.lanes, axis=1)
        at[i] += centre + half * points
        design = traced.design([at])
        paths.parameters[:], paths.structure[:] = design["parameters"][0], design["structure"][0]
        return design["scale"][0] * paths.outputs() + design["shift"][0]

    found = close_in(outputs, Paths(traced.model, seed, PILOT, lanes), THOROUGH)
    places, counts = np.unique(found.interval[:, found.jumps], axis=1, return_counts=True)
    shared = centre + half * places[:, counts >= (1 if every else 2)]
    if not shared.size:
        return None
    around = (shared[0] <= 0.0) & (shared[1] >= 0.0)
    return float(np.min(np.where(around, 0.0, np.min(np.abs(shared), axis=0))))
