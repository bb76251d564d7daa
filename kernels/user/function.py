"""A function of a user's own, with everything it refers to.

Three things are made of it: a digest, which changes when the function, a helper it calls or
a constant it reads changes; a compiled function, with its helpers compiled the same way; and
a form that can be sent to another process.
"""

import functools
import pickle
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from numba import cloudpickle

from .constants import listed
from .digest import digest_of
from .passes import compiler as plain_compiler
from .reached import foreign, functions_in, names_in, own_function, plain, references


class UserFunction:
    """An ordinary Python function and what it reaches through globals and closures."""

    def __init__(self, function: Callable) -> None:
        self.function = plain(function)
        self.name = self.function.__name__
        self.digest = digest_of(self.function)

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
        own = own_function(value)
        if own is not None:
            return self.of(own)
        if isinstance(value, list):
            return self.reference(listed(value), names)
        if isinstance(value, dict):
            return {key: self.reference(item, names) for key, item in value.items()}
        if foreign(value):
            stand_in = ModuleType(getattr(value, "__name__", type(value).__name__))
            for name in names:
                if hasattr(value, name):
                    setattr(stand_in, name, self.reference(getattr(value, name), names))
            return stand_in
        return self.swap(value)
