"""A user's own function by path, `model.py:clinic`: only where code is allowed."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any


def loaded(given: Any, folder: Path, allowed: bool) -> Callable[..., Any]:
    """The function of that name in that file, found beside the study.

    Raises
    ------
    ValueError
        If code is not allowed, or for what is no path of a function.
    """
    path, _, name = given.rpartition(":") if isinstance(given, str) else ("", "", "")
    if not path.endswith(".py") or not name.isidentifier():
        raise ValueError(f'function must be text such as "model.py:clinic", got {given!r}')
    if not allowed:
        raise ValueError(
            f"function {given!r} is Python code, which is not run unless you trust it: "
            "add --allow-code (allow_code=True)"
        )
    module = _module(folder / path)
    function = getattr(module, name, None)
    if not callable(function):
        raise ValueError(f"{folder / path} has no function {name!r}")
    return function


def _module(path: Path) -> ModuleType:
    """The file as a module, run once."""
    whole = path.resolve()
    if not whole.is_file():
        raise ValueError(f"{path}: no such file")
    digest = hashlib.sha256(whole.read_bytes() + bytes(whole)).hexdigest()[:12]
    name = f"fastgrad_study_{whole.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    found = importlib.util.spec_from_file_location(name, whole)
    if found is None or found.loader is None:
        raise ValueError(f"{path} is no Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    try:
        found.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ValueError(f"{path}: {type(error).__name__}: {error}") from error
    return module
