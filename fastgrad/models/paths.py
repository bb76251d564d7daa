"""Single replications in Python's hands: for pilots, for error messages, for debuggers."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from ..kernels.compile import Operation
from ..kernels.random import uniform_rows
from ..tracer import value_of
from .model import Model

LANES = 256
_REAL, _WHOLE = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_int64)


class Paths:
    """Replications first … first + lanes - 1 of a model, at any of its parameters.

    They have the random numbers that an estimate with this seed gives them.

    Attributes
    ----------
    parameters : array of shape (parameters, lanes)
        Of all distributions; a parameter may differ from lane to lane.
    structure : array of shape (slots, lanes)
        The model's own parameters.
    """

    def __init__(self, model: Model, seed: int, first: int, lanes: int = LANES) -> None:
        self.model, self.lanes, self.first = model, lanes, first
        self.entries = model.inputs()
        values = [float(v) for entry in self.entries for v in entry.distribution.values]
        own = [float(value_of(v)) for v in model.structure().values()]
        self.parameters = np.repeat(np.array(values).reshape(-1, 1), lanes, axis=1)
        self.structure = np.repeat(np.array(own).reshape(-1, 1), lanes, axis=1)
        self.uniforms = [
            _uniforms(which, entry.draws, seed, first, lanes)
            for which, entry in enumerate(self.entries)
        ]
        self.x = np.zeros((sum(entry.draws for entry in self.entries) + 1, lanes))
        self._made: dict[int, np.ndarray] = {}

    def variates(self) -> np.ndarray:
        """All variates, (rows, lanes), input after input; only what moved is made anew."""
        place, first = 0, 0
        for which, (entry, u) in enumerate(zip(self.entries, self.uniforms, strict=True)):
            last = place + len(entry.distribution.values)
            block = self.parameters[place:last]
            if which not in self._made or not np.array_equal(self._made[which], block):
                self._made[which] = block.copy()
                each = np.ascontiguousarray(np.tile(block, entry.draws))
                out = self.x[first : first + entry.draws]
                variate = entry.distribution.operation("variate")
                call(variate, u.size, u.size, u, u, u, u, each, out, out)
            place, first = last, first + entry.draws
        return self.x[:-1]

    def outputs(self) -> np.ndarray:
        """Y of every lane."""
        self.variates()
        x, y = self.x, np.empty(self.lanes)
        counts = self.model.counts()
        functions = np.array([f.address for f in self.model.functions()], dtype=np.int64)
        structure = np.ascontiguousarray(np.vstack([self.structure, np.zeros(self.lanes)]))
        work = np.empty((self.model.work() + 1) * self.lanes)
        operation = self.model.operation("simulate")
        assert operation is not None
        call(
            operation, self.lanes, counts, functions, self.parameters, structure,
            x, x, x, counts, y, y, work,
        )  # fmt: skip
        return y


def _uniforms(which: int, draws: int, seed: int, first: int, lanes: int) -> np.ndarray:
    out = np.empty((draws + 1, lanes))
    call(uniform_rows, lanes, draws, 0, which, first, seed, 0, lanes, out)
    return out[:draws]


def call(operation: Operation, *arguments: Any) -> None:
    """Call an operation from Python: whole numbers and arrays."""
    assert operation.address, "asking for the address compiles it, or says why it cannot be"
    operation.compiled.ctypes(*(_passed(argument) for argument in arguments))


def _passed(argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return argument.ctypes.data_as(_REAL if argument.dtype == float else _WHOLE)
    return argument
