"""A model of a user's own: from a scalar Python function to the operations of a model.

The function sees one replication. Here it is called once a lane, with two records that read
the variates of that lane and the parameters (`record.py`), and whatever it raises becomes
not-a-number in that lane only (the caller then repeats that replication in Python and shows
the error).

Rows of x: the inputs, one after the other. counts: see `record.py`. work: one row for each
stream, which gets how many of its draws were taken.
"""

import hashlib
import re
import secrets
from typing import NamedTuple

import numpy as np

from ..jit.compile import Operation
from ..jit.intrinsics import keep
from ..jit.pointers import real_at, whole_at
from ..jit.stamps import stamp_of
from ..models.operation import model_operation
from .errors import UserOperation
from .free_draws import FIELD, PLAIN, SUM, WORDS
from .function import UserFunction, silent
from .passes import choice_of, compiler
from .record import DESK, REAL, STREAM, TABLE, WHOLE, Field, RecordType, every_field, maker


class Layout(NamedTuple):
    """How the function is called, and what of its result is the output.

    inputs: (name, form) of each: ONE number, MANY, a STREAM of them, or the family of
        draws with free parameters
    reals, wholes: (name, dimensions) of the parameters, 0 for a number
    record: whether it gets the two records (x, p), or each input as an argument
    output: which entry of the result, None for a result that is one number; a tuple of names
        for several, which are written to y one after the other
    """

    inputs: tuple[tuple[str, int | str], ...]
    reals: tuple[tuple[str, int], ...]
    wholes: tuple[tuple[str, int], ...]
    record: bool
    output: int | str | tuple | None


def fields_of(
    layout: Layout, inputs=None, reals=None
) -> tuple[tuple[Field, ...], tuple[Field, ...], int]:
    """The fields of x and of p, and where the number of sources stands in counts.

    inputs, reals: whether each is made of numbers with derivatives (none is by default)
    """
    inputs = inputs or (False,) * len(layout.inputs)
    reals = reals or (False,) * len(layout.reals)
    at, variates, parameters = TABLE, [], []
    for (name, form), active in zip(layout.inputs, inputs, strict=True):
        variates.append(Field(name, form, 0, at, active))
        at += 2
    for (name, ndim), active in zip(layout.reals, reals, strict=True):
        parameters.append(Field(name, REAL, ndim, at, active))
        at += 1 + ndim
    for name, ndim in layout.wholes:
        parameters.append(Field(name, WHOLE, ndim, at, False))
        at += 1 + ndim
    return tuple(variates), tuple(parameters), at + 1


_SIMULATE = """
def {{name}}(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
{cursors}
    for lane in range(counts[0], min(lanes, counts[1])):
{restarts}
        try:
{results}
{shifted}
        except Exception:
{failures}
{taken}
    keep(taken)
    keep(memory)
"""


_RESULT = "y[{row} * lanes + lane] = float({one})"

_OPERATIONS: dict[tuple, Operation] = {}


def made_once(make, public, function, *how) -> Operation:
    """The operation of a function, one for each way `how` it is compiled.

    `make` writes its Python function; `public` is what another process calls for it.
    """
    key = (public, function.digest, *how)
    if key not in _OPERATIONS:
        signature = model_operation.keywords["signature"]
        recipe = (public, (function, *how))
        _OPERATIONS[key] = UserOperation(make(function, *how), signature, recipe, function)
    return _OPERATIONS[key]


def simulate(function: UserFunction, layout: Layout) -> Operation:
    """The operation that runs the function in every lane."""
    return made_once(_make, simulate, function, layout)


def _make(function, layout):
    source = _SIMULATE.format(
        cursors=block([*cursor_lines(layout), *desk_lines(layout)], 4),
        restarts=block(restart_lines(layout), 8),
        shifted=block([f"y[lane] += real_at(desk)[{SUM}]"] if free_of(layout) else [], 12),
        taken=block(taken_lines(layout), 8),
        results=block(result_lines(layout, call_of(layout, "x", "structure"), _RESULT), 12),
        failures=block(failure_lines(layout), 12),
    )
    outermost = compiler(*choice_of(layout.output))
    compiled = function.compiled(outermost=outermost)
    scope = {"function": compiled, **record_makers(layout)}
    return exec_operation(source, "simulate", function, layout, scope)


def record_makers(layout: Layout, kind=None, inputs=None, reals=None, mode=PLAIN) -> dict:
    """What makes the two records, for the source of an operation."""
    variates, parameters, _ = fields_of(layout, inputs, reals)
    made = {
        "inputs": RecordType("x", variates, kind, mode),
        "own": RecordType("p", parameters, kind),
    }
    names = {f"{name}_record": record.name for name, record in made.items()}  # for the stamp
    return {name: maker(record) for name, record in made.items()} | names


def exec_operation(source, kind, function, layout, scope):
    """The Python function of an operation; its name and stamp say whose it is."""
    name = re.sub(r"\W", "_", f"{kind}_{function.name}")
    scope = {
        "__name__": __name__,
        "np": np,
        "keep": keep,
        "whole_at": whole_at,
        "real_at": real_at,
        "every_field": every_field,
        "NAN": float("nan"),
        **scope,
    }
    exec(compile(source.format(name=name), __file__, "exec"), scope)
    made = scope[name]
    # The files that reach all others: what is compiled for duals lies beyond this one.
    reached = stamp_of("user.pathwise") + stamp_of("marks.replication")
    # What the source refers to by name: which numbers carry derivatives stands in the records
    # alone, and code of another θ was loaded for this one without them.
    named = {k: v for k, v in sorted(scope.items()) if isinstance(v, (str, int, tuple))}
    stamp = f"{function.digest} {reached} {layout!r} {source} {named!r}"
    if silent(function) is not function:  # prints: an array's type is an object of this process
        stamp += secrets.token_hex(8)
    made.cache_stamp = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    return made


def cursor_lines(layout: Layout) -> list[str]:
    """Source lines: how many draws were taken of each input, if any is a stream."""
    if not streams_of(layout):
        return ["taken, cursors = 0, counts"]
    return [
        f"taken = np.zeros({len(layout.inputs)}, np.int64)",
        "cursors = whole_at(taken.ctypes.data)",
    ]


def restart_lines(layout: Layout) -> list[str]:
    """Source lines: every stream begins anew."""
    lines = [f"cursors[{k}] = 0" for k in streams_of(layout)]
    return [*lines, f"real_at(desk)[{SUM}] = 0.0"] if free_of(layout) else lines


def taken_lines(layout: Layout) -> list[str]:
    """Source lines: what was taken of each stream, for the caller."""
    streams = enumerate(streams_of(layout))
    return [f"work[{row} * lanes + lane] = cursors[{k}]" for row, k in streams]


def result_lines(layout: Layout, result: str, line: str) -> list[str]:
    """Source lines: the result of a call, and what `line` does with each output of it.

    line: may read {row}, the number of the output, and {one}, the output itself
    """
    if not isinstance(layout.output, tuple):
        return line.format(row=0, one=result).split("\n")
    lines = [f"several = {result}"]
    for row in range(len(layout.output)):
        lines += line.format(row=row, one=f"several[{row}]").split("\n")
    return lines


def failure_lines(layout: Layout) -> list[str]:
    """Source lines: no output of this lane is a number."""
    count = len(layout.output) if isinstance(layout.output, tuple) else 1
    return [f"y[{row} * lanes + lane] = NAN" for row in range(count)]


def streams_of(layout: Layout) -> list[int]:
    """The inputs whose draws are taken one by one."""
    every = enumerate(layout.inputs)
    return [k for k, (_, form) in every if form == STREAM or isinstance(form, str)]


def free_of(layout: Layout) -> list[str]:
    """The families of the draws with free parameters."""
    return [form for _, form in layout.inputs if isinstance(form, str)]


def desk_lines(layout: Layout) -> list[str]:
    """Source lines: what draws with free parameters are told, nothing by default."""
    if not free_of(layout):
        return ["desk, memory = 0, 0"]
    return [
        f"memory = np.zeros({WORDS}, np.int64)",
        f"memory[{FIELD}] = -1",
        f"desk = counts[{DESK}] if counts[{DESK}] else memory.ctypes.data",
    ]


def call_of(layout: Layout, raw: str, raw_own: str) -> str:
    """Source of the call of the function (compiled to return the chosen output).

    raw, raw_own: pointers to the numbers with derivatives among the inputs, the parameters
    """
    rest = "lanes, lane, counts, cursors, functions, desk"
    variates = f"inputs(x, {raw}, {rest})"
    if layout.record:
        return f"function({variates}, own(structure, {raw_own}, {rest}))"
    return f"function(*every_field({variates}))"  # spelled out, Python makes a list of over 30


def block(lines: list[str], indent: int) -> str:
    """Source lines at their indentation."""
    return "\n".join(" " * indent + line for line in lines or ["pass"])
