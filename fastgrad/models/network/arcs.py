"""Reading a network: lists, tables, CSV files and graphs, to arcs in topological order."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...core.numbers import checked_number, shown
from ...distributions import families as distributions
from ...distributions.families import Deterministic, Distribution
from .tasks import Labelled, arcs_of_tasks, is_task_table


class Network(NamedTuple):
    """A validated network: one source, one sink, no cycle.

    nodes: in topological order; arcs: (from, to) as given; ends: the positions of both.
    """

    nodes: list[Any]
    arcs: list[tuple[Any, Any]]
    ends: list[tuple[int, int]]


def read_arcs(arcs: Any, durations: Any) -> tuple[list[tuple[Any, Any]], list[Distribution]]:
    """Arcs and durations from whatever the user has, checked for form only."""
    pairs, found = _pairs_and_durations(arcs)
    if not pairs:
        raise ValueError("ActivityNetwork: arcs is empty")
    own = [pair for pair in pairs if not is_dummy(pair)]
    given = found if durations is None else _durations(durations, own)
    if durations is None and not found and isinstance(pairs[0], Labelled):
        raise ValueError("ActivityNetwork: the tasks have no durations; give durations=")
    if len(given) == len(own):
        given = [*given, *[Deterministic(0.0)] * (len(pairs) - len(own))]
    if len(given) != len(pairs):
        raise ValueError(f"ActivityNetwork: {len(own)} arcs but {len(given)} durations")
    for pair, duration in zip(pairs, given, strict=True):
        if not isinstance(duration, Distribution):
            raise TypeError(
                f"ActivityNetwork: the duration of {name_of(pair)} must be a distribution such as "
                f"Exponential(1.0), got {duration!r}"
            )
    return pairs, given


def name_of(arc: Any) -> str:
    """The name of a task, or from->to."""
    return arc.label if isinstance(arc, Labelled) else f"{arc[0]}->{arc[1]}"


def is_dummy(arc: Any) -> bool:
    """Whether the arc only says that one task comes before another."""
    return isinstance(arc, Labelled) and arc.dummy


def _pairs_and_durations(arcs: Any) -> tuple[list[tuple[Any, Any]], list[Any]]:
    if isinstance(arcs, (str, PathLike)):
        return _from_rows(_rows_of_file(Path(arcs)), str(arcs))
    if hasattr(arcs, "to_dict") and hasattr(arcs, "columns"):  # a pandas table
        return _from_rows(arcs.to_dict("records"), "the table")
    if hasattr(arcs, "edges") and hasattr(arcs, "is_directed"):  # a networkx graph
        if not arcs.is_directed():
            raise ValueError("ActivityNetwork: the graph is not directed")
        edges = list(arcs.edges(data=True))
        pairs = [(a, b) for a, b, _ in edges]
        found = [_parsed(data.get("duration"), (a, b)) for a, b, data in edges]
        return pairs, found
    if not isinstance(arcs, Iterable):
        raise TypeError(f"ActivityNetwork: arcs must be a list of (from, to), got {arcs!r}")
    pairs = []
    for arc in arcs:
        if not isinstance(arc, (tuple, list)) or len(arc) != 2:
            raise ValueError(f"ActivityNetwork: every arc must be (from, to), got {arc!r}")
        pairs.append(arc if isinstance(arc, Labelled) else (arc[0], arc[1]))
    return pairs, []


def _rows_of_file(path: Path) -> list[dict]:
    """The rows of a CSV file, whatever separates its columns; spreadsheets write a mark first."""
    text = path.read_text(encoding="utf-8-sig")
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    return list(csv.DictReader(text.splitlines(), delimiter=separator, skipinitialspace=True))


def _from_rows(rows: list[dict], where: str) -> tuple[list[tuple[Any, Any]], list[Any]]:
    if rows and "from" not in rows[0] and is_task_table(rows[0]):
        tasks, durations = arcs_of_tasks(rows)
        return list(tasks), [
            _parsed(duration, task) for duration, task in zip(durations, tasks, strict=False)
        ]
    for column in ("from", "to"):
        if rows and column not in rows[0]:
            known = ", ".join(map(repr, rows[0]))
            raise ValueError(
                f"ActivityNetwork: {where} has no column {column!r}, only {known}; needed are "
                "'from' and 'to', and 'duration' unless durations are given; or 'task' and "
                "'predecessors', one row a task"
            )
    pairs = [(row["from"], row["to"]) for row in rows]
    named = [(pair, row.get("duration")) for pair, row in zip(pairs, rows, strict=True)]
    return pairs, [_parsed(text, pair) for pair, text in named if text is not None]


LONGEST = 1000  # characters of a distribution: a discrete one of 100 values has fewer


def _parsed(text: Any, arc: tuple[Any, Any]) -> Any:
    """A distribution from text such as "Exponential(2.0)", a constant from a number."""
    if isinstance(text, (int, float, np.number)) and not isinstance(text, bool):
        return Deterministic(float(checked_number(f"the duration of {name_of(arc)}", text)))
    if not isinstance(text, str):
        return text
    where = f"ActivityNetwork: the duration of {name_of(arc)}"
    try:
        return Deterministic(float(text))
    except ValueError:
        pass  # no number: a distribution
    try:
        assert len(text) <= LONGEST
        call = ast.parse(text.strip(), mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        made = distributions.DISTRIBUTIONS[call.func.id]
        positional = [ast.literal_eval(argument) for argument in call.args]
        named = {k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg}
    except (SyntaxError, AssertionError, KeyError, ValueError, RecursionError, MemoryError):
        raise ValueError(
            f"{where}: {shown(text)} is not a distribution such as 'Exponential(2.0)'"
        ) from None
    try:
        return made(*positional, **named)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: {error}") from None


def _durations(durations: Any, pairs: list[tuple[Any, Any]]) -> list[Any]:
    if isinstance(durations, Distribution):
        return [durations] * len(pairs)
    if isinstance(durations, Mapping):
        named = {name_of(p): p for p in pairs}
        by_name = {named.get(key, key): duration for key, duration in durations.items()}
        missing = [name_of(pair) for pair in pairs if pair not in by_name]
        if missing:
            raise ValueError(f"ActivityNetwork: no duration for {', '.join(missing[:5])}")
        return [by_name[pair] for pair in pairs]
    if not isinstance(durations, Iterable):
        raise TypeError(f"ActivityNetwork: durations must be a list, got {durations!r}")
    return list(durations)


def ordered(arcs: list[tuple[Any, Any]]) -> Network:
    """The network with its nodes in topological order, or a clear error."""
    after: dict[Any, list[Any]] = {}
    waiting: dict[Any, int] = {}
    for start, end in arcs:
        after.setdefault(start, []).append(end)
        after.setdefault(end, [])
        waiting[end] = waiting.get(end, 0) + 1
        waiting.setdefault(start, 0)
    ready = [node for node, count in waiting.items() if count == 0]
    nodes = []
    sources = list(ready)
    while ready:
        node = ready.pop()
        nodes.append(node)
        for end in after[node]:
            waiting[end] -= 1
            if waiting[end] == 0:
                ready.append(end)
    if len(nodes) < len(after):
        raise ValueError(f"ActivityNetwork: the arcs make a cycle: {_cycle(after, set(nodes))}")
    sinks = [node for node in nodes if not after[node]]
    for kind, found in (("source", sources), ("sink", sinks)):
        if len(found) > 1:
            names = ", ".join(map(str, found[:5]))
            raise ValueError(
                f"ActivityNetwork: exactly one {kind} is needed, got {len(found)}: {names}; join "
                "them with arcs of duration Deterministic(0.0)"
            )
    nodes.remove(sinks[0])
    nodes.append(sinks[0])
    position = {node: place for place, node in enumerate(nodes)}
    return Network(nodes, arcs, [(position[a], position[b]) for a, b in arcs])


def _cycle(after: dict[Any, list[Any]], outside: set[Any]) -> str:
    """One cycle, as text. Every node that is left over leads into or out of one."""
    node = next(n for n in after if n not in outside and any(m not in outside for m in after[n]))
    seen: list[Any] = []
    while node not in seen:
        seen.append(node)
        onward = [n for n in after[node] if n not in outside]
        if not onward:  # a dead end behind the cycle
            outside = outside | {node}
            return _cycle(after, outside)
        node = onward[0]
    return " -> ".join(map(str, [*seen[seen.index(node) :], node]))
