"""Parameters of a user's function, absorbed by one draw's distribution: scores for any function.

`fastgrad.user.pilots.absorbing` finds the map T(x) = c + d x of the draw that does what moving the
parameter does. Its distribution has parameters that are known functions of θ then, and likelihood
ratios of the first and of the second order follow as for any parameter of a distribution. The draw,
if it is the first of many, becomes an input of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.traced_model import Slot, TracedModel
from ..core.tracer import value_of
from ..models.model import Input, Model
from ..user.model import UserModel
from ..user.pilots.absorbing import Absorbed, absorbed, moved_names

REASON = "one draw absorbs the parameter, so that it has a score whatever the output does"


def absorption(traced: TracedModel, slot: Slot) -> Absorbed | None:
    """How a draw absorbs a structural slot, or None."""
    if slot.which >= 0 or not isinstance(traced.model, UserModel) or traced.model.free:
        return None
    return absorbed(traced.model, slot.place)


def with_absorbed(
    traced: TracedModel, slots: Callable[[TracedModel], list[Slot]], order: int = 1
) -> TracedModel:
    """The traced model in which these structural slots have become parameters of single draws.

    Each measure may have draws of its own that absorb: they are inputs of their own for all.
    """
    taken: list[dict[str, Absorbed]] = []
    for view in traced.views:
        known = {slot.place: absorption(view, slot) for slot in slots(view) if slot.which < 0}
        taken.append({place: one for place, one in known.items() if one is not None})
    return _Absorbing(traced, taken, order) if any(taken) else traced


def crowded(traced: TracedModel, slots: list[Slot]) -> str | None:
    """Why second derivatives cannot be had, where one draw would absorb two parameters."""
    seen: dict[int, str] = {}
    for slot in slots:
        one = absorption(traced, slot)
        if one is not None:
            if one.which in seen:
                return f"{seen[one.which]} and {slot.place} would be absorbed by the same draw"
            seen[one.which] = slot.place
    return None


class _Absorbing(TracedModel):
    """A traced model in which the draws that absorb are inputs of their own."""

    def __init__(self, traced: TracedModel, taken: list[dict[str, Absorbed]], order: int) -> None:
        self.__dict__.update(traced.__dict__)
        self.alone = {one.which for own in taken for one in own.values()}
        self.inputs = self.inputs_of(self.model)
        if traced.views == [traced]:
            self.views = [self]
            self.slots = self._absorbing(traced, taken[0], order)
            return
        self.views = []
        for view, own in zip(traced.views, taken, strict=True):
            made = object.__new__(_Absorbing)
            made.__dict__.update(view.__dict__)
            made.alone, made.inputs, made.views = self.alone, self.inputs, [made]
            made.slots = made._absorbing(view, own, order)
            self.views.append(made)

    def _absorbing(self, traced: TracedModel, taken: dict[str, Absorbed], order: int) -> list[Slot]:
        """The slots of one measure."""
        made: list[Slot] = []
        place = 0
        for which, entry in enumerate(self.model.inputs()):
            own = [slot for slot in traced.slots if slot.which == which]
            if which in self.alone:
                moves = [(s, taken[s.place]) for s in traced.slots if s.place in taken]
                moves = [(s, one) for s, one in moves if one.which == which]
                made += _absorbing_slots(entry, place, own, moves, self.components, order)
                place += 1
                if entry.draws == 1:
                    continue
            made += [slot._replace(which=place) for slot in own]
            place += 1
        return made + [s for s in traced.slots if s.which < 0 and s.place not in taken]

    def taken_row(self, which: int) -> int:
        """That of the input which this one is a part of; the first draw is always taken."""
        place = 0
        for original, entry in enumerate(self.model.inputs()):
            if original in self.alone:
                if place == which:
                    return -1
                place += 1
                if entry.draws == 1:
                    continue
            if place == which:
                return self.model.taken_row(original)
            place += 1
        return -1

    def inputs_of(self, model: Model) -> list[Input]:
        """Those of the model; the first draw of one that absorbs stands by itself."""
        made: list[Input] = []
        for which, entry in enumerate(model.inputs()):
            if which in self.alone and entry.draws > 1:
                made.append(Input(f"{entry.name}[0]", entry.distribution, 1))
                entry = Input(f"{entry.name}[1:]", entry.distribution, entry.draws - 1)
            made.append(self.substitute(entry))
        return made


def _absorbing_slots(
    entry: Input,
    place: int,
    own: list[Slot],
    moves: list[tuple[Slot, Absorbed]],
    components: int,
    order: int,
) -> list[Slot]:
    """The parameters of one draw as functions of θ: c + d p (mu: mu + log d)."""
    distribution: Any = entry.distribution
    scaled, shifted = moved_names(distribution)
    made = []
    names = list(distribution.kernel.PARAMETERS)
    for name, value in zip(names, distribution.parameters, strict=True):
        mine = next((slot for slot in own if slot.parameter == name), None)
        tangent = mine.tangent.copy() if mine else np.zeros(components)
        curvature = np.zeros((components, components))
        if order > 1 and mine:
            curvature = mine.curvature.copy()
        moved = False
        for slot, one in moves:
            (c1, c2), (d1, d2), number = one.shift, one.scale, float(value_of(value))
            if name in getattr(distribution.kernel, "LOGARITHMIC", ()):
                first, second, crossed = d1, d2 - d1 * d1, 0.0
            else:
                by_scale, by_shift = float(name in scaled), float(name in shifted)
                first = by_scale * d1 * number + by_shift * c1
                second = by_scale * d2 * number + by_shift * c2
                crossed = by_scale * d1
            moved |= first != 0.0 or second != 0.0
            tangent = tangent + first * slot.tangent
            if order > 1:
                curvature += second * np.outer(slot.tangent, slot.tangent)
                curvature += first * slot.curvature
                if mine:
                    both = np.outer(slot.tangent, mine.tangent)
                    curvature += crossed * (both + both.T)
        if mine or moved:
            made.append(Slot(f"{entry.name}.{name}", place, name, -1, tangent, curvature))
    return made
