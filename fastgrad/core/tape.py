"""What `build` computes, written down once and computed again at other θ.

`build` runs once with symbols in the place of θ's numbers: each operation on one is a line of a
tape, each comparison a guard with its outcome. The tape becomes a Python function that makes the
same numbers by the same operations in 1 µs for a queue, where building the model takes 60. Where
a guard comes out differently, θ has led the code another way, and the model is built.

A symbol that is asked for its number in any other way (float, int, hash, text) spoils the tape: a
model that depends on it cannot be told from its operations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

MOST = 3000  # lines: 13 activities have 600; more take longer to compile than they save
EXACT = 2**53  # whole numbers below are floats without rounding
PLAIN = (bool, int, float, np.bool_, np.int64, np.float64)
OPERATORS: dict[Any, str] = {
    np.add: "{} + {}",
    np.subtract: "{} - {}",
    np.multiply: "{} * {}",
    np.divide: "{} / {}",
    np.negative: "-{}",
    np.positive: "+{}",
    np.absolute: "abs({})",
}
PREDICATES: dict[Any, str] = {
    np.less: "{} < {}",
    np.less_equal: "{} <= {}",
    np.greater: "{} > {}",
    np.greater_equal: "{} >= {}",
    np.equal: "{} == {}",
    np.not_equal: "{} != {}",
    np.isfinite: "isfinite({})",
}


class Unrecordable(TypeError):
    """The build asks for something that a tape cannot tell."""


class Tape:
    """Lines of code, in order, and whether all that was asked of symbols is among them."""

    def __init__(self) -> None:
        self.spoiled = False
        self._lines: list[tuple[str, str, tuple[str, ...]]] = []  # what it names, code, reads
        self._known: dict[str, bool] = {}  # guards
        self._functions: dict[str, Any] = {"isfinite": math.isfinite}
        self._theta: list[str] = []

    def symbols(self, vector: np.ndarray) -> list[Symbol]:
        """θ."""
        self._theta = [f"t{i}" for i in range(len(vector))]
        return [Symbol(self, *one) for one in zip(self._theta, vector.tolist(), strict=True)]

    def made(self, ufunc: np.ufunc, given: tuple[Any, ...]) -> Any:
        """The result of an operation on numbers and symbols: a symbol, or a truth value."""
        words = tuple(self._word(x) for x in given)
        result = ufunc(*(x.value if isinstance(x, Symbol) else x for x in given))
        reads = tuple(x.name for x in given if isinstance(x, Symbol))
        if isinstance(result, (bool, np.bool_)):
            code = PREDICATES[ufunc] if ufunc in PREDICATES else f"{self._call(ufunc, words)} == 1"
            return self._guard(code.format(*words), bool(result), reads)
        if not isinstance(result, (float, np.float64)):
            self.spoil(ufunc.__name__)
        code = OPERATORS.get(ufunc, f"float({self._call(ufunc, words)})").format(*words)
        name = f"v{len(self._lines)}"
        self._add(name, code, reads)
        return Symbol(self, name, result)

    def spoil(self, what: str) -> Any:
        """Give up, also where the error is caught by the one who asked."""
        self.spoiled = True
        raise Unrecordable(f"{what} of a symbol")

    def function(self, outputs: Sequence[Any]) -> Callable[..., bool]:
        """(memory, t0, t1, …) -> whether all guards held; then the outputs are in the memory."""
        needed = {x.name for x in outputs if isinstance(x, Symbol)}
        kept: list[str] = []
        for name, code, reads in reversed(self._lines):
            if name and name not in needed:
                continue
            needed.update(reads)
            kept.append(f"{name} = {code}" if name else f"if {code}: return False")
        body = [*reversed(kept), *(f"m[{k}] = {self._word(x)}" for k, x in enumerate(outputs))]
        arguments = ", ".join(["m", *self._theta])
        source = f"def replay({arguments}):\n    " + "\n    ".join([*body, "return True"])
        exec(compile(source, "<tape>", "exec"), self._functions)
        found: Callable[..., bool] = self._functions["replay"]
        return found

    def _guard(self, code: str, outcome: bool, reads: tuple[str, ...]) -> np.bool_:
        if code not in self._known:
            self._known[code] = outcome
            self._add("", f"not ({code})" if outcome else code, reads)
        return np.bool_(outcome)

    def _add(self, name: str, code: str, reads: tuple[str, ...]) -> None:
        if len(self._lines) >= MOST:
            self.spoil("too long a tape")
        self._lines.append((name, code, reads))

    def _word(self, x: Any) -> str:
        """How a number stands in the code: exactly."""
        if isinstance(x, Symbol):
            if x.tape is not self:
                self.spoil("another tape")
            return x.name
        if type(x) not in PLAIN or (isinstance(x, (int, np.int64)) and abs(int(x)) > EXACT):
            self.spoil(f"arithmetic with {type(x).__name__}")
        number = float(x)
        if math.isfinite(number):
            return f"({number!r})"
        name = f"c{len(self._functions)}"
        self._functions[name] = number
        return name

    def _call(self, ufunc: np.ufunc, words: tuple[str, ...]) -> str:
        self._functions[ufunc.__name__] = ufunc
        return f"{ufunc.__name__}({', '.join(words)})"


class Symbol:
    """A number of θ, or made of it: on the tape."""

    __slots__ = ("name", "tape", "value")
    __hash__ = None  # type: ignore[assignment]  # a cache would keep the number

    def __init__(self, tape: Tape, name: str, value: Any) -> None:
        self.tape, self.name, self.value = tape, name, value

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *given: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            self.tape.spoil(f"{ufunc.__name__}.{method}")
        return _applied(ufunc, given)

    def __bool__(self) -> bool:
        return bool(self.tape.made(np.not_equal, (self, 0.0)))

    def _number(self, *_: Any) -> Any:
        return self.tape.spoil("the number")

    __float__ = __int__ = __index__ = __complex__ = __round__ = __trunc__ = _number
    __floor__ = __ceil__ = __repr__ = __str__ = __format__ = __reduce_ex__ = _number


def _applied(ufunc: np.ufunc, given: tuple[Any, ...]) -> Any:
    """Element by element where there are arrays."""
    tape = next(
        (x.tape for g in given for x in np.ravel(np.asarray(g, dtype=object)) if type(x) is Symbol),
        None,
    )

    def one(*numbers: Any) -> Any:
        if any(isinstance(x, Symbol) for x in numbers):
            assert tape is not None
            return tape.made(ufunc, numbers)
        return ufunc(*numbers)

    if any(isinstance(x, np.ndarray) and x.ndim for x in given):
        boxed = [x if isinstance(x, np.ndarray) else _boxed(x) for x in given]
        return np.frompyfunc(one, len(boxed), 1)(*boxed)
    return one(*given)


def _boxed(x: Any) -> np.ndarray:
    box = np.empty((), dtype=object)
    box[()] = x
    return box


def _operators() -> None:
    """Python's operators; what is not a number gets its own chance."""
    pairs: dict[str, Any] = {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
        "pow": np.float_power,
    }  # fmt: skip
    numbers = (Symbol, int, float, np.generic, np.ndarray)

    def binary(ufunc: np.ufunc, turned: bool) -> Callable[[Any, Any], Any]:
        def operator(a: Any, b: Any) -> Any:
            if not isinstance(b, numbers):
                return NotImplemented
            return _applied(ufunc, (b, a) if turned else (a, b))

        return operator

    for name, ufunc in pairs.items():
        setattr(Symbol, f"__{name}__", binary(ufunc, False))
        setattr(Symbol, f"__r{name}__", binary(ufunc, True))
    compared: dict[str, Any] = {
        "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
        "eq": np.equal, "ne": np.not_equal,
    }  # fmt: skip
    for name, ufunc in compared.items():
        setattr(Symbol, f"__{name}__", binary(ufunc, False))
    signs: dict[str, Any] = {"neg": np.negative, "pos": np.positive, "abs": np.absolute}
    for name, ufunc in signs.items():
        setattr(Symbol, f"__{name}__", lambda a, ufunc=ufunc: _applied(ufunc, (a,)))


_operators()
