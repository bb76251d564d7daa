"""One replication of a user's function on marked numbers: what smoothing is made of.

x holds the numbers of the inputs and structure those of the parameters, each with its
tangents and tags (see `dual.py`); the addresses among the tags lead to the memory of
the run, in which the marks leave their records. y[0] becomes the output and out its tangents.
"""

from numba import types

from ..dual import elementwise, functions  # noqa: F401  the compiler has their rules now
from ..dual.arrays import swap
from ..dual.lists import dual_code
from ..dual.number import tangent_of, value_of
from ..jit.compile import Operation
from ..user.function import UserFunction
from ..user.simulation import (
    Layout,
    block,
    call_of,
    cursor_lines,
    exec_operation,
    made_once,
    record_makers,
    restart_lines,
)
from .dual import Marked, marked_zero
from .run import mark
from .step import marked_swap, marking

_REPLACED = marking(mark)

_MARKED = """
def {{name}}(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
{cursors}
    lane = 0
    none = marked_zero(({zeros},))
{restarts}
    try:
        result = {result}
        y[0] = value_of(result)
        derivative = tangent_of(result, none)
        for slot in range({width}):
            out[slot] = derivative[slot]
    except Exception:
        y[0] = NAN
    keep(taken)
"""


def marked(function: UserFunction, layout: Layout, width: int) -> Operation:
    """The operation that runs the function once on numbers with so many tangents."""
    return made_once(_make, marked, function, layout, width)


def _make(function, layout, width):
    source = _MARKED.format(
        cursors=block([*cursor_lines(layout), "desk = 0"], 4),
        zeros=", ".join(["0.0"] * width),
        restarts=block(restart_lines(layout), 4),
        result=call_of(layout, "x", "structure"),
        width=width,
    )
    kind = Marked(types.float64, width)
    compiled = function.compiled(
        marked_swap(swap(kind)),
        dual_code(kind, None, _REPLACED),
        dual_code(kind, layout.output, _REPLACED),
    )
    every = (True,) * len(layout.inputs), (True,) * len(layout.reals)
    scope = {"function": compiled, **record_makers(layout, kind, *every)}
    scope |= {"marked_zero": marked_zero, "value_of": value_of, "tangent_of": tangent_of}
    return exec_operation(source, "marked", function, layout, scope)
