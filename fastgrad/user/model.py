"""What models made of a user's own function have in common."""

from __future__ import annotations

import copy
import dataclasses
import functools
import itertools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.tracer import Traced
from ..errors import NotApplicable
from ..kernels.jit.compile import Operation
from ..kernels.user.free_derivative import free_derivative
from ..kernels.user.function import UserFunction, silent
from ..kernels.user.pathwise import MOST, Directions, pathwise
from ..kernels.user.phantoms import phantoms
from ..kernels.user.python import call_arguments
from ..kernels.user.second_pathwise import second_pathwise
from ..kernels.user.simulation import Layout, simulate
from ..models.model import Input
from ..models.network.cuts import Smoothing
from .arguments import Parameters
from .counts import Group, counts_of
from .failures import raise_failure
from .marks.marks import Marks, has_marks
from .marks.table import MarkOptions
from .pilots.paths import LANES, Paths
from .pilots.probe import outputs
from .streams import WithStreams
from .uncompiled import Uncompiled

if TYPE_CHECKING:
    from ..core.traced_model import Slot


JOINT = (
    "simulate",
    "pathwise",
    "phantoms",
    "second_pathwise",
)  # operations that write all outputs at once


@dataclasses.dataclass(frozen=True, eq=False)
class UserModel(WithStreams):
    """A user's function, its inputs and its parameters, checked.

    Attributes
    ----------
    user : UserFunction
    sources : list of Input
        All distributions, one after the other.
    groups : list of Group
        The names that they stand under, and what the function gets of each: a number, an
        array, a stream.
    given : Parameters
        Those that θ may stand in, and whole numbers.
    record : bool
        Whether the function is called with two records, or with the variates themselves.
    output : int, str or None
        Which entry of the function's result is the output.
    debug : bool
        Whether to run it as plain Python.
    frozen : bool
        Whether draws with free parameters stay as they are when θ moves: for pilots.
    planned : int or None
        The replications that were asked for, which its pilots are to be in proportion to.
    memory : Memory or None
        That of a prepared estimator, which may keep what pilots find from one θ to the next.
    """

    user: UserFunction
    sources: list[Input]
    groups: list[Group]
    given: Parameters
    record: bool
    output: int | str | tuple | None
    debug: bool = False
    frozen: bool = False
    planned: int | None = None
    memory: Any = None

    smoothing_options = MarkOptions

    def inputs(self) -> list[Input]:
        """In the order in which they were given."""
        return self.sources

    def structure(self) -> Mapping[str, Any]:
        """The parameters, but for the whole numbers."""
        return self.reals

    @property
    def reals(self) -> dict[str, Any]:
        """Parameters that θ may stand in, place by place."""
        return self.given.reals

    def counts(self) -> np.ndarray:
        """Where everything stands (see `counts.py`)."""
        return self._counts

    @functools.cached_property
    def _counts(self) -> np.ndarray:
        draws = [entry.draws for entry in self.sources]
        given = self.given
        return counts_of(self.groups, draws, [*given.shapes.values()], [*given.wholes.values()])

    @property
    def layout(self) -> Layout:
        """How the function is called."""
        given = self.given
        return Layout(
            inputs=tuple((group.name, group.form) for group in self.groups),
            reals=tuple((name, len(shape)) for name, shape in given.shapes.items()),
            wholes=tuple((name, np.ndim(whole)) for name, whole in given.wholes.items()),
            record=self.record,
            output=self.output,
        )

    @property
    def directions(self) -> Directions:
        """The arguments that θ stands in, for the pathwise derivative."""
        sources = iter([sum(map(self.moves, s.distribution.parameters)) for s in self.sources])
        values = iter([self.moves(value) for value in self.reals.values()])
        inputs = [sum(itertools.islice(sources, group.sources)) for group in self.groups]
        sizes = map(math.prod, self.given.shapes.values())
        own = [sum(itertools.islice(values, size)) for size in sizes]
        width = min(max(sum(inputs) + sum(own), 1), MOST)
        return Directions(tuple(n > 0 for n in inputs), tuple(n > 0 for n in own), width)

    def operation(self, name: str) -> Operation | None:
        """The function, compiled for plain numbers or for duals."""
        if self.debug and name in ("simulate", "pathwise", "second_pathwise"):
            return Uncompiled(self.user, self.layout, name)
        if name == "simulate":
            return simulate(self.user, self.layout)
        if name == "pathwise":
            return pathwise(self.user, self.layout, self.directions)
        if name == "phantoms":
            return phantoms(self.user, self.layout) if self.resuming_pays() else None
        if name == "second_pathwise":
            return second_pathwise(self.user, self.layout, self.directions)
        if name == "smoothed" and self.free:
            return free_derivative(self.user, self.layout, self.directions)
        if name == "smoothed" and self.marks:
            return self.marks.operation
        return None

    def outputs(self) -> tuple | None:
        """As the function returns them, unless one is chosen."""
        return outputs(self)

    def joint_operation(self, name: str) -> Operation | None:
        """All outputs of one call of the function."""
        return self.choosing(self.outputs()).operation(name) if name in JOINT else None

    def choosing(self, output: int | str | tuple | None) -> UserModel:
        """The same model with one of its outputs, or with some of them at once."""
        return self._with("output", output)

    @property
    def quiet(self) -> UserModel:
        """The same model, which prints nothing: pilots run thousands of paths."""
        user = silent(self.user)
        return self if user is self.user else self._with("user", user)

    @property
    def unsmoothed(self) -> str:
        """Nothing is marked."""
        return (
            f"no smoothed derivative: nothing is marked by fg.step(…) in {self.user.name}, "
            f"{self.user.place()}"
        )

    def spending(self, replications: int | None, memory: Any = None) -> UserModel:
        """The same model, whose pilots are in proportion to so many replications."""
        Uncompiled.raised = None  # of other runs
        return self._with("planned", replications)._with("memory", memory)

    def _with(self, name: str, value: Any) -> UserModel:
        made = copy.copy(self)
        object.__setattr__(made, name, value)
        return made

    @staticmethod
    def moves(argument: Any) -> bool:
        """Whether θ stands in an argument: a derivative of some order is not zero."""
        if not isinstance(argument, Traced):
            return False
        return bool(argument.tangent.any()) or any(map(UserModel.moves, argument.tangent))

    @property
    def marks(self) -> Marks | None:
        """Its marked thresholds, if it has any."""
        return Marks(self) if has_marks(self.user) and not self.free else None

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """Why the marks cannot be smoothed, or None."""
        if self.marks is None:
            return (
                "the distributions of its draws depend on the state, which smoothing cannot follow"
            )
        return self.marks.smoothing_refusal(slot)

    def smoothing(self, slots: list[Any], options: Any) -> Smoothing:
        """See `kernels/marks/smoothed.py`."""
        assert self.marks is not None
        return self.marks.smoothing(slots, options.marks)

    def ratio_refusal(self, slot: Any) -> str | None:
        """Why a parameter has no generalised likelihood ratio, or None."""
        if self.marks is None:
            return "θ is not a parameter of a distribution there, and cannot be pushed into one"
        return self.marks.ratio_refusal(slot)

    def arguments(self, paths: Paths, lane: int) -> list[Any]:
        """What the function is called with in one replication."""
        variates, structure = paths.variates()[:, lane].copy(), paths.structure[:, lane].copy()
        return call_arguments(self.layout, self.counts(), variates, structure)

    def explain_failure(self, seed: int, replications: int, first: int = 0) -> None:
        """Find the replication that did not give a finite number, and raise the reason.

        The user's function is run in Python there, so that what it raises names its line.
        """
        raised, Uncompiled.raised = Uncompiled.raised, None
        last = first + replications
        for start in range(first, last, LANES):
            paths = Paths(self, seed, start)
            failed = np.flatnonzero(~np.isfinite(paths.outputs()))
            if len(failed) and start + failed[0] < last:
                raise_failure(self, paths, int(failed[0]))
        if self.debug and raised is not None:
            raise raised
        if self.free:
            raise NotApplicable(
                "this method",
                f"a parameter of a draw of {', '.join(self.free)} moves with θ which has no such "
                "derivative, or stands at the end of its domain",
                ("cd",),
            )
        if self.marks:
            self.marks.explain_failure(seed, replications)

    def discontinuity(self, place: str) -> str | None:
        """What the watchdog finds: whether the output jumps in this parameter."""
        from .pilots.watchdog import watched  # which looks at models

        if self.marks and (jump := self.marks.jump(place)):
            return jump
        row, structural = self.row(place)
        if row is None:
            return None
        return watched(self, place, row, structural)

    def kink(self) -> str | None:
        """Why E[Y] has no derivative here, where paths of positive probability jump or bend."""
        from .pilots.ties import tie

        return tie(self) or (self.marks.end_of_range() if self.marks else None)

    def bend(self, slots: list[Slot]) -> str | None:
        """What the watchdog finds: whether the first derivative along the path jumps."""
        from .pilots.watchdog import watched_slopes

        return watched_slopes(self, slots)

    def row(self, place: str) -> tuple[int | None, bool]:
        """Where a parameter stands among all of its kind; None if no variate moves with it."""
        if place in self.reals:
            return list(self.reals).index(place), True
        row = 0
        for entry in self.sources:
            for name in entry.distribution.kernel.PARAMETERS:
                if place == f"{entry.name}.{name}":
                    smooth = entry.distribution.has(f"derivative_{name}")
                    return (row if smooth else None), False
                row += 1
        return None, False

    def takes(self, moved: Mapping[int, float]) -> bool:
        """Whether the distributions accept these values of their parameters, by row."""
        first = 0
        for entry in self.sources:
            values = list(entry.distribution.values)
            rows = range(first, first + len(values))
            first += len(values)
            if not any(row in moved for row in rows):
                continue
            new = [moved.get(row, value) for row, value in zip(rows, values, strict=True)]
            try:
                entry.distribution.moved(new)
            except ValueError:
                return False
        return True
