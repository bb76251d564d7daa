"""The loop over replications that every estimate runs through.

An estimator is a NamedTuple (what it needs to know) and two functions of its type:

    allocate(problem, run, method) -> arrays
        scratch of one thread
    derive(problem, run, method, offset, mirrored, scratch, y, slots)
        one block of lanes: the measures y of the model's path, (measures, lanes), and their
        derivatives (or unbiased estimates of them) by every slot, (measures · slots, lanes),
        measure after measure

They are found by the type of `method`, at compile time, which Numba's disk cache keeps. The
chain rule from slots to θ is the same for all of them.
"""

import numpy as np
from numba import prange
from numba.core.types import BaseNamedTuple
from numba.extending import overload

from ..jit.compile import FLAGS, kernel
from ..jit.intrinsics import borrowed, keep, wide
from .block import gather, rows_of_zeros
from .moments import add_products, merge_lanes

_ESTIMATORS: dict = {}


def estimator(method_class, allocate, derive):
    """Enter an estimator into the table that the loop dispatches on."""
    _ESTIMATORS[method_class] = (allocate.py_func, derive.py_func)


def allocate(problem, run, method):
    raise NotImplementedError


def derive(problem, run, method, offset, mirrored, scratch, y, slots):
    raise NotImplementedError


def _implementation(method, which):
    if isinstance(method, BaseNamedTuple) and method.instance_class in _ESTIMATORS:
        return _ESTIMATORS[method.instance_class][which]
    return None


@overload(allocate, jit_options=FLAGS)
def _allocate(problem, run, method):
    return _implementation(method, 0)


@overload(derive, jit_options=FLAGS)
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    return _implementation(method, 1)


@kernel
def replicate(problem, run, chain, method, workers, moments, products):
    """Make every replication of the run; moments[leaf] gets its mean, square, fourth power.

    moments: (leaves, 3, outputs). products: (leaves, outputs, outputs) for the sums of products
    of deviations of all pairs of outputs (the upper triangle), or none of them, (0, 0, 0).
    Worker w makes the leaves w, w + workers, …
    """
    for worker in prange(workers):
        wide()
        lanes, parts = problem.lanes, 2 if run.antithetic else 1
        known, asked, told = borrowed(problem), borrowed(run), borrowed(method)
        rule = borrowed(chain)
        owned = allocate(problem, run, method)
        scratch = borrowed(owned)
        y = rows_of_zeros(problem.measures, lanes)
        slots = rows_of_zeros(chain.slots, lanes)
        outputs = moments.shape[2]
        joint = products.shape[0] > 0
        sample = rows_of_zeros(outputs if joint or parts > 1 else 1, lanes)
        turned = np.zeros((lanes if joint else 0, outputs))
        centre = np.zeros((2, outputs))
        mean, square = rows_of_zeros(outputs, lanes), rows_of_zeros(outputs, lanes)
        for leaf in range(worker, moments.shape[0], workers):
            first = leaf * run.leaf
            last = min(first + run.leaf, run.count)
            mean[:] = 0.0
            square[:] = 0.0
            centre[:] = 0.0
            blocks = 0
            for offset in range(first, last, lanes):
                active = min(lanes, last - offset)
                for part in range(parts):
                    derive(known, asked, told, offset, part, scratch, y, slots)
                    gather(rule, y, slots, part, parts, sample, active, blocks, mean, square)
                if joint:
                    add_products(sample, active, offset - first, turned, centre, products[leaf])
                blocks += 1
            partial = (last - first) % lanes
            merge_lanes(mean, square, blocks - 1 if partial else blocks, partial, moments[leaf])
        keep(owned)
