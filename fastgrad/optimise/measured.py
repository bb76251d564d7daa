"""Where differences are taken around θ, and their replications."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.engine import Moments, make_replications
from .region import Region
from .sampling import Sample, Source


def around(
    region: Region, whole: np.ndarray, reach: float, x: np.ndarray, steps: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The centre and the steps of differences around x: in the box, on the lattice.

    whole: (d,) which components are whole numbers; they have their neighbours at ±1/2
    reach: of the outputs around the centre, in steps
    """
    low, high = region.low, region.high
    c = np.minimum(steps, 0.499 * np.maximum(high - low, 1e-300) / reach)
    at = np.clip(x, low + reach * c, high - reach * c)
    if whole.any():
        below = np.clip(np.floor(x), np.ceil(low), np.floor(high) - 1.0)
        at, c = np.where(whole, below + 0.5, at), np.where(whole, 0.5, c)
    return at, c


def measured(
    source: Source, plan: Any, asked: tuple[Any, ...], count: int, first: int, paths: int
) -> Sample:
    """The mean of a plan's replications, counted.

    asked: what the plan depends on
    """

    def simulated() -> Moments:
        made = Moments(np.zeros((3, plan.outputs)))
        make_replications(plan, source.settings_for(count), first, 0, count, made.total)
        if not np.all(np.isfinite(made.total)):
            raise ValueError(
                "the output is not a finite number in some replication: keep θ away from there by "
                "bounds="
            )
        return made

    found = source.asked((*asked, count, first), simulated)
    source.spent += count * paths
    return Sample.of(found)
