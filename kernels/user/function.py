"""A function of a user's own, with everything it refers to.

Three things are made of it: a digest, which changes when the function, a helper it calls or
a constant it reads changes; a compiled function, with its helpers compiled the same way; and
a form that can be sent to another process.
"""

import dis
import functools
import hashlib
import inspect
import pickle
import sys
from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import cloudpickle
from numba.core.dispatcher import Dispatcher
from numba.core.registry import cpu_target
from numba.np.ufunc.dufunc import DUFunc

from .constants import is_object, listed
from .passes import compiler as plain_compiler

# Modules that the compiler knows by itself.
KNOWN = ("numpy", "math", "cmath", "operator", "builtins", "numba")


class UserFunction:
    """An ordinary Python function and what it reaches through globals and closures."""

    def __init__(self, function: Callable) -> None:
        self.function = plain(function)
        self.name = self.function.__name__
        self.digest = _digest(self.function)

    def compiled(
        self,
        swap: Callable[[Any], Any] = lambda value: value,
        compiler: Callable | None = None,
        outermost: Callable | None = None,
    ) -> Callable:
        """Compiled with its helpers; `swap` may replace what the functions refer to.

        `outermost` compiles the function itself, where its helpers need something else.
        """
        return _Copy(swap, compiler or plain_compiler()).of(self.function, outermost)

    @functools.cached_property
    def functions(self) -> list[FunctionType]:
        """The function, and every helper that is compiled with it."""
        return functions_in(self.function)

    def place(self) -> str:
        """File and line of its definition."""
        code = self.function.__code__
        return f"{code.co_filename}:{code.co_firstlineno}"

    def __reduce__(self) -> tuple:
        return _unpickled, (cloudpickle.dumps(self.function),)


def silent(user: UserFunction) -> UserFunction:
    """The same function, and its helpers, with prints that do nothing; itself if there are none."""
    if not any("print" in names_in(function.__code__) for function in user.functions):
        return user
    return UserFunction(_Copy(_same, _same, {"print": _say_nothing}).of(user.function))


def _same(value: Any) -> Any:
    return value


def _say_nothing(*values):
    return None


def _unpickled(sent: bytes) -> UserFunction:
    return UserFunction(pickle.loads(sent))


def plain(function: Callable) -> FunctionType:
    """The Python function behind one, which may have been compiled by Numba already."""
    if isinstance(function, Dispatcher):
        return function.py_func
    if isinstance(function, FunctionType):
        return function
    raise TypeError(f"a plain Python function (def or lambda) is needed, got {function!r}")


def names_in(code: CodeType) -> list[str]:
    """Every name that a function, or one defined inside it, reads from outside."""
    names = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names += names_in(constant)
    return list(dict.fromkeys(names))


@functools.cache
def globals_in(code: CodeType) -> list[str]:
    """The global names among them: `rate` in rate(y), but not in p.rate."""
    names = [i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names += globals_in(constant)
    return list(dict.fromkeys(names))


def references(function: FunctionType) -> dict[str, Any]:
    """The globals that it reads, by name (built-in functions are not among them)."""
    scope = function.__globals__
    return {name: scope[name] for name in globals_in(function.__code__) if name in scope}


def cells(function: FunctionType) -> dict[str, Any]:
    """What its closure holds, by name."""
    return inspect.getclosurevars(function).nonlocals if function.__closure__ else {}


def references_of(function: FunctionType) -> list[Any]:
    """Everything that it reads from outside: globals, closed-over values, attributes of modules."""
    names = names_in(function.__code__)
    found = [*references(function).values(), *cells(function).values()]
    for value in list(found):
        if _foreign(value):
            found += [getattr(value, name) for name in names if hasattr(value, name)]
    return found


def functions_in(function: FunctionType) -> list[FunctionType]:
    """The function, and every helper that is compiled with it."""
    waiting, seen = [function], [function]
    while waiting:
        for value in references_of(waiting.pop()):
            own = _own(value)
            if own is not None and own not in seen:
                waiting.append(own)
                seen.append(own)
    return seen


def draws_by_itself(function: FunctionType) -> str | None:
    """The name of a function, among those reached, that asks NumPy or Python for randomness."""
    for one in functions_in(function):
        names = names_in(one.__code__)
        for value in references_of(one):
            module = value.__name__ if isinstance(value, ModuleType) else ""
            home = getattr(value, "__module__", None) or ""
            if module in ("random", "numpy.random") or home in ("random", "numpy.random"):
                return one.__name__
            if module == "numpy" and "random" in names:
                return one.__name__
    return None


def _own(value: Any) -> FunctionType | None:
    """The Python function to compile for this value; None where the compiler knows it."""
    if isinstance(value, Dispatcher):
        return value.py_func
    if isinstance(value, FunctionType):
        code = value.__code__  # a function made anew by every build(theta) has the same code
        if code not in _KNOWN_CODE:
            _KNOWN_CODE[code] = _known(value)
        return None if _KNOWN_CODE[code] else value
    return None


_KNOWN_CODE: dict[CodeType, bool] = {}


def _known(function: FunctionType) -> bool:
    """Whether some library has told Numba how to compile calls of this function."""
    context = cpu_target.typing_context
    context.refresh()
    try:
        context.resolve_value_type(function)
    except Exception:  # Numba has several classes of typing errors
        return False
    return True


def _foreign(value: Any) -> bool:
    """A module, or an object, whose attributes have to be looked at."""
    if isinstance(value, ModuleType):
        return value.__name__.split(".")[0] not in KNOWN
    return is_object(value)


class _Copy:
    """A copy of a function and its helpers, compiled, with other things to refer to."""

    def __init__(
        self, swap: Callable, compiler: Callable, names: dict[str, Any] | None = None
    ) -> None:
        self.swap, self.compiler, self.names = swap, compiler, names or {}
        self.made: dict[FunctionType, Callable] = {}

    def of(self, function: FunctionType, compiler: Callable | None = None) -> Callable:
        """The copy of one function."""
        if function in self.made:
            return self.made[function]
        scope = {"__builtins__": __builtins__, "__name__": function.__module__ or "__main__"}
        scope |= self.names
        closed = tuple(type(cell)() for cell in function.__closure__ or ())
        copy = FunctionType(
            function.__code__, scope, function.__name__, function.__defaults__, closed or None
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        copy.__qualname__ = function.__qualname__
        made = (compiler or self.compiler)(copy)
        if compiler is None:
            self.made[function] = made  # before its references: it may call itself
        names = names_in(function.__code__)
        for name, value in references(function).items():
            scope[name] = self.reference(value, names)
        for cell, original in zip(closed, function.__closure__ or (), strict=True):
            cell.cell_contents = self.reference(original.cell_contents, names)
        return made

    def reference(self, value: Any, names: list[str]) -> Any:
        """What stands for a value that the function refers to."""
        own = _own(value)
        if own is not None:
            return self.of(own)
        if isinstance(value, list):
            return self.reference(listed(value), names)
        if isinstance(value, dict):
            return {key: self.reference(item, names) for key, item in value.items()}
        if _foreign(value):
            stand_in = ModuleType(getattr(value, "__name__", type(value).__name__))
            for name in names:
                if hasattr(value, name):
                    setattr(stand_in, name, self.reference(getattr(value, name), names))
            return stand_in
        return self.swap(value)


def _digest(function: FunctionType) -> str:
    digest = hashlib.sha256()
    _feed(function, [], digest.update, {})
    return digest.hexdigest()[:16]


def _feed(value: Any, names: list[str], feed: Callable, seen: dict) -> None:
    """Feed a value to the hash; a function by its code and all that it refers to."""
    feed(type(value).__name__.encode() + b"\0")
    own = _own(value)
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
    elif _foreign(value):
        for name in names:
            if hasattr(value, name):
                feed(name.encode() + b"\0")
                _feed(getattr(value, name), names, feed, seen)
    elif isinstance(value, FunctionType):
        feed(f"{value.__module__}.{value.__qualname__}".encode())
        if _foreign(sys.modules.get(value.__module__)):  # register_jitable: compiled as it stands
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
