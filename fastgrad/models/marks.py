"""The marked thresholds of a user's function: what they ask of IPA, and how they are smoothed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..distributions import Mixture
from ..errors import NotApplicable
from ..kernels.compile import Operation
from ..kernels.marks import step
from ..kernels.models.marked_path import BY_EVERY, BY_LATEST, BY_RATIO
from ..kernels.models.marked_root import ELSEWHERE
from ..kernels.models.simulation_marked import marked
from ..kernels.models.simulation_pilot import pilot
from ..kernels.models.simulation_smoothed import smoothed
from ..kernels.random import METHOD, PILOT, ROLE, uniform_rows
from ..kernels.user_function import UserFunction, references_of
from ..tracer import value_of
from .mark_sites import explained, lines, status_of
from .marked_ratio import Ratio, ratio_of
from .network_cuts import Smoothing
from .paths import LANES, Paths, call

if TYPE_CHECKING:
    from .user_model import UserModel

BLOCKS = 4  # of 256 paths
TRIED = 8  # marks on each path of a trial
MOST_KEPT = 256


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
    how : int
        Whether the latest draw of a mark is enough, or every draw must be tried.
    moved : frozenset of str
        The places that move a margin.
    refusal : str or None
        Why the marks cannot be smoothed.
    """

    how: int
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
            f"{lines(self.model)}, and its derivative along the path misses that"
        )

    def smoothing_refusal(self, slot: Any) -> str | None:
        """Why a slot cannot be smoothed, or None."""
        if slot.which >= 0:
            distribution = self.model.sources[slot.which].distribution
            if not distribution.has(f"derivative_{slot.parameter}"):
                return distribution.reason("derivative", slot.parameter)
        found = self.found()
        if slot.place in found.moved and found.refusal is not None:
            return found.refusal
        return self._mixed(slot, slot.place in found.moved)

    def _mixed(self, slot: Any, moved: bool) -> str | None:
        """Why a mixture stands in the way, or None: its path depends on the component, which a
        point does not tell, and beside atoms it has no density to smooth by."""
        sources = [entry.distribution for entry in self.model.sources]
        if moved and slot.which >= 0 and isinstance(sources[slot.which], Mixture):
            return "the margin moves with a mixture, whose component is not known at the threshold"
        if any(isinstance(law, Mixture) and not law.has("density") for law in sources):
            return "an input is a mixture with atoms, which has no density to smooth by"
        return None

    def ratio_refusal(self, slot: Any) -> str | None:
        """Why a parameter of the model has no generalised likelihood ratio, or None."""
        found = self.found()
        if slot.place not in found.moved:
            return self.model.discontinuity(slot.place)
        if found.refusal is not None:  # of margins that jump in a draw, for example
            return found.refusal
        return self.kept("ratio", lambda: ratio_of(self)).refused(slot.place)

    def smoothing(self, slots: list[Any], terms: int) -> Smoothing:
        """See `kernels/models/simulation_smoothed.py`."""
        return Smoothing(*self._table(_places(slots), self.found().how, terms), True)

    def ratio(self, slots: list[Any]) -> Smoothing:
        """See `kernels/models/marked_ratio.py`."""
        moved = self.found().moved
        known = Ratio([1, 0, 0], (), None)
        if any(slot.place in moved for slot in slots):
            known = self.kept("ratio", lambda: ratio_of(self))
        return Smoothing(*self._table(_places(slots), BY_RATIO, 1, known), True)

    def _table(
        self, places: list[Place], how: int, terms: int, ratio: Ratio | None = None
    ) -> tuple[np.ndarray, tuple[Operation | None, ...]]:
        """The index and the functions of `kernels/models/marked_path.py`."""
        model = self.model
        width = model.directions.width
        table = [len(places), width, len(model.sources), len(model.reals), how, terms]
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
        if ratio is not None:
            table += ratio.extra
            functions += ratio.scores
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
        """What the pilot finds at the model's parameters."""
        return self.kept("found", self._examine)

    def kept(self, what: str, make: Callable[[], Any]) -> Any:
        """Something that depends on the model and its parameters only."""
        model = self.model
        values = [v for entry in model.sources for v in entry.distribution.values]
        values += [value_of(value) for value in model.reals.values()]
        key = (
            what, model.user.digest, model.layout, tuple(model.counts()), tuple(self.places()),
            tuple(entry.distribution.kind for entry in model.sources),
            tuple(map(float, values)),
        )  # fmt: skip
        if key not in _KEPT:
            while len(_KEPT) >= MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)))
            _KEPT[key] = make()
        return _KEPT[key]

    def _examine(self) -> Found:
        places, how = self.places(), BY_LATEST
        codes, moved, _ = self._pilot(places, how)
        if ELSEWHERE in {status_of(code)[0] for code in codes}:
            how = BY_EVERY
            codes, moved, _ = self._pilot(places, how)
        names = frozenset(p.name for p, m in zip(places, moved, strict=True) if m)
        if names and not codes.any():
            codes = self._trial(places, how)
        wrong = codes[codes != 0.0]
        return Found(how, names, self.explained(wrong[0]) if len(wrong) else None)

    def _pilot(
        self, places: list[Place], how: int, ratio: Ratio | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of all paths: the codes, the largest of each place's row, and the rows behind them."""
        count, many = len(places), 1 if ratio is None else len(places)
        blocks = []
        for block in range(BLOCKS):
            paths = Paths(self.model, 0, PILOT + block * LANES)
            _, out = self._run(pilot, paths, 0, places, (how, 1, ratio), 1 + count + many)
            blocks.append(out)
        out = np.concatenate(blocks, axis=1)
        return out[0], out[1 : 1 + count].max(axis=1, initial=0.0), out[1 + count :]

    def only_draws(self, places: list[Place]) -> np.ndarray:
        """The latest draw of the only mark on each path; 0 or less where there is none such."""
        return self._pilot(places, BY_LATEST)[2][0]

    def ratio_pilot(self, places: list[Place], ratio: Ratio) -> tuple[np.ndarray, ...]:
        """Codes of a trial, and |v f Y| of each place at the ends of the range and inside."""
        codes, ends, inside = self._pilot(places, BY_RATIO, ratio)
        codes = np.concatenate([self._trial(places, BY_RATIO, ratio), codes])
        return codes, ends, inside.max(axis=1, initial=0.0)

    def _trial(self, places: list[Place], how: int, ratio: Ratio | None = None) -> np.ndarray:
        """The codes of one block that is smoothed."""
        paths = Paths(self.model, 0, PILOT)
        y, out = self._run(smoothed, paths, 0, places, (how, TRIED, ratio), 1 + len(places))
        return np.where(np.isnan(y), out[0], 0.0)

    def _run(
        self, operation: Operation, paths: Paths, seed: int, places: list[Place], how: tuple,
        rows: int,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """One block of an operation: y and out."""
        model = self.model
        index, functions = self._table(places, *how)
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
        places, how = self.places(), (self.found().how, TRIED)
        for first in range(0, replications, LANES):
            paths = Paths(self.model, seed, first)
            y, out = self._run(smoothed, paths, seed, places, how, len(places) + 1)
            failed = np.flatnonzero(np.isnan(y))
            if len(failed) and first + failed[0] < replications:
                where = f"in replication {first + failed[0]}"
                reason = f"{self.explained(out[0, failed[0]])} ({where})"
                raise NotApplicable("spa", reason, ("wd", "lr", "cd"))

    def explained(self, code: float) -> str:
        """A code in words, with the mark's line."""
        return explained(self.model, code)


def _places(slots: list[Any]) -> list[Place]:
    return [Place(s.place, s.which, s.parameter, s.number) for s in slots]


_KEPT: dict[tuple, Any] = {}
