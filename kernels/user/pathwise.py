"""The pathwise derivative of a user's function: the same code, run on dual numbers.

The variates of one lane are copied into arrays of duals, each with its tangents beside it.
Directions (slots) are taken `width` at a time; up to that many cost one pass.
"""

from typing import NamedTuple

from numba import types

from ..dual import elementwise, functions  # noqa: F401  the compiler has their rules now
from ..dual.arrays import as_duals, swap
from ..dual.lists import dual_code
from ..dual.number import Dual, dual, tangent_of, value_of
from ..jit.compile import Operation, subroutine
from .function import UserFunction
from .simulation import Layout, call_of, exec_operation, made_once, restart_lines, row_lines

MOST = 8  # tangents carried at once: eight doubles are one vector of 512 bits


class Directions(NamedTuple):
    """Which arguments carry tangents, and how many.

    inputs, reals: whether θ stands in the input, in the parameter; the others stay plain
    width: tangents of a number
    """

    inputs: tuple[bool, ...]
    reals: tuple[bool, ...]
    width: int


_PATHWISE = """
def {{name}}(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
{rows}
{raws}
    none = dual(0.0, ({zeros},))
    begin, slots = 0, index[0]
    while True:
        end = min(begin + {width}, slots)
        for lane in range(lanes):
{values}
            for slot in range(begin, end):
                which, number = index[3 * slot + 3], index[3 * slot + 4]
                place, start = slot - begin, index[3 * slot + 5] * lanes + lane
{tangents}
{restarts}
            try:
                result = {result}
                y[lane] = value_of(result)
                derivative = tangent_of(result, none)
                for slot in range(begin, end):
                    out[slot * lanes + lane] = derivative[slot - begin]
            except Exception:
                y[lane] = NAN
        begin += {width}
        if begin >= slots:
            return
{resets}
"""


def pathwise(function: UserFunction, layout: Layout, directions: Directions) -> Operation:
    """The operation that runs the function on duals in every lane."""
    return made_once(_make, pathwise, function, layout, directions)


def _make(function, layout, directions):
    width = directions.width
    inputs = [k for k, active in enumerate(directions.inputs) if active]
    reals = [k for k, active in enumerate(directions.reals) if active]
    raws = [f"raw_{k} = np.zeros(counts[{k}] * {width + 1})" for k in inputs]
    values = [
        f"spread(raw_{k}, {width + 1}, 0, x, row_{k} * lanes + lane, counts[{k}], lanes)"
        for k in inputs
    ]
    tangents = [
        f"if which == {k}: "
        f"spread(raw_{k}, {width + 1}, 1 + place, first, start, counts[{k}], lanes)"
        for k in inputs
    ]
    names = [f"raw_{k}" for k in inputs]
    if reals:
        names.append("raw_p")
        raws.append(f"raw_p = np.zeros({len(layout.reals)} * {width + 1})")
        values += [f"raw_p[{k * (width + 1)}] = structure[{k} * lanes + lane]" for k in reals]
        tangents.append(f"if which < 0: raw_p[number * {width + 1} + 1 + place] = 1.0")

    source = _PATHWISE.format(
        rows=row_lines(layout),
        raws=block(raws, 4),
        zeros=", ".join(["0.0"] * width),
        width=width,
        values=block(values, 12),
        tangents=block(tangents, 16),
        restarts=restart_lines(layout, 12),
        result=call_with_duals(layout, inputs, reals),
        resets=block([f"{name}[:] = 0.0" for name in names], 8),
    )
    kind = Dual(types.float64, width)
    return exec_operation(
        source,
        "pathwise",
        function,
        layout,
        {
            "function": function.compiled(
                swap(kind), dual_code(kind), dual_code(kind, layout.output)
            ),
            "dual": dual,
            "value_of": value_of,
            "tangent_of": tangent_of,
            "as_duals": as_duals,
            "spread": spread,
        },
    )


def call_with_duals(layout, inputs, reals):
    """Source of the call, where these inputs and parameters are duals."""

    def variate(k, repeated):
        if k not in inputs:
            return None
        array = f"as_duals(raw_{k}, counts[{k}], none)"
        return array if repeated else f"{array}[0]"

    def real(k):
        return f"as_duals(raw_p, {len(layout.reals)}, none)[{k}]" if k in reals else None

    return call_of(layout, variate, real)


def block(lines, indent):
    """Source lines at their indentation."""
    return "\n".join(" " * indent + line for line in lines or ["pass"])


@subroutine
def spread(raw, size, place, source, start, count, pitch):
    """One double in each of `count` duals of `size` doubles."""
    for i in range(count):
        raw[i * size + place] = source[start + i * pitch]
