"""Networks in which customers never meet: there the last service time smooths a tail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..model import Input
from ..network.cuts import Smoothing
from .tails import unsmoothed

FORKED = "only lines and forks are smoothed: use lr or wd"


def meeting(
    arrives: Mapping[str, Sequence[str]], servers: Mapping[str, int], entries: Sequence[str]
) -> str | None:
    """Where two customers may come at once, who are exchanged then; or None.

    A station with one server sends customers on one by one, in the order in which they came. So
    they never come at once where all come from one such station, or all from outside, and then
    order and draws of every customer are the same for all times: T_n is continuous in them.

    arrives: the stations from which customers come to each; entries: those they enter at
    """
    for name, sources in arrives.items():
        ways = len(sources) + (name in entries)
        several = [source for source in sources if servers[source] > 1]
        if ways > 1 or several:
            why = f"from {several[0]!r}, which has several servers" if ways == 1 else "on two ways"
            return (
                f"customers come to {name!r} {why}: two who meet are exchanged and their times "
                f"jump; {FORKED}"
            )
    return None


def undense(services: Mapping[str, Any]) -> str | None:
    """Which last service time has no density, or None."""
    for name, service in services.items():
        if not service.has("density"):
            return (
                f"a tail is smoothed by the last service time, and that at {name!r} "
                f"({type(service).__name__}) has no density: use lr or wd"
            )
    return None


def smoothed_at_exit(slots: Sequence[Any], inputs: Sequence[Input], services: Sequence[int]) -> Any:
    """What the network's operation `smoothed` reads: the slots as for IPA (input -1: y), where the
    parameters of every station's service time stand, and functions: their densities, then each
    slot's derivative at a point."""
    sizes = np.cumsum([0, *(len(entry.distribution.parameters) for entry in inputs)])
    index, row = [len(slots), 0, 0], 0
    points: list[Any] = []
    for slot in slots:
        index += [slot.which, slot.number, row]
        row += inputs[slot.which].draws if slot.which >= 0 else 0
        own = inputs[slot.which].distribution if slot.which in services else None
        name = own.derivative_at_points(slot.parameter) if own is not None else None
        points.append(own.operation(name) if own is not None and name else None)
    densities = [
        one.operation("density") if one.has("density") else None
        for one in (inputs[which].distribution for which in services)
    ]
    index += [int(sizes[which]) for which in services]
    return Smoothing(np.array(index, dtype=np.int64), (*densities, *points), True)


def unmoved(slot: Any, inputs: Sequence[Input], services: Sequence[int]) -> str | None:
    """Why θ in this place does not move a smoothed tail in a known way, or None."""
    return unsmoothed(slot.which if slot.which in services else -1, slot, inputs)
