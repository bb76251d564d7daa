"""The methods, one file each; `METHODS` is the table of their names."""

from __future__ import annotations

import importlib
from typing import Any

from .. import METHOD_FILES
from .best import Best
from .method import Method, Verdict, require

METHODS: dict[str, Method] = {}
for _name, _file in METHOD_FILES.items():
    _class = getattr(importlib.import_module(f".{_file}", __name__), _name)
    globals()[_name] = _class
    METHODS[_class.name] = _class()

__all__ = ["METHODS", "Method", "Verdict", "method_of", "require", *METHOD_FILES]


def method_of(given: Any) -> Method:
    """A method from its name or itself, or a clear error."""
    if isinstance(given, Method):
        return given
    if isinstance(given, type) and issubclass(given, Method):
        return given()
    if isinstance(given, str):
        if given in METHODS:
            return METHODS[given]
        if given == "best":
            return Best()
        known = ", ".join(map(repr, [*METHODS, "best"]))
        raise ValueError(f"unknown method {given!r}; known: {known}")
    raise TypeError(f"method must be a name or a method such as fastgrad.IPA(), got {given!r}")


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
