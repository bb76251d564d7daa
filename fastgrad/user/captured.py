"""θ that a user's function reads from outside, where its derivative would be lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.tracer import Traced
from ..kernels.user.constants import is_object
from ..kernels.user.function import UserFunction
from ..kernels.user.reached import cells, references


def check_captured(whose: str, user: UserFunction) -> None:
    """θ must not be read from outside of the function: its derivative would be lost."""
    for function in user.functions:
        named = {**references(function), **cells(function)}
        defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        for name, value in [*named.items(), *(("a default value", v) for v in defaults)]:
            if _holds_theta(value):
                raise ValueError(
                    f"{whose}: {function.__name__} ({place_of(function)}) reads theta from outside "
                    f"({name}): give it in parameters={{...}} and read it as p.name"
                )


def _holds_theta(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_holds_theta, value))
    if isinstance(value, np.ndarray) and value.dtype == object:
        return any(map(_holds_theta, value.ravel().tolist()))
    if isinstance(value, dict):
        return any(map(_holds_theta, value.values()))
    if is_object(value) and not isinstance(value, Traced):
        return any(isinstance(held, Traced) for held in getattr(value, "__dict__", {}).values())
    return isinstance(value, Traced)


def place_of(function: Callable) -> str:
    """File and line of a definition."""
    return f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}"
