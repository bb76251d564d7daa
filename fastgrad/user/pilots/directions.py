"""Moving one parameter of a user's function, or several at once, path by path."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...core.tracer import Traced, tangent_of, value_of
from ...kernels.random.philox import PILOT
from ..marks.table import Place, places_of
from .paths import LANES, Paths

if TYPE_CHECKING:
    from ..described import Described

MOST_PATHS, FEWEST_PATHS = 4096, 16
MOST_THOROUGH, FEWEST_THOROUGH = 64, 1  # paths that are followed to the end whatever they show
SHARE = 0.1  # of the replications that were asked for
CHEAP = 100_000  # variates: a pilot of so many is done within milliseconds
SMALL = 4.0  # of the replications: what a cheap pilot may cost where there are few of them
USUAL, WHOLE = 5, 32  # simulations of a path that is given up early, and of one that is not


class Allowance(NamedTuple):
    """How many paths a pilot has, and how many of them are followed to the end."""

    paths: int
    thorough: int


def allowance(model: Described) -> Allowance:
    """A tenth of the replications that were asked for, in simulations; all where it is cheap."""
    if model.planned is None:
        return Allowance(MOST_PATHS, MOST_THOROUGH)
    rows = 1 + sum(entry.draws for entry in model.sources)
    simulations = max(SHARE * model.planned, min(CHEAP / rows, SMALL * model.planned))
    thorough = int(np.clip(simulations / (4 * WHOLE), FEWEST_THOROUGH, MOST_THOROUGH))
    paths = int(np.clip((simulations - WHOLE * thorough) / USUAL, FEWEST_PATHS, MOST_PATHS))
    return Allowance(paths, thorough)


def blocks_of(model: Described, paths: int) -> list[Paths]:
    """So many paths of the pilot, in blocks."""
    starts = range(0, paths, LANES)
    return [Paths(model, 0, PILOT + first, min(LANES, paths - first)) for first in starts]


class Move(NamedTuple):
    """A parameter, and how far it moves to either side.

    row, structural: where it stands, in `Paths.structure` if structural, else in `parameters`
    """

    row: int
    structural: bool
    value: float
    step: float


@dataclasses.dataclass(frozen=True)
class Direction:
    """Parameters that move together: at the point t by t times their steps, -1 ≤ t ≤ 1."""

    moves: tuple[Move, ...]

    def go(self, paths: Paths, points: np.ndarray) -> None:
        """Set the parameters of every path to its point."""
        for move in self.moves:
            rows = paths.structure if move.structural else paths.parameters
            rows[move.row] = move.value + points * move.step

    def narrowed(self, factor: float) -> Direction:
        """The same way, less far."""
        return Direction(tuple(move._replace(step=factor * move.step) for move in self.moves))


def direction_of(model: Described, rows: Sequence[tuple[int, bool]], window: float) -> Direction:
    """These parameters, each moved by a part of its size; as far as the distributions allow.

    Several move by different parts, so that no two hide each other's effect.
    """
    values, own = _numbers(model)
    moves = []
    for k, (row, structural) in enumerate(rows):
        value = own[row] if structural else values[row]
        part = window * (1.0 - 0.5 * (0.6180339887498949 * k % 1.0))
        moves.append(Move(row, structural, value, part * (abs(value) or 1.0)))
    return _within(model, Direction(tuple(moves)))


def _within(model: Described, found: Direction) -> Direction:
    """As far this way as the distributions allow."""
    for _ in range(60):
        if all(_taken(model, found, t) for t in (-1.0, 1.0)):
            break
        found = found.narrowed(0.5)
    return found


class ThetaPlace(NamedTuple):
    """A parameter that θ moves: its name, where it stands, and ∂parameter/∂θ, (components,)."""

    name: str
    row: int
    structural: bool
    value: float
    tangent: np.ndarray


def theta_places(model: Described, wanted: Callable[[Place], bool]) -> list[ThetaPlace]:
    """The parameters that θ moves and that move the variates along the path, with its slopes."""
    made = []
    for place in filter(wanted, places_of(model)):
        row, structural = model.row(place.name)
        if place.which < 0:
            given = list(model.reals.values())[place.number]
        else:
            distribution = model.sources[place.which].distribution
            names = list(distribution.kernel.PARAMETERS)
            given = distribution.parameters[names.index(place.parameter)]
        if row is not None and isinstance(given, Traced):
            tangent = tangent_of(given, len(given.tangent))
            made.append(ThetaPlace(place.name, row, structural, float(value_of(given)), tangent))
    return made


def together(model: Described, places: list[ThetaPlace], far: float) -> Direction:
    """All components of θ at once, no two of them alike."""
    count = len(places[0].tangent)
    weights = 1.0 - 0.5 * (0.6180339887498949 * np.arange(count) % 1.0)
    return _along(model, places, weights, far)


def by_component(
    model: Described, places: list[ThetaPlace], far: float
) -> Iterator[tuple[Direction, str]]:
    """Each component of θ by itself, and the first parameter that it moves."""
    for weights in np.eye(len(places[0].tangent)):
        moved = [place for place in places if place.tangent @ weights != 0.0]
        if moved:
            yield _along(model, moved, weights, far), moved[0].name


def _along(
    model: Described, places: list[ThetaPlace], weights: np.ndarray, far: float
) -> Direction:
    """No parameter further than `far` of its size, and within what distributions allow."""
    slopes = [float(place.tangent @ weights) for place in places]
    sizes = [abs(place.value) or 1.0 for place in places]
    step = far * min(
        (size / abs(slope) for size, slope in zip(sizes, slopes, strict=True) if slope != 0.0),
        default=0.0,
    )
    found = Direction(
        tuple(
            Move(place.row, place.structural, place.value, step * slope)
            for place, slope in zip(places, slopes, strict=True)
        )
    )
    return _within(model, found)


def rows_of(model: Described) -> list[tuple[int, bool]]:
    """Where all parameters stand that θ moves and that move the variates along the path."""
    found = [model.row(place.name) for place in places_of(model)]
    return [(row, structural) for row, structural in found if row is not None]


def _numbers(model: Described) -> tuple[np.ndarray, np.ndarray]:
    paths = Paths(model, 0, PILOT, 1)
    return paths.parameters[:, 0], paths.structure[:, 0]


def _taken(model: Described, direction: Direction, t: float) -> bool:
    moved = {m.row: m.value + t * m.step for m in direction.moves if not m.structural}
    return model.takes(moved)
