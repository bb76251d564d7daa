"""Compiled operations called from Python: for pilots and for points of a run."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from ..kernels.jit.compile import Operation
from ..kernels.random.philox import uniform_rows

_REAL, _WHOLE = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_int64)


def call(operation: Operation, *arguments: Any) -> None:
    """Call an operation: whole numbers and arrays."""
    assert operation.address, "asking for the address compiles it, or says why it cannot be"
    operation.compiled.ctypes(*(_passed(argument) for argument in arguments))


def _passed(argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return argument.ctypes.data_as(_REAL if argument.dtype == float else _WHOLE)
    return argument


def uniform_block(which: int, draws: int, seed: int, first: int, lanes: int) -> np.ndarray:
    """The uniforms of one input, (draws, lanes), of the replications from `first` on."""
    out = np.empty((draws + 1, lanes))
    call(uniform_rows, lanes, draws, 0, which, first, seed, 0, lanes, out)
    return out[:draws]
