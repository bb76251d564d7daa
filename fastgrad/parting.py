"""The line of a user's code at which two paths part: which branch goes another way, and why."""

from __future__ import annotations

import ast
import contextlib
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

Line = tuple[CodeType, int]


def parted(function: Callable, arguments: list[list[Any]]) -> str | None:
    """What decides, for two calls whose paths differ; None if they run through the same lines."""
    before: Line | None = None
    for one, other in zip(*(_lines(function, given) for given in arguments), strict=False):
        if one != other and before is not None:
            code, line = before
            text = linecache.getline(code.co_filename, line).strip()
            what = "the order of two events changes there, and the branch at" if (
                _compares_two_events(code, line)
            ) else "the branch at"  # fmt: skip
            return f"{what} {code.co_filename}:{line} goes another way: {text}"
        before = one
    return None


def _lines(function: Callable, arguments: list[Any]) -> list[Line]:
    """The lines that the function runs through."""
    lines: list[Line] = []

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            lines.append((frame.f_code, frame.f_lineno))
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        with contextlib.suppress(Exception):  # an overflow in Python is an infinity compiled
            function(*arguments)
    finally:
        sys.settrace(before)
    return lines


def _compares_two_events(code: CodeType, line: int) -> bool:
    """Whether a comparison in this line has something that moves on both of its sides.

    A constant, a name in capitals, or a parameter (p.level) on one side is a threshold; but
    where the function picks the next event (from a heap, by argmin), `==` asks which it is.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, SyntaxError, TypeError):
        return False
    parameters = code.co_varnames[1] if code.co_argcount == 2 else ""
    first = code.co_firstlineno - 1
    picks = not {"heappop", "argmin", "argmax", "pop"}.isdisjoint(code.co_names)
    return any(
        isinstance(node, ast.Compare)
        and node.lineno + first == line
        and (
            all(_moves(side, parameters) for side in (node.left, *node.comparators))
            or (picks and all(isinstance(operator, ast.Eq) for operator in node.ops))
        )
        for node in ast.walk(tree)
    )


def _moves(side: ast.expr, parameters: str) -> bool:
    """Whether an expression holds anything but constants and parameters."""
    if isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name):
        return side.value.id != parameters
    if isinstance(side, ast.Name):
        return not side.id.isupper()
    return any(_moves(child, parameters) for child in ast.iter_child_nodes(side)
               if isinstance(child, ast.expr))  # fmt: skip
