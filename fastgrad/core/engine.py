"""The engine: replications in chunks, over threads or an executor, merged in order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..kernels.estimators.loop import Replications
from ..kernels.estimators.moments import merge_leaves
from ..kernels.estimators.problem import Chain, Problem, Run
from ..settings import Settings
from .in_order import next_size, on_executor
from .launch import launch, resolved
from .moments import Moments as Moments
from .tilt import NO_RATIO, Tilt

BLOCKS_IN_LEAF = 8
SECONDS_IN_CHUNK = 0.1  # between two looks at Ctrl-C, progress and the stopping rule
CHUNK_DOUBLES = 1 << 22  # at most 32 MB of moments, points and directions at a time


@dataclasses.dataclass(frozen=True)
class Task:
    """Some replications of one estimator: plain data, so any process can do it."""

    problem: Problem
    run: Run
    chain: Chain
    method: Any

    joint: bool = False

    def execute(self, threads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Counts (leaves,), moments (leaves, 3, outputs), and the products of deviations of all
        pairs of outputs (leaves, outputs, outputs) or none of them."""
        leaves, outputs = -(-self.run.count // self.run.leaf), len(self.chain.measure)
        counts = np.full(leaves, float(self.run.leaf))
        counts[-1] = self.run.count - (leaves - 1) * self.run.leaf
        moments = np.empty((leaves, 3, outputs))
        products = np.empty((leaves, outputs, outputs) if self.joint else (0, 0, 0))
        replications = Replications(resolved(self.problem), resolved(self.method))
        launch(replications, resolved(self.run), resolved(self.chain), threads, moments, products)
        return counts, moments, products


@dataclasses.dataclass(frozen=True)
class Plan:
    """How to make the replications of one estimate.

    Attributes
    ----------
    problem : Problem
    chain : Chain
        From the method's slots to the outputs: of every measure Y itself, then each component
        of θ.
    chunk : callable
        (first, count) -> (method, parameters, structure) for these replications.
    width : int
        Doubles that each replication of a chunk needs (directions of its own).
    finish : callable, optional
        From the moments of the outputs to those of what is reported: ratios of means.
    reported : int
        Measures of what is reported; 0 for all.
    blocks : int
        Of lanes, merged as one leaf; 0 for `BLOCKS_IN_LEAF`.
    groups : int
        Leaves go to so many groups in turn, whose moments `finish` gets; 0 for no groups.
    remarks : callable, optional
        From the moments of the outputs to what must be said of them.
    paths : sequence of sequences of int
        Rows of variates that are normal increments of a path, in order of time, which
        quasi-random points make from the large to the small.
    tilt : Tilt, optional
        How the random numbers are tilted (importance sampling).
    """

    problem: Problem
    chain: Chain
    chunk: Callable[[int, int], tuple[Any, np.ndarray, np.ndarray]]
    width: int = 0
    finish: Callable[[Any], Moments] | None = None
    reported: int = 0
    blocks: int = 0
    groups: int = 0
    remarks: Callable[[Any], tuple[str, ...]] | None = None
    paths: Sequence[Sequence[int]] = ()
    tilt: Tilt | None = None

    @property
    def outputs(self) -> int:
        """For every measure 1 for itself, and one for each component of θ."""
        return len(self.chain.measure)

    @property
    def leaf(self) -> int:
        """Replications merged as one."""
        return (self.blocks or BLOCKS_IN_LEAF) * self.problem.lanes

    def task(
        self,
        settings: Settings,
        replication: int,
        first: int,
        count: int,
        quasi: np.ndarray,
        joint: bool = False,
    ) -> Task:
        """The replications first … first + count - 1 of a run that starts at `replication`."""
        method, parameters, structure = self.chunk(replication + first, count)
        ratio = NO_RATIO
        if self.tilt is not None:
            quasi, ratio = self.tilt.applied(
                self.problem, settings, replication + first, count, quasi
            )
        run = Run(
            seed=settings.key,
            replication=replication + first,
            count=count,
            leaf=self.leaf,
            antithetic=settings.antithetic,
            quasi=quasi,
            ratio=ratio,
            parameters=parameters,
            structure=structure,
        )
        return Task(self.problem, run, self.chain, method, joint)


def make_replications(
    plan: Plan,
    settings: Settings,
    replication: int,
    first: int,
    last: int,
    total: np.ndarray,
    points: Callable[[int, int], np.ndarray] | None = None,
    watch: Callable[[int], None] | None = None,
    products: np.ndarray | None = None,
) -> None:
    """Make samples first … last - 1 and merge them into `total`, in order.

    With `products`, (outputs, outputs), also those of the deviations of all pairs of outputs.
    Where both have one more dimension in front, leaf after leaf goes to the next of its groups.
    A KeyboardInterrupt between chunks leaves both with what was merged so far.
    """
    joint, sums = products is not None, np.empty((0, 0)) if products is None else products
    stored = _stored(plan, settings, replication, last if points else None, total, products)
    if stored is not None:
        first = stored.restore(first, last, plan.leaf, total, products)
        if watch is not None and first:
            watch(first)
    for leaves in _results(plan, settings, replication, first, last, points, joint):
        # Where the last leaf is not whole, the state before it is what more samples go on from.
        split = len(leaves[0]) - (stored is not None and leaves[0][-1] < plan.leaf)
        for part in (slice(split), slice(split, None)):
            count, moments, pairs = (array[part] for array in leaves)
            if len(count):
                _merge(first // plan.leaf, (count, moments, pairs), total, sums)
                first += int(count.sum())
                if stored is not None:
                    stored.save(first, total, products)
        if watch is not None:
            watch(int(total[..., 0, 0].sum()))


def _merge(leaf: int, leaves: tuple, total: np.ndarray, sums: np.ndarray) -> None:
    """Leaves, of which the first has this number, into the total, or each into its group's."""
    if total.ndim == 2:
        merge_leaves(*leaves, total, sums)
        return
    turn = (leaf + np.arange(len(leaves[0]))) % len(total)
    for group in np.unique(turn):
        own = tuple(np.ascontiguousarray(part[turn == group]) for part in leaves)
        merge_leaves(*own, total[group], sums[group])


def _stored(
    plan: Plan,
    settings: Settings,
    replication: int,
    last: int | None,
    total: np.ndarray,
    products: np.ndarray | None,
) -> Any:
    """What an earlier call kept of this run, where there is a store."""
    if settings.store is None:
        return None
    shape = (*total.shape, products is not None)
    return settings.store.run(plan, settings, replication, last, shape)


def _results(
    plan: Plan,
    settings: Settings,
    replication: int,
    first: int,
    last: int,
    points: Callable[[int, int], np.ndarray] | None,
    joint: bool,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Moments of one chunk after the other."""
    none = np.empty((0, 0))
    of_leaf = 1 + 3 * plan.outputs + (plan.outputs**2 if joint else 0)
    of_leaf += plan.leaf * (plan.width + (plan.problem.rows if points or plan.tilt else 0))
    most = max(1, CHUNK_DOUBLES // of_leaf) * plan.leaf
    size = min(most, 16 * plan.leaf)

    def task(start: int, count: int) -> Task:
        given = points(start, count) if points else none
        return plan.task(settings, replication, start, count, given, joint)

    if settings.executor is not None:
        yield from on_executor(settings.executor, task, first, last, size, most, plan.leaf)
        return
    while first < last:
        count = min(size, last - first)
        began = time.perf_counter()
        yield task(first, count).execute(settings.workers)
        seconds = time.perf_counter() - began
        first += count
        size = next_size(size, seconds, SECONDS_IN_CHUNK, plan.leaf, most)
