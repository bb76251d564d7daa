"""Compiled loops on the threads of this process."""

from __future__ import annotations

import functools
import os
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

from ..kernels.estimators.loop import Replications, Results
from ..kernels.estimators.problem import Chain, Run
from ..kernels.jit.compile import Operation
from ..kernels.jit.records import Image


def launch(
    replications: Replications,
    run: Run,
    chain: Chain,
    threads: int,
    moments: np.ndarray,
    products: np.ndarray,
) -> None:
    """Fill the moments of all leaves, (leaves, 3, outputs), by at most so many threads, and the
    products of deviations, (leaves, outputs, outputs) or (0, 0, 0) for none."""
    workers = max(1, min(threads, len(moments)))
    images = Image(run), Image(chain), Image(Results(moments, products))

    def part(worker: int) -> None:
        replications.work(*images, worker, workers)

    others = [_pool(workers - 1).submit(part, worker) for worker in range(1, workers)]
    try:
        part(0)
    finally:  # after Ctrl-C, too: nobody goes on writing behind the caller's back
        wait(others)
    for other in others:
        other.result()


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "fastgrad")


# Threads do not survive a fork: the child starts its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


def resolved(given: Any) -> Any:
    """A NamedTuple with every operation replaced by its address in this process.

    Its arrays become contiguous and writable: a kernel is compiled for this layout alone, and
    broadcasting leaves others.
    """
    return type(given)(*map(_address, given))


def _address(value: Any) -> Any:
    kind = type(value)
    if kind is np.ndarray:
        flags = value.flags
        if flags.c_contiguous and flags.writeable:
            return value
        return np.require(value, requirements=["C", "W"])
    if kind is int or kind is float or kind is bool:
        return value
    if isinstance(value, Operation):
        return value.address
    if isinstance(value, tuple):
        if hasattr(value, "_fields"):
            return resolved(value)
        return np.array([0 if v is None else v.address for v in value], dtype=np.int64)
    if not isinstance(value, (int, float, np.number, np.bool_)):
        # A string in its place, common="no" for example, corrupts the heap in compiled code.
        raise TypeError(f"an option of the method must be a number or True or False, got {value!r}")
    return value
