"""The loop over replications that every estimate runs through.

An estimator is a NamedTuple (what it needs to know) and two functions of its type:

    allocate(problem, run, method) -> arrays
        scratch of one thread, in plain Python
    derive(problem, run, method, offset, mirrored, scratch, y, slots)
        one block of lanes: the measures y of the model's path, (measures, lanes), and their
        derivatives (or unbiased estimates of them) by every slot, (measures · slots, lanes),
        measure after measure

The loop is compiled once for all of them and calls `derive` by its address, block by block, as
it calls models and distributions: another estimator compiles its own lines and nothing else.
The chain rule from slots to θ is the same for all.
"""

import functools
from typing import NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from ..jit.compile import LINKED, Operation, renamed
from ..jit.intrinsics import call
from ..jit.records import Image, RecordType, values_of
from .block import gather, rows_of_zeros
from .moments import add_products, merge_lanes

_ESTIMATORS: dict = {}


def estimator(method_class, allocate, derive):
    """Enter an estimator into the table that the loop dispatches on."""
    _ESTIMATORS[method_class] = (allocate, derive)


def allocate(problem, run, method):
    """The scratch that one thread needs for this method."""
    return _ESTIMATORS[type(method)][0](problem, run, method)


def derive(problem, run, method, offset, mirrored, scratch, y, slots):
    raise NotImplementedError


@overload(derive, jit_options=LINKED)
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    if isinstance(method, RecordType) and method.instance_class in _ESTIMATORS:
        return _ESTIMATORS[method.instance_class][1].py_func
    return None


class Sums(NamedTuple):
    """What one thread writes to: rows of lanes, and the running moments of a leaf.

    y: (measures, lanes); slots: (slots, lanes); sample, mean, square: (outputs, lanes);
    turned: (lanes, outputs) for products of deviations; centre: (2, outputs)
    """

    y: np.ndarray
    slots: np.ndarray
    sample: np.ndarray
    turned: np.ndarray
    centre: np.ndarray
    mean: np.ndarray
    square: np.ndarray


class Results(NamedTuple):
    """moments: (leaves, 3, outputs), mean, square and fourth power of each leaf. products:
    (leaves, outputs, outputs) for the sums of products of deviations of all pairs of outputs
    (the upper triangle), or none of them, (0, 0, 0)."""

    moments: np.ndarray
    products: np.ndarray


def sums_of(problem, run, chain, results):
    """Rows for one thread."""
    lanes, outputs = problem.lanes, results.moments.shape[2]
    joint = results.products.shape[0] > 0
    return Sums(
        y=rows_of_zeros(problem.measures, lanes),
        slots=rows_of_zeros(chain.slots, lanes),
        sample=rows_of_zeros(outputs if joint or run.antithetic else 1, lanes),
        turned=np.zeros((lanes if joint else 0, outputs)),
        centre=np.zeros((2, outputs)),
        mean=rows_of_zeros(outputs, lanes),
        square=rows_of_zeros(outputs, lanes),
    )


def derive_block(problem, run, method, scratch, sums, offset, mirrored):
    """What the loop calls: `derive` of the method's own type."""
    derive(problem, run, method, offset, mirrored, values_of(scratch), sums.y, sums.slots)


def add_products_of(sums, results, leaf, active, seen):
    """What the loop calls where products of deviations are asked for, compiled only then."""
    products = results.products[leaf]
    add_products(sums.sample, active, seen, sums.turned, sums.centre, products)


def replicate(problem, run, chain, derived, method, scratch, sums, results, joint, worker, workers):
    """Make the replications of the leaves worker, worker + workers, …

    derived, method, scratch: the address of the estimator's block, and of what it is given;
    joint: the address of `add_products_of`, or 0
    """
    lanes, parts = problem.lanes, 2 if run.antithetic else 1
    mean, square, sample = sums.mean, sums.square, sums.sample
    moments = results.moments
    for leaf in range(worker, moments.shape[0], workers):
        first = leaf * run.leaf
        last = min(first + run.leaf, run.count)
        mean[:] = 0.0
        square[:] = 0.0
        sums.centre[:] = 0.0
        for offset in range(first, last, lanes):
            active = min(lanes, last - offset)
            blocks = (offset - first) // lanes
            for part in range(parts):
                call(derived, problem, run, method, scratch, sums, offset, part)
                gather(
                    chain, run.ratio, offset, sums.y, sums.slots, part, parts, sample, active,
                    blocks, mean, square,
                )  # fmt: skip
            if joint != 0:
                call(joint, sums, results, leaf, active, offset - first)
        partial = (last - first) % lanes
        merge_lanes(mean, square, (last - first) // lanes, partial, moments[leaf])


@functools.cache
def block_of(problem, run, method, scratch, sums):
    """The operation that derives a block, for these types of records."""
    name = method.instance_class.__name__
    function = renamed(derive_block, name, _ESTIMATORS[method.instance_class][1].__module__)
    whole = types.int64
    return Operation(function, types.void(problem, run, method, scratch, sums, whole, whole))


@functools.cache
def loop_of(problem, run, chain, sums, results):
    """The loop for these types of records: one for all estimators."""
    whole = types.int64
    kinds = (problem, run, chain, whole, whole, whole, sums, results, whole, whole, whole)
    return Operation(replicate, types.void(*kinds))


@functools.cache
def products_of(sums, results):
    """The operation for joint moments."""
    whole = types.int64
    return Operation(add_products_of, types.void(sums, results, whole, whole, whole))


class Replications:
    """A model and a method laid out in memory, and the compiled code that makes their runs.

    problem, method: as in kernels/estimators/problem.py, with addresses in the place of operations
    """

    def __init__(self, problem, method):
        self._problem, self._method = Image(problem), Image(method)
        self._unused = {}  # rows of earlier runs, by their sizes

    def work(self, run, chain, results, worker, workers):
        """Make the leaves worker, worker + workers, … of a run on the calling thread, without
        Python's lock. run, chain, results: images."""
        unused = self._unused.setdefault(_sizes(run.record, chain.record, results.record), [])
        try:
            rows = unused.pop()
        except IndexError:
            rows = self._rows(run, chain, results)
        entry, arguments = self._call(run, chain, results, *rows)
        entry(*arguments, worker, workers)
        unused.append(rows)

    def standing(self, run, chain, results):
        """The same as a function of nothing, to be called again as what the images hold changes:
        20 µs earlier. It has rows of its own, so that one thread calls it at a time."""
        rows = self._rows(run, chain, results)
        entry, arguments = self._call(run, chain, results, *rows)

        def again(held=(rows, run, chain, results)):  # as long as it is called
            entry(*arguments, 0, 1)

        return again

    def _rows(self, run, chain, results):
        """What one thread writes in: images of sums and scratch."""
        sums = sums_of(self._problem.record, run.record, chain.record, results.record)
        return Image(sums), Image(allocate(self._problem.record, run.record, self._method.record))

    def _call(self, run, chain, results, sums, scratch):
        """The compiled loop, and its arguments but the last two."""
        problem, method = self._problem, self._method
        block = block_of(problem.type, run.type, method.type, scratch.type, sums.type)
        loop = loop_of(problem.type, run.type, chain.type, sums.type, results.type)
        joint = len(results.record.products) > 0
        return loop.entry, (
            problem.address, run.address, chain.address, block.address, method.address,
            scratch.address, sums.address, results.address,
            products_of(sums.type, results.type).address if joint else 0,
        )  # fmt: skip


def _sizes(run, chain, results):
    """All that the rows of a thread depend on, beside the model and the method."""
    return (
        chain.slots, results.moments.shape[2], len(results.products) > 0, run.antithetic,
        run.parameters.shape[0], run.structure.shape[1],
    )  # fmt: skip
