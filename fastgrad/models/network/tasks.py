"""Reading projects as people keep them: one row a task, with its predecessors in a column.

Tasks become arcs between events. A task begins where its only predecessor ends; where it has
several, dummy arcs of no duration lead from their ends to its beginning. All tasks without
predecessors begin at one source, all without successors end at one sink.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...distributions import families as distributions

START, FINISH = "start", "finish"
COLUMNS = {
    "task": ("task", "activity", "name", "id", "task name", "activity name"),
    "predecessors": ("predecessors", "predecessor", "depends on", "after", "dependencies",
                     "immediate predecessors"),
    "duration": ("duration", "time", "expected"),
    "low": ("optimistic", "low", "min", "minimum", "best case", "a"),
    "mode": ("most likely", "likely", "mode", "m"),
    "high": ("pessimistic", "high", "max", "maximum", "worst case", "b"),
}  # fmt: skip
NONE = ("", "-", "–", "—", "none", "nan", "start")


class Labelled(tuple):
    """An arc (from, to) that has a name of its own; a dummy arc only says what comes first."""

    label: str
    dummy: bool

    def __new__(cls, start: Any, end: Any, label: str, dummy: bool = False) -> Labelled:
        made = super().__new__(cls, (start, end))
        made.label, made.dummy = label, dummy
        return made

    def __getnewargs__(self) -> tuple:
        return (*self, self.label, self.dummy)


def columns_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The columns that are known, by what they mean: capitals and underscores do not matter."""
    plain = {re.sub(r"[\s_]+", " ", str(key)).strip().lower(): key for key in row}
    found = {}
    for meaning, words in COLUMNS.items():
        for word in words:
            if word in plain:
                found[meaning] = plain[word]
                break
    return found


def is_task_table(row: Mapping[Any, Any]) -> bool:
    """Whether a row names a task and what it waits for."""
    return {"task", "predecessors"} <= columns_of(row).keys()


def arcs_of_tasks(rows: Sequence[Mapping[Any, Any]]) -> tuple[list[Labelled], list[Any]]:
    """Arcs, tasks first, and the durations of the tasks as the table has them (or none).

    Raises
    ------
    ValueError
        For a task named twice, a predecessor that is no task, or a cycle.
    """
    columns = columns_of(rows[0])
    names = [_text(row[columns["task"]]) for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"ActivityNetwork: two tasks are named {twice!r}")
    before = {
        name: _listed(row[columns["predecessors"]], name, set(names))
        for name, row in zip(names, rows, strict=True)
    }
    durations = [_duration(row, columns) for row in rows]
    found = durations if any(d is not None for d in durations) else []
    return _arcs(before), found


def _arcs(before: dict[str, list[str]]) -> list[Labelled]:
    last = set(before).difference(*before.values())
    end = {name: FINISH if name in last else f"{name} done" for name in before}
    arcs, dummies = [], []
    for name, predecessors in before.items():
        begin = START if not predecessors else f"{name} begun"
        if len(predecessors) == 1:
            begin = end[predecessors[0]]
        for predecessor in predecessors if len(predecessors) > 1 else []:
            label = f"{predecessor} before {name}"
            dummies.append(Labelled(end[predecessor], begin, label, True))
        arcs.append(Labelled(begin, end[name], name))
    return [*arcs, *dummies]


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps
    return str(value).strip()


def _listed(value: Any, task: str, known: set[str]) -> list[str]:
    """The predecessors in one cell: separated by commas, semicolons or spaces."""
    if isinstance(value, (list, tuple)):
        words = [_text(word) for word in value]
    elif value is None or _text(value).lower() in NONE:
        return []
    elif _text(value) in known:
        return [_text(value)]
    else:
        words = [word for word in re.split(r"\s*[,;|&]\s*", _text(value)) if word]
        if not known.issuperset(words):
            spaced = [part for word in words for part in word.split()]
            words = spaced if known.issuperset(spaced) else words
    for word in words:
        if word not in known:
            raise ValueError(
                f"ActivityNetwork: task {task!r} waits for {word!r}, which is no task of the table"
            )
    return list(dict.fromkeys(words))


def _duration(row: Mapping[Any, Any], columns: Mapping[str, Any]) -> Any:
    """What the row says of its duration: a number, text, a distribution, or three points."""
    if {"low", "mode", "high"} <= columns.keys():
        points = [_number(row[columns[name]]) for name in ("low", "mode", "high")]
        if all(point is not None for point in points):
            return three_points(*points)
    value = row[columns["duration"]] if "duration" in columns else None
    return None if isinstance(value, str) and not value.strip() else value


def three_points(low: Any, mode: Any, high: Any) -> Any:
    """The PERT distribution of an estimate in three points; a constant where they agree."""
    kinds: dict[str, Any] = dict(distributions.DISTRIBUTIONS)
    return kinds["Deterministic"](low) if low == high else kinds["PERT"](low, mode, high)


def _number(value: Any) -> float | None:
    try:
        return float(str(value).strip())
    except ValueError:
        return None
