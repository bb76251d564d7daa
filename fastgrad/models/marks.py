"""The marked thresholds of a user's function: what they ask of IPA, and how they are smoothed."""

from __future__ import annotations

import dataclasses
import linecache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..kernels.compile import Operation
from ..kernels.marks import site_of, step
from ..kernels.models.marked_root import (
    ELSEWHERE,
    JUMPS,
    KINKED,
    RAISED,
    SEVERAL,
    UNREACHED,
)
from ..kernels.models.simulation_marked import marked
from ..kernels.models.simulation_pilot import pilot
from ..kernels.models.simulation_smoothed import smoothed
from ..kernels.random import METHOD, PILOT, ROLE, uniform_rows
from ..kernels.user_function import UserFunction, references_of
from .network_cuts import Smoothing
from .paths import LANES, Paths, call

if TYPE_CHECKING:
    from .user_model import UserModel

BLOCKS = 4  # of 256 paths
TRIED = 8  # marks on each path of a trial

REASONS = {
    UNREACHED: "{draw} decides whether or how this mark is reached: smoothing it over that draw "
    "would be biased (max(a, b) instead of a branch, and marks of one draw side by side instead of "
    "one inside the other, can be smoothed)",
    ELSEWHERE: "the margin moves with other draws where it does not move with {draw}",
    JUMPS: "the margin itself jumps when {draw} moves",
    RAISED: "the function fails at the threshold",
    KINKED: "the two sides are equal on paths of positive probability, and θ moves them apart",
    SEVERAL: "the margin changes its sign more than once when {draw} moves: write it as several "
    "marks of one threshold each, fg.step(x > a) and fg.step(x < -a) for |x| > a",
}


class Place(NamedTuple):
    """Where θ may stand: an input's parameter, or one of the model's own (which = -1)."""

    name: str
    which: int
    parameter: str
    number: int


@dataclasses.dataclass(frozen=True)
class Found:
    """What the pilot found.

    Attributes
    ----------
    every : bool
        Whether every draw must be tried for a mark, not the latest alone.
    moved : frozenset of str
        The places that move a margin.
    refusal : str or None
        Why the marks cannot be smoothed.
    """

    every: bool
    moved: frozenset[str]
    refusal: str | None


def has_marks(user: UserFunction) -> bool:
    """Whether a function, or one that it calls, has a marked threshold."""
    return any(value is step for one in user.functions for value in references_of(one))


class Marks:
    """The marks of one model."""

    operation: Operation = smoothed

    def __init__(self, model: UserModel) -> None:
        self.model = model

    def jump(self, place: str) -> str | None:
        """Why IPA would be biased in a parameter, or None if it moves no margin."""
        if place not in self.found().moved:
            return None
        return (
            f"a marked threshold: the output may jump where {place} moves the margin of "
            f"{self.lines()}, and its derivative along the path misses that"
        )

    def smoothing_refusal(self, slot: Any) -> str | None:
        """Why a slot cannot be smoothed, or None."""
        if slot.which >= 0:
            distribution = self.model.sources[slot.which].distribution
            if not distribution.has(f"derivative_{slot.parameter}"):
                return distribution.reason("derivative", slot.parameter)
        found = self.found()
        return found.refusal if slot.place in found.moved else None

    def smoothing(self, slots: list[Any], terms: int) -> Smoothing:
        """See `kernels/models/simulation_smoothed.py`."""
        places = [Place(s.place, s.which, s.parameter, s.number) for s in slots]
        return Smoothing(*self._table(places, self.found().every, terms), True)

    def _table(
        self, places: list[Place], every: bool, terms: int
    ) -> tuple[np.ndarray, tuple[Operation | None, ...]]:
        """The index and the functions of `kernels/models/marked_path.py`."""
        model = self.model
        width = model.directions.width
        table = [len(places), width, len(model.sources), len(model.reals), int(every), terms]
        functions: list[Operation | None] = [marked(model.user, model.layout, width + 1)]
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
            functions.append(self._derivative(place))
        return np.array(table, dtype=np.int64), tuple(functions)

    def _derivative(self, place: Place) -> Operation | None:
        if place.which < 0:
            return None
        distribution = self.model.sources[place.which].distribution
        return distribution.operation(f"derivative_{place.parameter}")

    def places(self) -> list[Place]:
        """All places in which θ stands and that have a derivative along the path."""
        model, found = self.model, []
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

    def found(self) -> Found:
        """What the pilot finds at the model's parameters; kept."""
        model = self.model
        values = [v for entry in model.sources for v in entry.distribution.values]
        structure = Paths(model, 0, PILOT, 1).structure
        key = (
            model.user.digest, model.layout, tuple(model.counts()), tuple(self.places()),
            tuple(map(float, values)), structure.tobytes(),
        )  # fmt: skip
        if key not in _FOUND:
            while len(_FOUND) >= MOST_KEPT:
                _FOUND.pop(next(iter(_FOUND)))
            _FOUND[key] = self._examine()
        return _FOUND[key]

    def _examine(self) -> Found:
        places = self.places()
        codes, moved = self._pilot(places, every=False)
        every = ELSEWHERE in {status_of(code)[0] for code in codes}
        if every:
            codes, moved = self._pilot(places, every=True)
        names = frozenset(p.name for p, m in zip(places, moved, strict=True) if m)
        if names and not codes.any():
            codes = self._trial(places, every)
        wrong = codes[codes != 0.0]
        return Found(every, names, self.explained(wrong[0]) if len(wrong) else None)

    def _pilot(self, places: list[Place], every: bool) -> tuple[np.ndarray, np.ndarray]:
        """The codes of all paths that have one, and whether each place moves a margin."""
        codes, moved = [], np.zeros(len(places), dtype=bool)
        for block in range(BLOCKS):
            paths = Paths(self.model, 0, PILOT + block * LANES)
            _, out = self._run(pilot, paths, 0, places, every, 1, 1 + len(places))
            codes.append(out[0])
            moved |= out[1:].any(axis=1)
        return np.concatenate(codes), moved

    def _trial(self, places: list[Place], every: bool) -> np.ndarray:
        """The codes of one block that is smoothed."""
        paths = Paths(self.model, 0, PILOT)
        y, out = self._run(smoothed, paths, 0, places, every, TRIED, 1 + len(places))
        return np.where(np.isnan(y), out[0], 0.0)

    def _run(
        self, operation: Operation, paths: Paths, seed: int, places: list[Place], every: bool,
        terms: int, rows: int,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """One block of an operation: y and out."""
        model = self.model
        index, functions = self._table(places, every, terms)
        addresses = np.array([f.address if f else 0 for f in functions], dtype=np.int64)
        paths.variates()
        tangents = self._tangents(paths, places)
        structure = np.vstack([paths.structure, np.zeros(paths.lanes)])
        parameters = np.ascontiguousarray(np.append(paths.parameters[:, 0], 0.0))
        fresh = np.empty((2, paths.lanes))
        call(uniform_rows, paths.lanes, 2, 0, METHOD * ROLE, paths.first, seed, 0, paths.lanes,
             fresh)  # fmt: skip
        y, out = np.empty(paths.lanes), np.zeros((rows, paths.lanes))
        call(
            operation, paths.lanes, model.counts(), addresses, parameters, structure, paths.x,
            tangents, fresh, index, y, out, y,
        )  # fmt: skip
        return y, out

    def _tangents(self, paths: Paths, places: list[Place]) -> np.ndarray:
        """dX/dplace of all variates, place after place."""
        draws = [entry.draws for entry in self.model.sources]
        first = np.cumsum([0, *draws])
        sizes = np.cumsum([0, *(len(e.distribution.values) for e in self.model.sources)])
        blocks = [np.zeros((1, paths.lanes))]
        for place in places:
            derivative = self._derivative(place)
            if derivative is None:
                continue
            k = place.which
            x = np.ascontiguousarray(paths.x[first[k] : first[k + 1]])
            u = np.ascontiguousarray(paths.uniforms[k])
            own = np.ascontiguousarray(np.append(paths.parameters[sizes[k] : sizes[k + 1], 0], 0.0))
            made = np.empty_like(x)
            call(derivative, x.size, 1, u, x, x, x, own, made, made)
            blocks.insert(-1, made)
        return np.ascontiguousarray(np.concatenate(blocks))

    def explain_failure(self, seed: int, replications: int) -> None:
        """Raise NotApplicable for the mark that could not be smoothed on some path."""
        places = self.places()
        for first in range(0, replications, LANES):
            paths = Paths(self.model, seed, first)
            rows = len(places) + 1
            y, out = self._run(smoothed, paths, seed, places, self.found().every, TRIED, rows)
            failed = np.flatnonzero(np.isnan(y))
            if len(failed) and first + failed[0] < replications:
                where = f"in replication {first + failed[0]}"
                from ..errors import NotApplicable

                reason = f"{self.explained(out[0, failed[0]])} ({where})"
                raise NotApplicable("spa", reason, ("wd", "lr", "cd"))

    def lines(self) -> str:
        """Where the marks stand."""
        found = [text for site, text in self._sites().items()]
        return found[0] if len(found) == 1 else "one of: " + "; ".join(found)

    def _sites(self) -> dict[int, str]:
        """The line of every site that a mark may have."""
        made = {}
        for function in self.model.user.functions:
            code = function.__code__
            for line in sorted({number for *_, number in code.co_lines() if number}):
                text = linecache.getline(code.co_filename, line).strip()
                if "step(" in text:
                    site = site_of(function.__qualname__, line - code.co_firstlineno)
                    made[site] = f"{code.co_filename}:{line}: {text}"
        return made

    def explained(self, code: float) -> str:
        """A code in words, with the mark's line."""
        status, site, rank = status_of(code)
        names = [entry.name for entry in self.model.sources]
        draw = f"{names[(rank - 1) % len(names)]}[{(rank - 1) // len(names)}]" if rank else ""
        where = self._sites().get(site, "a marked threshold")
        return f"{where}: {REASONS[status].format(draw=draw)}"


_FOUND: dict[tuple, Found] = {}
MOST_KEPT = 256


def status_of(code: float) -> tuple[int, int, int]:
    """(status, site, draw), see `code_of`."""
    whole = int(code)
    return whole >> 48, whole >> 16 & 0xFFFFFFFF, whole & 0xFFFF
