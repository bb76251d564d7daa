"""Operations that run a user's function as plain Python: for print, and for debuggers."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ..core.tracer import IN_FUNCTION, Traced, curvature_of, tangent_of, value_of
from ..kernels.jit.compile import Operation
from ..kernels.models.operation import model_operation
from ..kernels.user.function import UserFunction
from ..kernels.user.python import call_arguments
from ..kernels.user.record import FROM, TO, WHOLE
from ..kernels.user.simulation import Layout, fields_of
from ..kernels.user.streams import Stream
from .uncompiled_modules import exchanged

_WHOLE, _REAL = ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_double)
_CALLBACK = ctypes.CFUNCTYPE(
    None, ctypes.c_int64, _WHOLE, _WHOLE, *[_REAL] * 5, _WHOLE, *[_REAL] * 3
)


class Uncompiled(Operation):
    """The operation `name` of a user's function, run in Python lane by lane.

    A lane in which the function raises gives not-a-number, as in compiled code; `raised` is
    the first such error, which only numbers with tangents may have met.
    """

    raised: ClassVar[Exception | None] = None

    def __init__(self, function: UserFunction, layout: Layout, name: str) -> None:
        self.user, self.layout, self.name = function, layout, name
        run = getattr(self, f"_{name}")
        signature = model_operation.keywords["signature"]
        super().__init__(function.function, signature, (Uncompiled, (function, layout, name)))
        self.ctypes = _CALLBACK(run)

    @property
    def compiled(self) -> Any:
        """Itself, for its `ctypes`."""
        return self

    @property
    def address(self) -> int:
        """Of the callback, which takes the interpreter's lock."""
        address = ctypes.cast(self.ctypes, ctypes.c_void_p).value
        assert address is not None
        return address

    def _simulate(self, *given: Any) -> None:
        block = _Block(self.layout, *given)
        for lane in block.asked:
            called = block.call(block.x[:, lane], block.own[:, lane])
            for row, one in enumerate(self._called(self.user.function, called)):
                block.y[row * block.lanes + lane] = one
            inputs = called[0] if self.layout.record else called
            streams = [given for given in inputs if isinstance(given, Stream)]
            for row, stream in enumerate(streams):
                block.work[row * block.lanes + lane] = stream.taken

    def _pathwise(self, *given: Any) -> None:
        block = _Block(self.layout, *given)
        for lane in range(block.lanes):
            values = [*block.x[:, lane], *block.own[:, lane]]
            numbers = np.empty(len(values), dtype=object)
            tangents = block.tangents(lane)
            numbers[:] = [Traced(float(v), t) for v, t in zip(values, tangents, strict=True)]
            called = block.call(numbers[: len(block.x)], numbers[len(block.x) :])
            for number, result in enumerate(self._called(self._followed, called)):
                block.y[number * block.lanes + lane] = value_of(result)
                for slot, tangent in enumerate(tangent_of(result, block.slots)):
                    row = number * block.slots + slot
                    block.out[row * block.lanes + lane] = tangent

    def _second_pathwise(self, *given: Any) -> None:
        block = _Block(self.layout, *given)
        slots, pairs = block.slots, block.pairs()
        for lane in range(block.lanes):
            values = [*block.x[:, lane], *block.own[:, lane]]
            numbers = np.empty(len(values), dtype=object)
            tangents, curvatures = block.tangents(lane), block.curvatures(lane)
            numbers[:] = [
                Traced(Traced(float(v), t), _traced(t, c))
                for v, t, c in zip(values, tangents, curvatures, strict=True)
            ]
            called = block.call(numbers[: len(block.x)], numbers[len(block.x) :])
            for number, result in enumerate(self._called(self._followed, called)):
                block.y[number * block.lanes + lane] = value_of(result)
                second = curvature_of(result, slots)
                numbers_out = [second[a, b] for a, b in pairs]
                numbers_out += (
                    list(tangent_of(result.value, slots))
                    if isinstance(result, Traced)
                    else [0.0] * slots
                )
                for row, made in enumerate(numbers_out, number * len(numbers_out)):
                    block.out[row * block.lanes + lane] = made

    def _called(self, function: Callable, arguments: list) -> list:
        """The outputs of one call."""
        output, token = self.layout.output, IN_FUNCTION.set(True)
        try:
            result = function(*arguments)
            if isinstance(output, tuple):
                return [result[name] for name in output]
            return [result if output is None else result[output]]
        except Exception as error:
            Uncompiled.raised = Uncompiled.raised or error
            return [math.nan] * (len(output) if isinstance(output, tuple) else 1)
        finally:
            IN_FUNCTION.reset(token)

    @functools.cached_property
    def _followed(self) -> Callable:
        """The function with a NumPy and a math that know numbers with tangents."""
        return self.user.compiled(exchanged, lambda function: function)


class _Block:
    """The arguments of a model operation (see kernels/models/operation.py), as arrays."""

    def __init__(self, layout: Layout, lanes: int, counts: Any, *others: Any) -> None:
        _, _, structure, x, self.first, self.second, self.index, self.y, self.out, self.work = (
            others
        )
        _, _, place = fields_of(layout)
        sources, own = counts[place], counts[place - 1]
        self.layout, self.lanes = layout, lanes
        self.draws = [counts[place + 1 + k] for k in range(sources)]
        length = place + 1 + 2 * sources
        arrays = [field for field in fields_of(layout)[1] if field.form == WHOLE and field.ndim]
        for field in arrays:
            size = math.prod(counts[field.at + 1 + k] for k in range(field.ndim))
            length = max(length, counts[field.at] + size)
        self.counts = np.array(counts[:length], dtype=np.int64)
        self.x = self._array(x, sum(self.draws))
        self.own = self._array(structure, own)

    def _array(self, pointer: Any, rows: int) -> np.ndarray:
        if rows == 0:
            return np.empty((0, self.lanes))
        return np.ctypeslib.as_array(pointer, shape=(rows, self.lanes))

    def call(self, variates: np.ndarray, reals: np.ndarray) -> list:
        """What the function is called with."""
        return call_arguments(self.layout, self.counts, variates, reals)

    @property
    def asked(self) -> range:
        """The lanes to run."""
        return range(self.counts[FROM], min(self.lanes, self.counts[TO]))

    @property
    def slots(self) -> int:
        """How many derivatives are asked for."""
        return int(self.index[0])

    def pairs(self) -> list[tuple[int, int]]:
        """The slots of each second derivative that is asked for."""
        rows = range(1 + self.slots, 1 + self.slots + self.index[1])
        return [(self.index[3 * row], self.index[3 * row + 1]) for row in rows]

    def curvatures(self, lane: int) -> np.ndarray:
        """Of every variate and parameter, (numbers, slots, slots)."""
        made = np.zeros((len(self.x) + len(self.own), self.slots, self.slots))
        starts = np.cumsum([0, *self.draws])
        for pair, (a, b) in enumerate(self.pairs()):
            begin = self.index[3 * (1 + self.slots + pair) + 2]
            which = self.index[3 * (1 + a)]
            for draw in range(self.draws[which] if begin >= 0 else 0):
                curvature = self.second[(begin + draw) * self.lanes + lane]
                made[starts[which] + draw, a, b] = made[starts[which] + draw, b, a] = curvature
        return made

    def tangents(self, lane: int) -> np.ndarray:
        """Of every variate and parameter, (numbers, slots)."""
        starts = np.cumsum([0, *self.draws])
        made = np.zeros((len(self.x) + len(self.own), self.slots))
        for slot in range(self.slots):
            which, number, begin = (self.index[3 * slot + 3 + k] for k in range(3))
            if which < 0:
                made[len(self.x) + number, slot] = 1.0
                continue
            for draw in range(self.draws[which]):
                tangent = self.first[(begin + draw) * self.lanes + lane]
                made[starts[which] + draw, slot] = tangent
        return made


def _traced(values: np.ndarray, tangents: np.ndarray) -> np.ndarray:
    """Numbers with tangents, as an array."""
    made = np.empty(len(values), dtype=object)
    made[:] = [Traced(float(v), t) for v, t in zip(values, tangents, strict=True)]
    return made
