"""Single replications in Python's hands: for pilots, for error messages, for debuggers."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...core.calls import call, uniform_block
from ...core.tracer import value_of
from ...kernels.user.free_draws import FIELD, PITCH, REPEAT, STORE, WORDS
from ...kernels.user.record import DESK
from ...models.model import Model

if TYPE_CHECKING:
    from ...core.traced_model import Slot

LANES = 256


class Paths:
    """Replications first … first + lanes - 1 of a model, at any of its parameters.

    They have the random numbers that an estimate with this seed gives them.

    Attributes
    ----------
    parameters : array of shape (parameters, lanes)
        Of all distributions; a parameter may differ from lane to lane.
    structure : array of shape (slots, lanes)
        The model's own parameters.
    taken : array of shape (rows of scratch, lanes)
        Of a user's function that was run: how many draws it took of each stream.
    """

    def __init__(self, model: Model, seed: int, first: int, lanes: int = LANES) -> None:
        self.model, self.lanes, self.first = model.quiet, lanes, first
        self.entries = model.inputs()
        values = [float(v) for entry in self.entries for v in entry.distribution.values]
        own = [float(value_of(v)) for v in model.structure().values()]
        self.parameters = np.repeat(np.array(values).reshape(-1, 1), lanes, axis=1)
        self.structure = np.repeat(np.array(own).reshape(-1, 1), lanes, axis=1)
        self.uniforms = [
            uniform_block(which, entry.draws, seed, first, lanes)
            for which, entry in enumerate(self.entries)
        ]
        self.x = np.zeros((sum(entry.draws for entry in self.entries) + 1, lanes))
        self._made: dict[int, np.ndarray] = {}
        self.store: np.ndarray | None = None
        self.repeat = 1
        if model.frozen:  # what is drawn here is drawn again at other θ
            self.store = np.zeros(self.x.shape)
            self.outputs()
            self.repeat = 2

    def _integers(self) -> tuple[np.ndarray, np.ndarray]:
        """The model's integers, and the desk that they point to."""
        counts, desk = self.model.counts(), np.zeros(WORDS, dtype=np.int64)
        if self.store is not None:
            counts = counts.copy()
            desk[FIELD], desk[REPEAT], desk[PITCH] = -1, self.repeat, self.lanes
            desk[STORE], counts[DESK] = self.store.ctypes.data, desk.ctypes.data
        return counts, desk

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

    def chosen(self, lanes: np.ndarray) -> Paths:
        """Some of the lanes, with their random numbers and parameters."""
        made = copy.copy(self)
        made.lanes = int(np.count_nonzero(lanes))
        made.parameters = np.ascontiguousarray(self.parameters[:, lanes])
        made.structure = np.ascontiguousarray(self.structure[:, lanes])
        made.uniforms = [np.ascontiguousarray(u[:, lanes]) for u in self.uniforms]
        made.x = np.ascontiguousarray(self.x[:, lanes])
        made._made = {which: block[:, lanes] for which, block in self._made.items()}
        if self.store is not None:
            made.store = np.ascontiguousarray(self.store[:, lanes])
        return made

    def renewed(self) -> None:
        """Make all variates anew, because uniforms have changed."""
        self._made = {}

    def outputs(self) -> np.ndarray:
        """Y of every lane."""
        self.variates()
        y, _ = self._run("simulate", self.x, self.model.counts(), 1)
        return y

    def slopes(self, slots: Sequence[Slot]) -> np.ndarray:
        """The derivative along the path by each slot, (slots, lanes)."""
        variates, index = self.variates(), [(len(slots), 0, 0)]
        first = np.cumsum([0, *(entry.draws for entry in self.entries)])
        sizes = np.cumsum([0, *(len(entry.distribution.values) for entry in self.entries)])
        tangents: list[np.ndarray] = []
        for slot in slots:
            index.append((slot.which, slot.number, sum(map(len, tangents))))
            if slot.which < 0:
                continue
            entry, u = self.entries[slot.which], self.uniforms[slot.which]
            x = np.ascontiguousarray(variates[first[slot.which] : first[slot.which + 1]])
            block = self.parameters[sizes[slot.which] : sizes[slot.which + 1]]
            each = np.ascontiguousarray(np.tile(block, entry.draws))
            tangent = np.empty_like(x)
            derivative = entry.distribution.operation(f"derivative_{slot.parameter}")
            call(derivative, u.size, u.size, u, x, x, x, each, tangent, tangent)
            tangents.append(tangent)
        rows = np.ascontiguousarray(np.vstack([*tangents, np.zeros((1, self.lanes))]))
        _, out = self._run("pathwise", rows, np.array(index, dtype=np.int64), len(slots))
        return out

    def _run(
        self, name: str, first: np.ndarray, index: np.ndarray, rows: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Y of every lane, and what else an operation of the model gives, (rows, lanes)."""
        x, y, out = self.x, np.empty(self.lanes), np.empty((rows, self.lanes))
        functions = np.array([f.address for f in self.model.functions()], dtype=np.int64)
        structure = np.ascontiguousarray(np.vstack([self.structure, np.zeros(self.lanes)]))
        work = np.zeros((self.model.work() + rows + 1) * self.lanes)
        operation = self.model.operation(name)
        assert operation is not None
        counts, _desk = self._integers()
        call(
            operation, self.lanes, counts, functions, self.parameters, structure,
            x, first, first, index, y, out, work,
        )  # fmt: skip
        self.taken = work.reshape(-1, self.lanes)[: self.model.work()]
        if hasattr(operation, "raised"):
            type(operation).raised = None  # what a pilot meets elsewhere is no error of the run
        return y, out
