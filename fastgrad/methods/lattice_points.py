"""Values of θ at which E[Y] itself jumps: with discrete inputs many paths jump at one place.

Where inputs have densities, each path jumps at a place of its own and E[Y] is smooth. A demand
in whole units meets a level only at whole numbers: between them a difference is right, across
one of them it is not, and at one of them E[Y] has no derivative.
"""

from __future__ import annotations

import numpy as np

from ..core.study import Study
from ..errors import NotApplicable
from ..kernels.random.philox import PILOT
from ..user.pilots.jumps import close_in
from ..user.pilots.paths import Paths

ROUNDS = 12  # of searches, each between the nearest of the values found so far
THOROUGH = 16  # paths that are followed to the end
AT = 1e-6  # of the first window: as near as this, it is θ itself


def may_have_lattice(study: Study, i: int) -> bool:
    """Whether a component of θ moves something that discrete inputs can meet."""
    if not any(_is_discrete(study, which) for which in range(len(study.inputs))):
        return False
    return any(
        slot.which < 0
        or (
            _is_discrete(study, slot.which)
            and study.inputs[slot.which].distribution.has(f"derivative_{slot.parameter}")
        )
        for slot in study.slots_of(i)
    )


def clear_window(
    study: Study, i: int, seed: int, window: float, lanes: int, method: str, sides: tuple
) -> float:
    """The part of θ ± window in which no two paths jump at the same value.

    Raises
    ------
    NotApplicable
        If E[Y] jumps at θ itself.
    """
    first = window
    every = all(_is_discrete(study, which) for which in range(len(study.inputs)))
    for _ in range(ROUNDS):
        distance = _nearest(study, i, seed, window, lanes, every, sides)
        if distance is None:
            return window
        if distance < AT * first:
            name = study.theta.names[i]
            raise NotApplicable(
                method,
                f"E[Y] jumps at {name} = {study.theta.vector[i]:.10g}: an input is discrete, and "
                "paths jump exactly there with positive probability; between two such values the "
                "derivative exists",
                (),
            )
        window = 0.9 * distance
    return window


def _is_discrete(study: Study, which: int) -> bool:
    return not study.inputs[which].distribution.has("density")


def _nearest(
    study: Study, i: int, seed: int, window: float, lanes: int, every: bool, sides: tuple
) -> float | None:
    """The distance from θ of the nearest value at which several paths jump (or any, if all
    inputs are discrete)."""
    ends = np.array(sides) * window
    centre, half = float(ends.mean()), 0.5 * float(ends[1] - ends[0])

    def outputs(paths: Paths, points: np.ndarray) -> np.ndarray:
        at = np.repeat(study.theta.vector[:, None], paths.lanes, axis=1)
        at[i] += centre + half * points
        design = study.design([at])
        paths.parameters[:], paths.structure[:] = design["parameters"][0], design["structure"][0]
        return design["scale"][0] * paths.outputs() + design["shift"][0]

    found = close_in(outputs, Paths(study.model, seed, PILOT, lanes), THOROUGH)
    places, counts = np.unique(found.interval[:, found.jumps], axis=1, return_counts=True)
    shared = centre + half * places[:, counts >= (1 if every else 2)]
    if not shared.size:
        return None
    around = (shared[0] <= 0.0) & (shared[1] >= 0.0)
    return float(np.min(np.where(around, 0.0, np.min(np.abs(shared), axis=0))))
