"""A model of a user's own: from a scalar Python function to the operations of a model.

The function sees one replication. Here it is called once a lane, with the variates of that
lane as scalars or as columns of the block, and whatever it raises becomes not-a-number in
that lane only (the caller then repeats that replication in Python and shows the error).

Rows of x: the inputs, one after the other. counts: the draws of each input, then the whole
numbers among the parameters.
"""

import hashlib
import re
from collections import namedtuple
from typing import NamedTuple

import numpy as np

from ..jit.compile import Operation
from ..jit.stamps import stamp_of
from ..jit.views import column
from ..models.operation import model_operation
from .errors import UserOperation
from .function import UserFunction
from .passes import choice_of, compiler
from .streams import Stream, stream

ONE, MANY, STREAM = range(3)  # an input is a number, an array, or draws taken one by one


class Layout(NamedTuple):
    """How the function is called, and what of its result is the output.

    inputs: (name, how: ONE, MANY or STREAM) of each; reals and wholes: names of the parameters;
    record: whether it gets the two records (x, p), or each input as an argument;
    output: which entry of the result, None for a result that is one number
    """

    inputs: tuple[tuple[str, int], ...]
    reals: tuple[str, ...]
    wholes: tuple[str, ...]
    record: bool
    output: int | str | None


_SIMULATE = """
def {{name}}(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
{rows}
    for lane in range(lanes):
{restarts}
        try:
            y[lane] = {result}
        except Exception:
            y[lane] = NAN
"""


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
        rows=row_lines(layout),
        restarts=restart_lines(layout, 8),
        result=f"float({call_of(layout)})",
    )
    outermost = compiler(*choice_of(layout.output))
    compiled = function.compiled(outermost=outermost)
    return exec_operation(source, "simulate", function, layout, {"function": compiled})


def records(layout: Layout) -> tuple[type, type]:
    """The classes of x and p."""
    inputs = namedtuple("x", [name for name, _ in layout.inputs])
    parameters = namedtuple("p", [*layout.reals, *layout.wholes])
    return inputs, parameters


def call_arguments(layout: Layout, draws, variates, reals, wholes) -> list:
    """What the function is called with, in Python, from the variates of one replication."""
    inputs, first = [], 0
    for (_, how), count in zip(layout.inputs, draws, strict=True):
        many = variates[first : first + count]
        made = _python(many[0]) if how == ONE else Stream(many) if how == STREAM else many
        inputs.append(made)
        first += count
    if not layout.record:
        return inputs
    named, parameters = records(layout)
    return [named(*inputs), parameters(*map(_python, reals), *wholes)]


def _python(number):
    """Python's own float, which does not divide by zero; anything else as it is."""
    return float(number) if isinstance(number, float) else number


def exec_operation(source, kind, function, layout, scope):
    """The Python function of an operation; its name and stamp say whose it is."""
    name = re.sub(r"\W", "_", f"{kind}_{function.name}")
    inputs, parameters = records(layout)
    scope = {
        "__name__": __name__,
        "np": np,
        "column": column,
        "stream": stream,
        "NAN": float("nan"),
        "Inputs": inputs,
        "Parameters": parameters,
        **scope,
    }
    exec(compile(source.format(name=name), __file__, "exec"), scope)
    made = scope[name]
    # The files that reach all others: what is compiled for duals lies beyond this one.
    reached = stamp_of("user.pathwise") + stamp_of("marks.replication")
    stamp = f"{function.digest} {reached} {layout.output!r} {source}"
    made.cache_stamp = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    return made


def row_lines(layout: Layout) -> str:
    """Source lines: where each input's variates begin, and the cursors of streams."""
    lines = ["row_0 = 0"]
    lines += [f"row_{k + 1} = row_{k} + counts[{k}]" for k in range(len(layout.inputs))]
    lines += [f"cursor_{k} = np.zeros(1, np.int64)" for k in _streams(layout)]
    return "\n".join(f"    {line}" for line in lines)


def restart_lines(layout: Layout, indent: int) -> str:
    """Source lines: every stream begins anew."""
    lines = [f"cursor_{k}[0] = 0" for k in _streams(layout)]
    return "\n".join(" " * indent + line for line in lines or ["pass"])


def _streams(layout: Layout) -> list[int]:
    return [k for k, (_, how) in enumerate(layout.inputs) if how == STREAM]


def call_of(layout: Layout, variate=lambda k, repeated: None, real=lambda k: None) -> str:
    """Source of the call of the function (compiled to return the chosen output).

    `variate` and `real` may write an argument in their own way, or return None.
    """
    inputs = [
        _streamed(k, how, variate(k, how != ONE) or _variate(k, how != ONE))
        for k, (_, how) in enumerate(layout.inputs)
    ]
    reals = [real(k) or f"structure[{k} * lanes + lane]" for k in range(len(layout.reals))]
    wholes = [f"counts[{len(inputs) + k}]" for k in range(len(layout.wholes))]
    if layout.record:
        return f"function(Inputs({', '.join(inputs)}), Parameters({', '.join(reals + wholes)}))"
    return f"function({', '.join(inputs)})"


def _variate(k: int, repeated: bool) -> str:
    if repeated:
        return f"column(x, row_{k} * lanes + lane, counts[{k}], lanes)"
    return f"x[row_{k} * lanes + lane]"


def _streamed(k: int, how: int, source: str) -> str:
    return f"stream({source}, cursor_{k})" if how == STREAM else source
