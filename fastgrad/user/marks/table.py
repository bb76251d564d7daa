"""What the kernels that run a function with marks are told (`kernels/marks/path.py`)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...kernels.jit.compile import Operation
from ...kernels.marks.replication import marked
from ...kernels.user.simulation import fields_of

if TYPE_CHECKING:
    from ..described import Described


@dataclasses.dataclass(frozen=True)
class Ratio:
    """What is known about the generalised likelihood ratio of a model.

    Attributes
    ----------
    extra : list of int
        What the index has behind the table of the inputs (`kernels/marks/ratio.py`).
    scores : tuple of Operation
    refusal : str or None
        Why it is not valid at all.
    leaking : frozenset of str
        The parameters for which v f Y does not vanish at the ends of the draw's range.
    draw : str
        The name of the input that the latest draw is of.
    """

    extra: list[int]
    scores: tuple[Operation, ...]
    refusal: str | None
    leaking: frozenset[str] = frozenset()
    draw: str = ""

    def less(self, baseline: float) -> Ratio:
        """The same, with this constant subtracted from Y."""
        return dataclasses.replace(self, extra=[*self.extra, int(np.float64(baseline).view("i8"))])

    def refused(self, place: str) -> str | None:
        """Why it is not valid for one of the model's parameters."""
        if self.refusal is None and place in self.leaking:
            return (
                f"the density of {self.draw} does not vanish at the end of its range: a ratio of "
                "densities would be biased"
            )
        return self.refusal


class MarkOptions(NamedTuple):
    """What `SPA` may say to a function with marks: how many of a path are smoothed."""

    marks: int = 8


class Place(NamedTuple):
    """Where θ may stand: an input's parameter, or one of the model's own (which = -1)."""

    name: str
    which: int
    parameter: str
    number: int


def places_of(model: Described) -> list[Place]:
    """All places in which θ stands and that have a derivative along the path."""
    found = []
    for which, entry in enumerate(model.sources):
        distribution = entry.distribution
        for name, value in zip(
            distribution.kernel.PARAMETERS, distribution.parameters, strict=True
        ):
            if model.moves(value) and distribution.has(f"derivative_{name}"):
                found.append(Place(f"{entry.name}.{name}", which, name, -1))
    for number, (name, value) in enumerate(model.reals.items()):
        if model.moves(value):
            found.append(Place(name, -1, name, number))
    return found


def table_of(
    model: Described, places: list[Place], how: int, terms: int, ratio: Ratio | None = None
) -> tuple[np.ndarray, tuple[Operation | None, ...]]:
    """The index and the functions of `kernels/marks/path.py`."""
    width = model.directions.width
    draws = fields_of(model.layout)[2] + 1
    table = [len(places), width, len(model.sources), len(model.reals), how, terms, draws]
    functions: list[Operation | None] = [marked(model.quiet.user, model.layout, width + 1)]
    row = 0
    for place in places:
        table += [place.which, place.number, row]
        row += model.sources[place.which].draws if place.which >= 0 else 0
    first = 0
    for entry in model.sources:
        table.append(first)
        first += len(entry.distribution.parameters)
        smooth = entry.distribution.has("density")
        functions.append(entry.distribution.operation("density") if smooth else None)
        functions.append(entry.distribution.operation("variate"))
    for place in places:
        functions.append(derivative_of(model, place))
    if ratio is not None:
        table += ratio.extra
        functions += ratio.scores
    return np.array(table, dtype=np.int64), tuple(functions)


def derivative_of(model: Described, place: Place) -> Operation | None:
    """dX/dplace of a distribution's parameter."""
    if place.which < 0:
        return None
    distribution = model.sources[place.which].distribution
    return distribution.operation(f"derivative_{place.parameter}")
