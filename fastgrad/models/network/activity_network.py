"""Stochastic activity networks: project completion times and shortest paths."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...kernels.models.network import activity_network
from .. import second_smoothing
from ..change_of_variables import PushOut, divided, subtracted
from ..measures import Mean, Measured, checked_measures, mean_or_tail
from ..model import Input
from ..second_smoothing import SecondSmoothing, differentiable
from .arcs import Network, name_of, ordered, read_arcs
from .cuts import Cut, Smoothing, chosen_cut, has_density, smallest_cut

PATHS = ("longest", "shortest")
_OF_MEMBERS = ("density", "survival")


@dataclasses.dataclass(frozen=True, eq=False)
class ActivityNetwork(Measured):
    """Length of the longest or shortest path through a network of random arcs.

    Fu (2005), section 5.1: the longest path is the duration of a project whose arcs are
    activities. E[Y] is continuous in every duration, so IPA is unbiased; P(Y > y) is not, and
    needs smoothed perturbation analysis, weak derivatives or likelihood ratios.

    Parameters
    ----------
    arcs : list of (from, to), pandas table, path of a CSV file, or networkx graph
        A directed network without cycles, with one source and one sink; parallel arcs are
        allowed. Tables and files have columns `from`, `to` and perhaps `duration`, graphs
        perhaps an attribute `duration`: a distribution, text such as "Exponential(2.0)", or a
        number. Or one row a task: columns `task`, `predecessors` and `duration`, or `optimistic`,
        `most likely` and `pessimistic` (a PERT distribution); dummy arcs, source and sink are made.
    durations : list of Distribution, mapping of (from, to) or tasks, or one Distribution, optional
        In the order of the arcs or tasks. Independent of each other.
    path : {"longest", "shortest"}
    measure : Mean(), Tail(y), or a list or dict of them
        Several are read on the same paths, in one run (`Estimates`, with their joint `covariance`).

    Raises
    ------
    TypeError, ValueError
        For a cycle, several sources or sinks, or durations that do not fit the arcs.
    """

    arcs: Any
    durations: Any = None
    path: str = "longest"
    measure: Any = dataclasses.field(default_factory=Mean)

    kernel = activity_network
    smoothing_options = Cut

    def __post_init__(self) -> None:
        arcs, durations = read_arcs(self.arcs, self.durations)
        if self.path not in PATHS:
            raise ValueError(
                f"ActivityNetwork: path must be 'longest' or 'shortest', got {self.path!r}"
            )
        measure = checked_measures(self.measure, mean_or_tail("ActivityNetwork"), "ActivityNetwork")
        object.__setattr__(self, "measure", measure)
        object.__setattr__(self, "arcs", tuple(arcs))
        object.__setattr__(self, "durations", tuple(durations))
        object.__setattr__(self, "_network", ordered(arcs))

    @property
    def network(self) -> Network:
        """Nodes in topological order, arcs, and the positions of their ends."""
        return self._network  # type: ignore[attr-defined]

    def names(self) -> list[str]:
        """One name for each arc: its task, or from->to, numbered where arcs are parallel."""
        seen: dict[str, int] = {}
        names = []
        for arc in self.arcs:
            name = name_of(arc)
            seen[name] = seen.get(name, 0) + 1
            names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
        return names

    def inputs(self) -> list[Input]:
        """The durations, arc after arc."""
        return [
            Input(name, duration, 1)
            for name, duration in zip(self.names(), self.durations, strict=True)
        ]

    def grows_with(self) -> list[str]:
        """All durations, for the longest path; a shortest one may avoid any of them."""
        return self.names() if self.path == "longest" and not self.tail else []

    @property
    def levels(self) -> int:
        """Of the sparse table: the longest arc spans 2^levels - 1 cuts at most."""
        return max(head - tail for tail, head in self.network.ends).bit_length()

    def counts(self) -> np.ndarray:
        """See `kernels/models/network/passes.py`."""
        ends = self.network.ends
        by_tail = sorted(range(len(ends)), key=lambda row: ends[row])
        sign = 1 if self.path == "longest" else -1
        head = [len(self.network.nodes), len(ends), sign, int(self.tail), self.levels]
        arcs = [number for row in by_tail for number in (row, *ends[row])]
        return np.array([*head, *arcs, *np.ravel(ends)], dtype=np.int64)

    def work(self) -> int:
        """Lengths to and from each node, marks, the sparse table and four rows."""
        nodes = len(self.network.nodes)
        return (3 + self.levels) * nodes + len(self.arcs) + 4

    def discontinuity(self, place: str) -> str | None:
        """A tail is a step function of everything."""
        if not self.tail:
            return None
        return (
            "the indicator of Y > y is a step function of every duration and of y: its derivative "
            "along the path is 0"
        )

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """Why P(Y > y) cannot be smoothed for θ in this place, or None."""
        if not self.tail:
            return "E[Y] needs no smoothing: the output is continuous (use IPA)"
        cut = self._cut(slot, options)
        if slot.which < 0:
            return None if cut else "no cut of arcs with densities separates source and sink"
        duration = self.durations[slot.which]
        if duration.derivative_at_points(slot.parameter) is None:
            return duration.reason("derivative", slot.parameter)
        if not duration.has("density"):
            return f"the duration {type(duration).__name__} has no density"
        if cut is None and options.cut == "smallest":
            return "no cut of arcs with densities contains the arc"
        return None

    def _cut(self, slot: Any, options: Cut) -> list[int] | None:
        """The arcs that are not conditioned on; None for the arc itself alone."""
        usable = [has_density(duration) for duration in self.durations]
        arc = slot.which if slot.which >= 0 else None
        if options.cut is None or isinstance(options.cut, str):
            if options.cut not in (None, "smallest"):
                raise ValueError(f"cut must be None, 'smallest' or arcs, got {options.cut!r}")
            wanted = arc is None or options.cut == "smallest"
            return smallest_cut(self.network, arc, usable) if wanted else None
        members = chosen_cut(self.network, options.cut)
        if not all(usable[member] for member in members):
            raise ValueError("cut: the duration of every arc in it must have a density")
        return members if arc is None or arc in members else None

    def smoothing(self, slots: list[Any], options: Any) -> Smoothing:
        """See `kernels/models/network/smoothed.py`."""
        sizes = [len(duration.parameters) for duration in self.durations]
        place = np.cumsum([0, *sizes])
        rows: list[tuple[int, int, int, int]] = []
        members: list[tuple[int, int]] = []
        functions: list[Any] = []
        joined: list[Any] = []
        for slot in slots:
            cut = self._cut(slot, options) or []
            start = int(place[slot.which]) if slot.which >= 0 else 0
            rows.append((slot.which, start, len(members), len(cut)))
            members.extend((arc, int(place[arc])) for arc in cut)
            joined.extend(self.durations[arc].operation(n) for arc in cut for n in _OF_MEMBERS)
            own = self.durations[slot.which] if slot.which >= 0 else None
            functions.append(own.operation("density") if own else None)
            moved = own.derivative_at_points(slot.parameter) if own else None
            functions.append(own.operation(moved) if own and moved else None)
        index = [len(slots), *np.ravel(rows), *np.ravel(members)]
        return Smoothing(np.array(index, dtype=np.int64), (*functions, *joined), False)

    def second_smoothing_refusal(self, slots: list[Any]) -> str | None:
        """Why second derivatives cannot be smoothed, or None."""
        return differentiable(self, slots, slots, "score" if self.tail else None)

    def second_smoothing(self, slots: list[Any]) -> SecondSmoothing:
        """See `kernels/models/network/second.py` and `tail_second.py`."""
        return second_smoothing.network(self, slots)

    def push_outs(self, place: str) -> list[PushOut]:
        """A tail's threshold leaves the model when all durations are divided by it, or when it
        is subtracted from those of a cut that every path meets once."""
        if place != "y":
            return []
        found = []
        theta = float(value_of(self.measure.y))
        scaled = [divided(d, k, theta) for k, d in enumerate(self.durations)]
        if all(moves is not None for moves in scaled):
            found.append(PushOut("division", [m for moves in scaled for m in moves or ()], False))
        shifted = [subtracted(d, k) for k, d in enumerate(self.durations)]
        cut = smallest_cut(self.network, None, [moves is not None for moves in shifted])
        if cut:
            moves = [m for arc in cut for m in shifted[arc] or ()]
            found.append(PushOut("subtraction", moves, False))
        return found
