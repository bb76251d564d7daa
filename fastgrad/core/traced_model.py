"""A model traced at one θ: its slots, and how each depends on θ."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..kernels.estimators.problem import Chain, Problem
from ..models.joint import Joint
from ..models.model import Input, Model, check_single
from .chains import alike, chain_of, second_chain_of
from .layout import Facts, lanes_for, problem_of
from .memory import FORGETFUL, Memory
from .numbers import checked_memory
from .parts import built, parts_of
from .readers import OPERATIONS, readers
from .theta import Theta
from .tracer import Traced, curvature_of, tangent_of, value_of

MOST_TABLES = 8  # of quantiles: each has 108 KB, and the L2 cache holds a block besides


class Slot(NamedTuple):
    """A place where θ stands: a parameter of an input's distribution, or of the model."""

    place: str
    which: int  # number of the input, -1 for the model itself
    parameter: str
    number: int  # of the model's own parameter, -1 for a distribution's
    tangent: np.ndarray  # ∂slot/∂θ, (components,)
    curvature: np.ndarray  # ∂²slot/∂θ², (components, components); zero unless order is 2


class TracedModel:
    """The model that `build` makes at θ, with ∂slot/∂θ for each of its slots.

    Parameters
    ----------
    several : bool
        Whether the model may have several outputs; otherwise they raise SeveralOutputs.

    Attributes
    ----------
    model : Model
        Without the deterministic scale and shift around it.
    slots : list of Slot
        Those that depend on θ.
    names : tuple or None
        Of the measures of a model with several, or of the two that are divided.
    quotient : Quotient or None
        What is made of the means of two measures, for a ratio.
    views : list of TracedModel
        One for each measure, of that measure alone; a single one is its own view.
    """

    def __init__(
        self,
        build: Callable[[Any], Model],
        theta: Theta,
        order: int = 1,
        memory: Memory = FORGETFUL,
        planned: int | None = None,
        several: bool = False,
    ) -> None:
        self.build, self.theta, self.memory = build, theta, memory
        self.components, self.order = len(theta.vector), order
        # One for all slots: with 1,000 parameters it is 8 MB.
        self.flat = np.zeros((self.components, self.components))
        parts = parts_of(built(build, theta.traced(order)))
        model, self.scale, self.shift, self.quotient = parts
        rows = sum(entry.draws for entry in model.inputs())
        checked_memory(rows, lanes_for(rows))
        if self.quotient is not None:
            self.names: tuple | None = self.quotient.names
        else:
            if not several:
                check_single(model)
            self.names = model.outputs() if several else None
        self.planned = planned
        model = model.spending(planned, memory)
        self.model: Model = model if self.names is None else Joint(model, self.names)
        self.whole = self.model  # of a view, that of the traced model
        self.number = 0  # of the measure
        self.first_own = 0  # row of the model's own parameters among those of all measures
        self.inputs = self.inputs_of(self.model)
        self.slots = self._moving_slots()
        self.views = [self]
        # Components of θ that other measures of the run depend on, and this one does not.
        self.elsewhere = np.zeros(self.components, dtype=bool)
        if isinstance(self.model, Joint):
            self.views = [self._view(m) for m in range(len(self.model.members))]
            for view in self.views:
                view.elsewhere = self.reached() & ~view.reached()

    def _view(self, measure: int) -> TracedModel:
        """The traced model of one measure alone."""
        assert isinstance(self.model, Joint)
        view = copy.copy(self)
        view.model, view.names, view.number = self.model.members[measure], None, measure
        view.first_own = self.model.first[measure]
        view.slots, view.views = view._moving_slots(), [view]
        return view

    @property
    def measures(self) -> int:
        """How many are read on one path."""
        return len(self.views)

    @property
    def single(self) -> bool:
        """Whether there is one result: of one measure, or the ratio of two."""
        return self.names is None or self.quotient is not None

    def knows(self, name: str) -> bool:
        """Whether all measures have this operation."""
        return all(view.model.operation(name) is not None for view in self.views)

    # What stands in the place of an input: itself, unless a method relaxes it.
    substitute: Callable[[Input], Input] = staticmethod(lambda entry: entry)

    def inputs_of(self, model: Model) -> list[Input]:
        """The inputs of a model of this traced model, as the method wants them."""
        return [self.substitute(entry) for entry in model.inputs()]

    def _moving_slots(self) -> list[Slot]:
        """Those in which θ stands."""
        return [s for s in self._all_slots() if s.tangent.any() or s.curvature.any()]

    def _all_slots(self) -> list[Slot]:
        slots = []
        for which, entry in enumerate(self.inputs):
            for name, value in zip(
                entry.distribution.kernel.PARAMETERS, entry.distribution.parameters, strict=True
            ):
                slots.append(self._slot(f"{entry.name}.{name}", which, name, -1, value))
        for number, (name, value) in enumerate(self.model.structure().items()):
            slots.append(self._slot(name, -1, name, number, value))
        return slots

    def _slot(self, place: str, which: int, parameter: str, number: int, value: Any) -> Slot:
        tangent = tangent_of(value, self.components)
        curvature = curvature_of(value, self.components) if self.order > 1 else self.flat
        return Slot(place, which, parameter, number, tangent, curvature)

    def taken_row(self, which: int) -> int:
        """Where the model notes how many draws were taken of an input; -1: all of them are."""
        return self.model.taken_row(which)

    def slots_of(self, component: int) -> list[Slot]:
        """The slots in which one component of θ stands."""
        return [slot for slot in self.slots if slot.tangent[component] != 0.0]

    def reached(self) -> np.ndarray:
        """Whether each component of θ goes into the model, or scales or shifts its output.

        A number that was traced and has no derivative, θ² at 0, may depend on any of them.
        """
        reached = np.zeros(self.components, dtype=bool)
        numbers = [p for entry in self.inputs for p in entry.distribution.parameters]
        of_all = [self.scale, self.shift, *(self.quotient or ())[1:]]
        for number in (*numbers, *self.model.structure().values(), *of_all):
            if isinstance(number, Traced):
                moved = tangent_of(number, self.components) != 0.0
                reached |= moved if moved.any() else ~moved
        return reached

    def tables(self, model: Model | None = None) -> list[np.ndarray | None]:
        """The table of each input's quantile, where one pays: for a few inputs with one."""
        inputs = self.inputs if model is None else self.inputs_of(model)
        if sum(entry.distribution.has_table for entry in inputs) > MOST_TABLES:
            return [None] * len(inputs)
        return [entry.distribution.table() for entry in inputs]

    def problem(self, method: Any = None, shared: bool = True) -> Problem:
        """The model as the kernels see it; operations are resolved to addresses later.

        Only those that the method's record says it needs: what a user's function is not asked
        for need not be compiled. With `shared` all replications have the same parameters, and
        tables of quantiles pay.
        """
        needed = getattr(method, "NEEDS", OPERATIONS)
        draws = [entry.draws for entry in self.inputs]
        sizes = [len(entry.distribution.parameters) for entry in self.inputs]
        tables = self.tables() if shared else [None] * len(draws)
        lengths = [0 if table is None else len(table) for table in tables]
        facts = Facts(
            draws=tuple(draws),
            sizes=tuple(sizes),
            lengths=tuple(lengths),
            variate=tuple(
                entry.distribution.operation("variate" if table is None else "variate_by_table")
                for entry, table in zip(self.inputs, tables, strict=True)
            ),
            work=self.model.work(),
            measures=self.measures,
            readers=readers(
                self.model,
                [view.model for view in self.views],
                [view.first_own for view in self.views],
                needed,
            ),
        )
        return self.memory.problem(facts, problem_of)

    def chain(self, slots: list[Slot], constants: list[float] | None = None) -> Chain:
        """The Jacobian ∂slot/∂θ of some slots (times a constant each), sparse by row."""
        jacobian = np.array([slot.tangent for slot in slots]).reshape(-1, self.components).T
        if constants is not None:
            jacobian = jacobian * np.asarray(constants, dtype=float)
        return chain_of(
            value_of(self.scale) * jacobian,
            self.scale,
            self.shift,
            tangent_of(self.scale, self.components),
            tangent_of(self.shift, self.components),
        )

    def second_chain(
        self,
        slots: list[Slot],
        pairs: list[tuple[int, int]],
        standing: tuple[Mapping[Any, int], int] | None = None,
    ) -> Chain:
        """From second derivatives by pairs of slots, and first ones by slots, to θ.

        The outputs are ∂²E[Y]/∂θ_i∂θ_j, i ≤ j, in the order of `upper_triangle`.
        """
        one = second_chain_of(slots, pairs, self.components, self.scale, self.shift, standing)
        return alike(one, self.measures)

    def values(self) -> tuple[np.ndarray, np.ndarray]:
        """Parameters and structure at θ itself, as one design point shared by all lanes."""
        parameters, structure, _, _ = self._read(self.whole, shared=True)
        return parameters[None], structure[None]

    def design(self, points: list[np.ndarray]) -> dict[str, np.ndarray]:
        """The model at several values of θ, each (d,) or (d, replications).

        Returns parameters, structure, (points, numbers, 1 or replications), scale and
        shift, (points, 1 or replications).
        """
        shared = all(point.ndim == 1 for point in points)
        rows = [self._point(point, shared) for point in points]
        names = ("parameters", "structure", "scale", "shift")
        width = max(column.shape[-1] for row in rows for column in row)
        made = {}
        for k, name in enumerate(names):  # all as wide: the kernels look at one of them
            filled = np.empty((len(rows), len(rows[0][k]), width))
            for point, row in enumerate(rows):
                filled[point] = row[k]
            made[name] = filled
        made["scale"], made["shift"] = made["scale"][:, 0], made["shift"][:, 0]
        return made

    def _point(self, vector: np.ndarray, shared: bool) -> tuple[np.ndarray, ...]:
        """Parameters, structure, scale and shift at one θ, or at one for each replication."""
        if vector.ndim == 2:
            try:
                return self._read(built(self.build, self.theta.at(vector)), shared)
            except (TypeError, ValueError):  # a build that branches on θ: point by point
                unique, back = np.unique(vector, axis=1, return_inverse=True)
                points = [self._point(unique[:, k], shared) for k in range(unique.shape[1])]
                columns = zip(*points, strict=True)
                return tuple(np.stack(c, axis=-1)[..., 0, :][..., back.ravel()] for c in columns)
        return self._read(built(self.build, self.theta.at(vector)), shared)

    def _read(self, model: Model, shared: bool) -> tuple[np.ndarray, ...]:
        model, scale, shift, _ = parts_of(model)
        parameters = [p for e in self.inputs_of(model) for p in e.distribution.parameters]
        if len(parameters) != sum(len(e.distribution.parameters) for e in self.inputs):
            raise ValueError("build(theta) must return the same kind of model for every theta")
        if isinstance(self.whole, Joint) and not isinstance(model, Joint):
            model = Joint(model, self.whole.names)
        groups = (parameters, list(model.structure().values()), [scale], [shift])
        columns = [_columns([value_of(x) for x in group]) for group in groups]
        if shared:
            tables = [table[:, None] for table in self.tables(model) if table is not None]
            columns[0] = np.concatenate([columns[0], *tables])
        return tuple(columns)


def _columns(values: list) -> np.ndarray:
    """(numbers, 1 or replications) from numbers and arrays of replications."""
    if not values:
        return np.empty((0, 1))
    if all(isinstance(value, (int, float)) for value in values):  # 2 µs, not 20
        return np.array(values, dtype=float)[:, None]
    made = np.empty((len(values), max(np.size(value) for value in values)))
    for row, value in zip(made, values, strict=True):
        row[:] = value
    return made
