"""Why a replication of a user's function gives no finite number: it is run again in Python."""

from __future__ import annotations

import linecache
import sys
from types import FrameType
from typing import Any

import numpy as np

from ..kernels.user.function import UserFunction
from ..kernels.user.whole_numbers import END
from .described import Described
from .pilots.paths import Paths


def raise_failure(model: Described, paths: Paths, lane: int) -> None:
    """Raise what the function raises in this replication, or say what it returns."""
    user, arguments = model.user, model.arguments(paths, lane)
    where = f"in replication {paths.first + lane} of {user.name}, called with {arguments}"
    try:
        with np.errstate(divide="raise", invalid="raise"):
            result = user.function(*arguments)
    except Exception as error:
        error.add_note(where)
        raise
    if not model.debug and _is_finite(result, model.output):
        raise OverflowError(f"{_wrapped(user, model.arguments(paths, lane))} ({where})")
    raise ValueError(f"the output is not a finite number but {result} {where}")


def _is_finite(result: Any, output: Any) -> bool:
    """Whether a call in Python gave the numbers that were asked for."""
    names = output if isinstance(output, tuple) else (output,)
    try:
        values = [result if name is None else result[name] for name in names]
        return all(np.isfinite(float(value)) for value in values)
    except (TypeError, ValueError, LookupError, OverflowError):
        return False


def _wrapped(user: UserFunction, arguments: list[Any]) -> str:
    """What to say of a call that fails in compiled code, and in Python gives a finite number."""
    where = _line(user, arguments)
    return (
        f"a whole number leaves the 64 bits that it has in compiled code: {where}; compute "
        "it in floats (2.0 instead of 2), or take debug=True, which is slow and has no such bound"
    )


def _line(user: UserFunction, arguments: list[Any]) -> str:
    """The line after which a variable is too large; the function where none ever is."""
    codes = {function.__code__ for function in user.functions}
    latest: dict[int, int] = {}  # by frame, the line that runs
    found: list[tuple[str, int]] = []

    def look(frame: FrameType, event: str, given: Any) -> Any:
        if frame.f_code not in codes or found:
            return None
        held = [*frame.f_locals.values(), given if event == "return" else None]
        if any(isinstance(value, int) and not -END <= value < END for value in held):
            line = latest.get(id(frame), frame.f_lineno)
            found.append((frame.f_code.co_filename, line))
        latest[id(frame)] = frame.f_lineno
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        user.function(*arguments)
    finally:
        sys.settrace(before)
    if not found:
        return f"{user.name} ({user.place()})"
    file, line = found[0]
    return f"{file}:{line}: {linecache.getline(file, line).strip()}"
