"""Second pathwise derivatives of a user's function: the same code, run on duals of duals.

A number is Dual(Dual(float64, w), w): its value, w inner tangents by the slots of one block,
w outer ones by those of another, and w² second derivatives by pairs of them. Blocks of slots
are taken two at a time, each pair of blocks once. In memory the doubles of a number are the
value, its inner tangents, then for each outer tangent the same again.
"""

from numba import types

from ..dual import elementwise, functions  # noqa: F401  the compiler has their rules now
from ..dual.arrays import swap
from ..dual.lists import dual_code
from ..dual.number import Dual
from ..jit.compile import Operation
from .function import UserFunction
from .pathwise import Directions, Raw
from .simulation import (
    Layout,
    block,
    call_of,
    cursor_lines,
    desk_lines,
    exec_operation,
    failure_lines,
    made_once,
    restart_lines,
    result_lines,
)

MOST = 3  # inner and outer tangents: sixteen doubles a number are two vectors of 512 bits

_SECOND = """
def {{name}}(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
{cursors}
{raws}
    inner = dual(0.0, ({zeros},))
    none = dual(inner, ({inners},))
    slots, pairs = index[0], index[1]
    for outer_begin in range(0, max(slots, 1), {width}):
        for begin in range(0, outer_begin + 1, {width}):
            for lane in range(lanes):
{values}
                for slot in range(begin, min(begin + {width}, slots)):
                    which, number = index[3 * slot + 3], index[3 * slot + 4]
                    start, place = index[3 * slot + 5] * lanes + lane, 1 + slot - begin
{tangents}
                for slot in range(outer_begin, min(outer_begin + {width}, slots)):
                    which, number = index[3 * slot + 3], index[3 * slot + 4]
                    start, place = (
                        index[3 * slot + 5] * lanes + lane, {one} * (1 + slot - outer_begin)
                    )
{tangents}
                for pair in range(slots, slots + pairs):
                    a, b = index[3 * pair + 3] - begin, index[3 * pair + 4] - outer_begin
                    start = index[3 * pair + 5] * lanes + lane
                    if start >= 0 and 0 <= a < {width} and 0 <= b < {width}:
                        which = index[3 * (a + begin) + 3]
                        place = {one} * (1 + b) + 1 + a
{curvatures}
{restarts}
                try:
{results}
                except Exception:
{failures}
            numbers[:] = 0.0
{keeps}
"""


_RESULT = """result = {one}
value, outer = value_of(result), tangent_of(result, none)
y[{row} * lanes + lane] = value_of(value)
derivative = tangent_of(value, inner)
begins = {row} * (pairs + slots)
for slot in range(begin, min(begin + WIDTH, slots)):
    out[(begins + pairs + slot) * lanes + lane] = derivative[slot - begin]
for pair in range(pairs):
    at = 3 * (slots + pair) + 3
    a, b = index[at] - begin, index[at + 1] - outer_begin
    if 0 <= a < WIDTH and 0 <= b < WIDTH:
        out[(begins + pair) * lanes + lane] = tangent_of(outer[b], inner)[a]"""


def second_pathwise(function: UserFunction, layout: Layout, directions: Directions) -> Operation:
    """The operation that runs the function on duals of duals in every lane."""
    narrow = directions._replace(width=min(directions.width, MOST))
    return made_once(_make, second_pathwise, function, layout, narrow)


def _make(function, layout, directions):
    width = directions.width
    raw = Raw(layout, directions, (width + 1) ** 2)
    source = _SECOND.format(
        cursors=block([*cursor_lines(layout), *desk_lines(layout)], 4),
        raws=block(raw.memory(), 4),
        zeros=", ".join(["0.0"] * width),
        inners=", ".join(["inner"] * width),
        width=width,
        one=width + 1,
        values=block(raw.values(), 16),
        tangents=block(raw.moved("first"), 20),
        curvatures=block(raw.moved("second"), 24),
        restarts=block(restart_lines(layout), 16),
        results=block(
            result_lines(
                layout,
                call_of(layout, "raw", "raw_own"),
                _RESULT.replace("WIDTH", str(width)),
            ),
            20,
        ),
        failures=block(failure_lines(layout), 20),
        keeps=block(["keep(taken)", "keep(memory)", "keep(numbers)"], 4),
    )
    kind = Dual(Dual(types.float64, width), width)
    compiled = function.compiled(swap(kind), dual_code(kind), dual_code(kind, layout.output))
    scope = {"function": compiled, **raw.scope(kind)}
    return exec_operation(source, "second_pathwise", function, layout, scope)
