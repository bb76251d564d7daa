"""Plans of runs at several values of θ: design points, weights, directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..core.chains import sparse_chain, stacked
from ..core.engine import Plan
from ..core.traced_model import TracedModel
from ..kernels.estimators.differences import Differences as DifferenceKernel
from ..settings import Settings
from .method import each


class StepSets(NamedTuple):
    """The steps of every measure: the distinct ones, and which of them each measure has."""

    distinct: list[np.ndarray]
    which: list[int]

    @staticmethod
    def of(steps: list[np.ndarray]) -> StepSets:
        """From those of every measure."""
        distinct: list[np.ndarray] = []
        which = []
        for one in steps:
            known = (k for k, other in enumerate(distinct) if np.array_equal(one, other))
            which.append(next(known, len(distinct)))
            if which[-1] == len(distinct):
                distinct.append(one)
        return StepSets(distinct, which)

    def for_each(self, things: Sequence[Any]) -> list[Any]:
        """What belongs to each distinct step, measure by measure."""
        return [things[k] for k in self.which]

    def firsts(self, points: int) -> Iterator[tuple[np.ndarray, int]]:
        """Each distinct step, and the first of its design points; point 0 is θ itself."""
        return ((steps, 1 + k * points) for k, steps in enumerate(self.distinct))

    def report(self) -> Any:
        """As the estimate of each measure shows it."""
        return each(self.for_each(self.distinct))


def difference_plan(
    traced: TracedModel,
    settings: Settings,
    points: list[np.ndarray],
    rows: Sequence[list[list[tuple[int, float]]]],
    common: bool = True,
) -> Plan:
    """A plan that weighs the outputs at θ (point 0) and at these points, row by row.

    rows: for each measure, for each of its derivatives, pairs of point and weight
    """
    if settings.sampler != "pseudo" and not common:
        raise ValueError("differences without common random numbers need sampler='pseudo'")
    design = traced.design([traced.theta.vector, *points])
    none = np.empty((0, 3), dtype=np.int64)
    method = DifferenceKernel(design["scale"], design["shift"], np.empty((0, 0)), none, common)
    chunk = (method, design["parameters"], design["structure"])
    outputs = 1 + len(points)
    chains = [sparse_chain(outputs, mine) for mine in rows]
    chain = chains[0]
    if traced.measures > 1:  # outputs stand point by point
        places = [np.arange(outputs) * traced.measures + m for m in range(traced.measures)]
        chain = stacked(chains, places, outputs * traced.measures)
    return Plan(
        traced.problem(method), chain, lambda first, count: chunk, paths=traced.model.paths()
    )
