"""Does the output of a function with marked thresholds jump where no mark stands?"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ...kernels.marks.step import step
from ...kernels.random.philox import PILOT
from .paths import LANES, Paths
from .watchdog import examine

if TYPE_CHECKING:
    from ..described import Described

LOOKED_AT = 64  # jumps whose marks are compared on both sides
BESIDE = 1e-6  # of the step in which the parameter moves: the watchdog knows a jump to 1e-9


def unmarked_jump(model: Described, place: str) -> str | None:
    """What the watchdog finds beyond the marks: a jump at which every mark stays as it is."""
    row, structural = model.row(place)
    if row is None:
        return None
    finding = examine(model, place, row, structural)
    if finding is None:
        return None
    jumps = zip(finding.replications, finding.at, finding.sizes, strict=True)
    for replication, at, size in list(jumps)[:LOOKED_AT]:
        beside = BESIDE * finding.step
        before, after = (
            _outcomes(model, row, structural, int(replication), float(at) + side)
            for side in (-beside, beside)
        )
        if before == after:
            return (
                f"the output also jumps where no mark stands at {finding.line} (by {size:.3g} "
                f"where {place} is {at:.6g}): write fg.step(…) there too"
            )
    return None


def _outcomes(
    model: Described, row: int, structural: bool, replication: int, value: float
) -> list[bool]:
    """How every mark is decided on a path, with the parameter at this value."""
    found: list[bool] = []

    def noted(condition: Any) -> float:
        found.append(bool(condition))
        return step(condition)

    paths = Paths(model, 0, PILOT + replication // LANES * LANES)
    (paths.structure if structural else paths.parameters)[row] = value
    function = model.user.compiled(
        lambda reached: noted if reached is step else reached, lambda function: function
    )
    with contextlib.suppress(Exception):  # an overflow in Python is an infinity compiled
        function(*model.arguments(paths, replication % LANES))
    return found
