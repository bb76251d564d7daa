"""Whether a function is one of its arguments alone, as far as its code shows, and stays so.

A tape of `build` stands for `build` itself only if that reads nothing that may change: no random
numbers, clocks, files, no object that somebody else may write to. What it reads of numbers,
functions and small containers is remembered and compared at every use; anything else, and any
doubt, is no pure function.
"""

from __future__ import annotations

import builtins
import dis
from collections.abc import Callable
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from ..distributions.families import Distribution
from ..kernels.user.reached import globals_in

PACKAGE = __name__.partition(".")[0]
MODULES = ("numpy", "math", "scipy.special", PACKAGE)
MOST = 32  # entries of a container that are compared at every use
FIXED = (int, float, complex, str, bytes, bool, type(None), np.generic, np.ufunc)
WRITES = ("STORE_GLOBAL", "DELETE_GLOBAL", "STORE_ATTR", "DELETE_ATTR", "STORE_NAME", "IMPORT_NAME")
GENERATOR = 0x20 | 0x80 | 0x200  # and coroutines: flags of their code
# Attributes of the modules above whose results are not functions of their arguments.
IMPURE = {
    "random", "empty", "empty_like", "load", "loadtxt", "genfromtxt", "fromfile", "memmap",
    "fromregex", "frombuffer", "save", "seterr", "errstate", "test", "lib", "ctypeslib",
}  # fmt: skip
BUILTINS = {
    "abs", "all", "any", "bool", "dict", "enumerate", "float", "int", "isinstance", "len", "list",
    "map", "max", "min", "pow", "range", "reversed", "round", "set", "slice", "sorted", "str",
    "sum", "tuple", "zip", "ValueError", "TypeError",
}  # fmt: skip
# What writes into a container: harmless to the function's own, but not to one from outside.
WRITERS = {
    "add", "append", "clear", "discard", "extend", "fill", "insert", "itemset", "pop", "popitem",
    "put", "remove", "resize", "reverse", "setdefault", "setflags", "sort", "update",
}  # fmt: skip
MISSING: Any = object()


class Reads:
    """What a pure function reads from outside, and whether it is still the same."""

    def __init__(self) -> None:
        self._globals: list[tuple[dict[str, Any], str, Any]] = []
        self._cells: list[tuple[CellType, Any]] = []
        self._contents: list[tuple[Any, Any]] = []
        self._codes: list[tuple[FunctionType, CodeType]] = []

    def unchanged(self) -> bool:
        """Whether every name stands for the same object, with the same content."""
        for scope, name, value in self._globals:
            if scope.get(name, MISSING) is not value:
                return False
        for cell, value in self._cells:
            if cell.cell_contents is not value:
                return False
        for function, code in self._codes:
            if function.__code__ is not code:
                return False
        return not self._contents or all(_same(held, kept) for held, kept in self._contents)

    @property
    def writes_inside(self) -> bool:
        """Whether a container from outside may be written to."""
        return len(self._contents) > 0 and any(_fills(code) for _, code in self._codes)

    def function(self, function: FunctionType) -> bool:
        """Take in a function and all that it reads; False if it is not pure."""
        code = function.__code__
        if any(known is function for known, _ in self._codes):
            return True
        self._codes.append((function, code))
        if not _harmless(code, code.co_freevars):
            return False
        for name in globals_in(code):
            value = function.__globals__.get(name, MISSING)
            self._globals.append((function.__globals__, name, value))
            known = hasattr(builtins, name) and name in BUILTINS
            if not (known if value is MISSING else self.value(value)):
                return False
        for cell in function.__closure__ or ():
            try:
                held = cell.cell_contents
            except ValueError:  # not filled yet
                return False
            self._cells.append((cell, held))
            if not self.value(held):
                return False
        given = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        return all(map(self.value, given))

    def value(self, value: Any) -> bool:
        """Take in a value that is read; False if it may change in ways that are not seen."""
        if isinstance(value, FIXED):
            return True
        if isinstance(value, tuple):
            return all(map(self.value, value))
        if isinstance(value, ModuleType):
            return value.__name__ in MODULES or value.__name__.startswith(f"{PACKAGE}.")
        home = (getattr(value, "__module__", None) or "").partition(".")[0]
        if isinstance(value, FunctionType):
            trusted = home == PACKAGE and value.__closure__ is None
            return trusted or self.function(value)
        if isinstance(value, type):
            return home == PACKAGE or (value.__name__ in BUILTINS and home == "builtins")
        if isinstance(value, BuiltinFunctionType):
            return home in ("math", "numpy") or value.__name__ in BUILTINS
        if isinstance(value, Distribution):
            return all(map(self.value, vars(value).values()))
        return self._container(value)

    def _container(self, value: Any) -> bool:
        """Small lists, dicts and arrays of what is fixed: compared at every use."""
        if isinstance(value, np.ndarray):
            fine = value.dtype != object and value.size <= MOST
            self._contents.append((value, value.tobytes() if fine else None))
            return fine
        if type(value) not in (list, dict) or len(value) > MOST:
            return False
        held = [*value.items()] if isinstance(value, dict) else [*value]
        self._contents.append((value, held))
        return all(map(self.value, held))


def reads_of(build: Callable[..., Any]) -> Reads | None:
    """What it reads, or None if it is not a pure function as far as can be seen."""
    if not isinstance(build, FunctionType):
        return None
    found = Reads()
    return found if found.function(build) and not found.writes_inside else None


def _same(held: Any, kept: Any) -> bool:
    if isinstance(held, np.ndarray):
        return bool(held.tobytes() == kept)
    if len(held) != len(kept):
        return False
    if isinstance(held, dict):
        return all(a is c and b is d for (a, b), (c, d) in zip(held.items(), kept, strict=True))
    return all(a is b for a, b in zip(held, kept, strict=True))


def _harmless(code: CodeType, outside: tuple[str, ...]) -> bool:
    """Whether the code, and that of functions inside, writes to nothing outside."""
    if code.co_flags & GENERATOR and code.co_name != "<genexpr>":
        return False
    for step in dis.get_instructions(code):
        if step.opname in WRITES or (step.opname.endswith("_DEREF") and _writes(step, outside)):
            return False
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and step.argval in IMPURE:
            return False
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return all(_harmless(c, outside) for c in inner)


def _fills(code: CodeType) -> bool:
    """Whether the code writes into any container."""
    return any(
        step.opname in ("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE") or step.argval in WRITERS
        for step in dis.get_instructions(code)
    ) or any(_fills(c) for c in code.co_consts if isinstance(c, CodeType))


def _writes(step: dis.Instruction, outside: tuple[str, ...]) -> bool:
    return step.opname in ("STORE_DEREF", "DELETE_DEREF") and step.argval in outside
