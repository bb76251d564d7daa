"""What a user's function reaches: the globals it reads, what it closes over, its helpers."""

import dis
import functools
import inspect
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import Any

from numba.core.dispatcher import Dispatcher
from numba.core.registry import cpu_target

from .constants import is_object

# Modules that the compiler knows by itself.
KNOWN = ("numpy", "math", "cmath", "operator", "builtins", "numba")


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
        if foreign(value):
            found += [getattr(value, name) for name in names if hasattr(value, name)]
    return found


def functions_in(function: FunctionType) -> list[FunctionType]:
    """The function, and every helper that is compiled with it."""
    waiting, seen = [function], [function]
    while waiting:
        for value in references_of(waiting.pop()):
            own = own_function(value)
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


def own_function(value: Any) -> FunctionType | None:
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


def foreign(value: Any) -> bool:
    """A module, or an object, whose attributes have to be looked at."""
    if isinstance(value, ModuleType):
        return value.__name__.split(".")[0] not in KNOWN
    return is_object(value)
