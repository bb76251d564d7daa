"""The marked thresholds of a user's function: what they ask of IPA, and how they are smoothed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import NotApplicable
from ...kernels.jit.compile import Operation
from ...kernels.marks.path import BY_EVERY, BY_LATEST, BY_RATIO
from ...kernels.marks.root import ELSEWHERE
from ...kernels.marks.smoothed import smoothed
from ...kernels.marks.step import step
from ...kernels.random.philox import PILOT
from ...kernels.user.function import UserFunction
from ...kernels.user.reached import references_of
from ...models.network.cuts import Smoothing
from ..pilots.paths import LANES, Paths
from .ends import end_of_range
from .pilot import TRIED, piloted, run_block, trial
from .ratio import ratio_of
from .served import marks_met, serve
from .sites import explained, lines, status_of
from .table import Place, Ratio, places_of, table_of

if TYPE_CHECKING:
    from ..described import Described


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

    def __init__(self, model: Described) -> None:
        self.model = model

    def jump(self, place: str) -> str | None:
        """Why IPA would be biased in a parameter, or None if it moves no margin that counts."""
        if place not in self.found().moved or not serve(self.model):
            return None
        return f"it moves a marked threshold, where the output may jump: {lines(self.model)}"

    def smoothing_refusal(self, slot: Any) -> str | None:
        """Why a slot cannot be smoothed, or None."""
        if slot.which >= 0:
            distribution = self.model.sources[slot.which].distribution
            if not distribution.has(f"derivative_{slot.parameter}"):
                return distribution.reason("derivative", slot.parameter)
        return (
            self._found_refusal(slot.place)
            or self._mixed(slot, slot.place in self.found().moved)
            or self._pathwise_refusal(slot.place)
        )

    def _mixed(self, slot: Any, moved: bool) -> str | None:
        """Why a mixture stands in the way, or None: its path depends on the component, which a
        point does not tell, and beside atoms it has no density to smooth by."""
        sources = [entry.distribution for entry in self.model.sources]
        if any(not one.by_point and not one.has("density") for one in sources):
            return "an input is a mixture with atoms, which has no density to smooth by"
        if moved and slot.which >= 0 and not sources[slot.which].by_point:
            return "the margin moves with a mixture, whose component is not known at the threshold"
        return None

    def ratio_refusal(self, slot: Any) -> str | None:
        """Why a parameter of the model has no generalised likelihood ratio, or None."""
        refusal = self.smoothing_refusal(slot)  # of margins that jump in a draw, for example
        if refusal is not None or slot.place not in self.found().moved:
            return refusal
        return self._known_ratio().refused(slot.place)

    def _found_refusal(self, place: str) -> str | None:
        found = self.found()
        return found.refusal if place in found.moved else None

    def _pathwise_refusal(self, place: str) -> str | None:
        """Where the output jumps but for its marks."""
        from ..pilots.unmarked import unmarked_jump  # which looks at models

        if place not in self.found().moved:
            return self.model.discontinuity(place)
        return self.kept(f"unmarked {place}", lambda: unmarked_jump(self.model, place))

    def smoothing(self, slots: list[Any], terms: int) -> Smoothing:
        """See `kernels/marks/smoothed.py`."""
        return Smoothing(*table_of(self.model, _places(slots), self.found().how, terms), True)

    def ratio(self, slots: list[Any], baseline: float) -> Smoothing:
        """See `kernels/marks/ratio.py`."""
        moved = any(slot.place in self.found().moved for slot in slots)
        known = self._known_ratio() if moved else Ratio([1, 0, 0], (), None)
        known = known.less(baseline)
        return Smoothing(*table_of(self.model, _places(slots), BY_RATIO, 1, known), True)

    def terms(self, most: int) -> float:
        """How many marks (or draws of them, where each is tried) are smoothed on a path."""
        if self.found().how == BY_EVERY:
            return float(most)
        return min(float(most), self.kept("marks met", lambda: marks_met(self.model)))

    def end_of_range(self) -> str | None:
        """Why E[Y] has a kink at the model's parameters, or None."""
        found = self.found()
        if found.refusal is not None:
            return None
        return self.kept("ends", lambda: end_of_range(self.model, found.moved, found.how))

    def _known_ratio(self) -> Ratio:
        return self.kept("ratio", lambda: ratio_of(self.model))

    def mean_output(self) -> float:
        """The mean of Y on some replications of the pilot."""
        return float(np.nanmean(Paths(self.model, 0, PILOT).outputs()))

    def found(self) -> Found:
        """What the pilot finds at the model's parameters."""
        return self.kept("found", self._examine)

    def kept(self, what: str, make: Callable[[], Any]) -> Any:
        """Something that is found out about the model at its parameters."""
        from ..pilots.remembered import remembered

        return remembered(self.model, ("marks", what), make)

    def _examine(self) -> Found:
        places, how = places_of(self.model), BY_LATEST
        codes, moved, _ = piloted(self.model, places, how)
        if ELSEWHERE in {status_of(code)[0] for code in codes}:
            how = BY_EVERY
            codes, moved, _ = piloted(self.model, places, how)
        names = frozenset(p.name for p, m in zip(places, moved, strict=True) if m)
        if names and not codes.any():
            codes = trial(self.model, places, how)
        wrong = codes[codes != 0.0]
        return Found(how, names, explained(self.model, wrong[0]) if len(wrong) else None)

    def explain_failure(self, seed: int, replications: int) -> None:
        """Raise NotApplicable for the mark that could not be treated on some path."""
        places = places_of(self.model)
        ways: dict[str, tuple] = {"spa": (self.found().how, TRIED)}
        if self.found().refusal is None and self._known_ratio().refusal is None:
            ways["lr"] = (BY_RATIO, 1, self._known_ratio().less(0.0))
        for first in range(0, replications, LANES):
            paths = Paths(self.model, seed, first)
            for method, how in ways.items():
                y, out = run_block(self.model, smoothed, paths, seed, places, how, len(places) + 1)
                failed = np.flatnonzero(np.isnan(y))
                if len(failed) and first + failed[0] < replications:
                    where = f"in replication {first + failed[0]}"
                    reason = f"{explained(self.model, out[0, failed[0]])} ({where})"
                    raise NotApplicable(method, reason, ("cd",))


def _places(slots: list[Any]) -> list[Place]:
    return [Place(s.place, s.which, s.parameter, s.number) for s in slots]
