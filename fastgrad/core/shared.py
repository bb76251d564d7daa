"""Slots that the measures of one path have in common, and the chain to all of their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..kernels.estimators.problem import Chain
from .chains import stacked
from .traced_model import Slot, TracedModel


class Shared(NamedTuple):
    """Slots that one part of an estimator follows, for all measures together.

    slots: all of them; places: for each measure where its own stand among them; own, factors:
    these, and what each derivative is multiplied by
    """

    slots: list[Slot]
    places: list[list[int]]
    own: list[list[Slot]]
    factors: list[list[float]]


def share(
    traced: TracedModel, own: Sequence[list[Slot]], factors: Sequence[list[float]] | None = None
) -> Shared:
    """The slots of each measure (of its view) as slots that all measures share, by input.

    A measure's slots keep their number: two of them in the same place stay two.
    """
    if traced.measures == 1:
        slots, places = own[0], [list(range(len(own[0])))]
    else:
        slots, places = _united(traced, own)
    if factors is None:
        factors = [[1.0] * len(mine) for mine in own]
    return Shared(slots, places, [*own], [*factors])


def _united(traced: TracedModel, own: Sequence[list[Slot]]) -> tuple[list[Slot], list[list[int]]]:
    found: dict[tuple, Slot] = {}
    keys: list[list[tuple]] = []
    for view, mine in zip(traced.views, own, strict=True):
        seen: dict[tuple, int] = {}
        keys.append([])
        for slot in mine:
            place = _place(view, slot)
            number = place[2]
            seen[place] = seen.get(place, 0) + 1
            key = (*place, seen[place])
            found.setdefault(key, slot._replace(number=number))
            keys[-1].append(key)
    order = sorted(found, key=lambda key: key[0] if key[0] >= 0 else np.inf)
    position = {key: k for k, key in enumerate(order)}
    return [found[key] for key in order], [[position[key] for key in mine] for mine in keys]


def chained(traced: TracedModel, parts: Sequence[Shared]) -> Chain:
    """The chain of an estimator with these parts, whose slots stand part by part, in each of
    them measure by measure."""
    firsts = np.cumsum([0, *(traced.measures * len(part.slots) for part in parts)])
    chains, places = [], []
    for m, view in enumerate(traced.views):
        own = [slot for part in parts for slot in part.own[m]]
        chains.append(view.chain(own, [f for part in parts for f in part.factors[m]]))
        rows = [
            np.asarray(part.places[m], dtype=np.int64) + m * len(part.slots) + first
            for part, first in zip(parts, firsts, strict=False)
        ]
        places.append(np.concatenate(rows))
    return chains[0] if traced.measures == 1 else stacked(chains, places, int(firsts[-1]))


def joined(first: Shared, second: Shared) -> Shared:
    """Slots of two kinds that one part of an estimator follows, one kind after the other."""
    behind = len(first.slots)
    return Shared(
        [*first.slots, *second.slots],
        [[*a, *(behind + k for k in b)] for a, b in zip(first.places, second.places, strict=True)],
        [[*a, *b] for a, b in zip(first.own, second.own, strict=True)],
        [[*a, *b] for a, b in zip(first.factors, second.factors, strict=True)],
    )


def among(view: TracedModel, slots: Sequence[Slot]) -> list[Slot]:
    """The slots of a view that stand where these of the whole traced model do."""
    places = {(s.which, s.parameter, s.number) for s in slots}
    return [s for s in view.slots if _place(view, s) in places]


def told(view: TracedModel, slots: Sequence[Slot]) -> list[Slot]:
    """The same in the order of these: what an operation with a row for each is told."""
    order = {(s.which, s.parameter, s.number): k for k, s in enumerate(slots)}
    return sorted(among(view, slots), key=lambda s: order[_place(view, s)])


def share_told(traced: TracedModel, own: Sequence[list[Slot]]) -> Shared:
    """`share` for operations that are told of their own measure's slots alone.

    Another measure's parameters (its threshold) have no row in what such an operation writes.
    """
    shared = share(traced, own)
    if traced.measures == 1:
        return shared
    places = []
    for view, mine in zip(traced.views, own, strict=True):
        row = {_place(view, s): k for k, s in enumerate(told(view, shared.slots))}
        places.append([row[_place(view, s)] for s in mine])
    return shared._replace(places=places)


def _place(view: TracedModel, slot: Slot) -> tuple[int, str, int]:
    number = slot.number + view.first_own if slot.which < 0 else slot.number
    return slot.which, slot.parameter, number
