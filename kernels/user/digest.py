"""The digest of a user's function: it changes when anything does that its results depend on."""

import hashlib
import sys
from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba.np.ufunc.dufunc import DUFunc

from .reached import cells, foreign, names_in, own_function, references


def digest_of(function: FunctionType) -> str:
    digest = hashlib.sha256()
    _feed(function, [], digest.update, {})
    return digest.hexdigest()[:16]


def _feed(value: Any, names: list[str], feed: Callable, seen: dict) -> None:
    """Feed a value to the hash; a function by its code and all that it refers to."""
    feed(type(value).__name__.encode() + b"\0")
    own = own_function(value)
    if own is not None:
        if own in seen:
            feed(str(seen[own]).encode())
            return
        seen[own] = len(seen)
        feed((own.__module__ or "").encode() + b"\0")  # cached code is loaded into its module
        _feed_code(own.__code__, feed)
        _feed((own.__defaults__, own.__kwdefaults__), names, feed, seen)
        for name, reached in sorted({**references(own), **cells(own)}.items()):
            feed(name.encode() + b"\0")
            _feed(reached, names_in(own.__code__), feed, seen)
    elif foreign(value):
        for name in names:
            if hasattr(value, name):
                feed(name.encode() + b"\0")
                _feed(getattr(value, name), names, feed, seen)
    elif isinstance(value, FunctionType):
        feed(f"{value.__module__}.{value.__qualname__}".encode())
        if foreign(sys.modules.get(value.__module__)):  # register_jitable: compiled as it stands
            _feed_code(value.__code__, feed)
            _feed(tuple(cells(value).values()), names, feed, seen)
    elif isinstance(value, type):
        feed(f"{value.__module__}.{value.__qualname__}".encode())
        fields, members = getattr(value, "_fields", ()), getattr(value, "__members__", {})
        feed(repr((fields, [(name, one.value) for name, one in members.items()])).encode())
    elif isinstance(value, DUFunc):
        _feed(value._dispatcher.py_func, names, feed, seen)
    elif isinstance(value, (ModuleType, BuiltinFunctionType, np.ufunc)):
        feed(f"{getattr(value, '__module__', '')}.{value.__name__}".encode())
    elif isinstance(value, np.ndarray):
        feed(f"{value.dtype}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, (tuple, list)):
        for item in value:
            _feed(item, names, feed, seen)
    elif isinstance(value, dict):
        for key, item in value.items():
            _feed((key, item), names, feed, seen)
    else:
        feed(repr(value).encode() + b"\0")


def _feed_code(code: CodeType, feed: Callable) -> None:
    """Instructions, names and constants; not the line it stands on."""
    arguments = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    feed(code.co_code + code.co_exceptiontable + repr((arguments, names)).encode())
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _feed_code(constant, feed)
        elif isinstance(constant, frozenset):
            feed(repr(sorted(map(repr, constant))).encode())
        else:
            feed(repr(constant).encode() + b"\0")
