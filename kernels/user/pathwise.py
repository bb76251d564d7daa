"""The pathwise derivative of a user's function: the same code, run on dual numbers.

The variates of one lane are copied into rows of duals, each with its tangents beside it.
Directions (slots) are taken `width` at a time; up to that many cost one pass.
"""

from typing import NamedTuple

from numba import types

from ..dual import elementwise, functions  # noqa: F401  the compiler has their rules now
from ..dual.arrays import swap
from ..dual.lists import dual_code
from ..dual.number import Dual, dual, tangent_of, value_of
from ..jit.compile import Operation, subroutine
from ..jit.pointers import real_at
from .free_draws import PATH
from .function import UserFunction
from .simulation import (
    Layout,
    block,
    call_of,
    cursor_lines,
    desk_lines,
    exec_operation,
    failure_lines,
    fields_of,
    made_once,
    record_makers,
    restart_lines,
    result_lines,
)

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
{cursors}
{raws}
    none = dual(0.0, ({zeros},))
    begin, slots = 0, index[0]
    while True:
        end = min(begin + {width}, slots)
        for lane in range(lanes):
{values}
            for slot in range(begin, end):
                which, number = index[3 * slot + 3], index[3 * slot + 4]
                place, start = 1 + slot - begin, index[3 * slot + 5] * lanes + lane
{tangents}
{restarts}
            try:
{results}
            except Exception:
{failures}
        begin += {width}
        if begin >= slots:
            break
{resets}
{keeps}
"""


_RESULT = """result = {one}
y[{row} * lanes + lane] = value_of(result)
derivative = tangent_of(result, none)
for slot in range(begin, end):
    out[({row} * slots + slot) * lanes + lane] = derivative[slot - begin]"""


def pathwise(function: UserFunction, layout: Layout, directions: Directions) -> Operation:
    """The operation that runs the function on duals in every lane."""
    return made_once(_make, pathwise, function, layout, directions)


def _make(function, layout, directions):
    width = directions.width
    raw = Raw(layout, directions, width + 1)
    source = _PATHWISE.format(
        cursors=block([*cursor_lines(layout), *desk_lines(layout)], 4),
        raws=block(raw.memory(), 4),
        zeros=", ".join(["0.0"] * width),
        width=width,
        values=block(raw.values(), 12),
        tangents=block(raw.moved("first"), 16),
        restarts=block(restart_lines(layout), 12),
        results=block(result_lines(layout, call_of(layout, "raw", "raw_own"), _RESULT), 16),
        failures=block(failure_lines(layout), 16),
        resets=block(["numbers[:] = 0.0"], 8),
        keeps=block(["keep(taken)", "keep(memory)", "keep(numbers)"], 4),
    )
    kind = Dual(types.float64, width)
    compiled = function.compiled(swap(kind), dual_code(kind), dual_code(kind, layout.output))
    scope = {"function": compiled, **raw.scope(kind)}
    return exec_operation(source, "pathwise", function, layout, scope)


class Raw:
    """Source of what lays out the numbers with derivatives: the rows of x, then the parameters.

    A number is `size` doubles, its value first.
    """

    def __init__(self, layout, directions, size, mode=PATH):
        self.mode = mode
        self.layout, self.directions, self.size = layout, directions, size
        self.inputs, self.own, self.sources = fields_of(layout, *directions[:2])

    def scope(self, kind):
        """What the source refers to."""
        return {
            "dual": dual,
            "value_of": value_of,
            "tangent_of": tangent_of,
            "fill": fill,
            "spread": spread,
            "real_at": real_at,
            # Where each active input stands in counts.
            "MOVED": tuple(field.at for field in self.inputs if field.active),
            **record_makers(self.layout, kind, *self.directions[:2], self.mode),
        }

    def memory(self):
        """Lines: memory for all rows, though only those of active inputs are used."""
        return [
            f"sources = counts[{self.sources}]",
            f"first_rows = {self.sources + 1} + sources",
            "rows = counts[first_rows + sources - 1] + counts[first_rows - 1]",
            f"numbers = np.zeros((rows + counts[{self.sources - 1}]) * {self.size} + 1)",
            "raw = real_at(numbers.ctypes.data)",
            f"raw_own = real_at(numbers.ctypes.data + 8 * rows * {self.size})",
        ]

    def values(self):
        """Lines: the values of one lane."""
        lines = []
        if any(self.directions.inputs):
            lines += [
                "for at in MOVED:",
                f"    fill(raw, {self.size}, x, counts[at], counts[at + 1], lanes, lane)",
            ]
        if any(self.directions.reals):
            lines += [
                f"for row in range(counts[{self.sources - 1}]):",
                f"    raw_own[row * {self.size}] = structure[row * lanes + lane]",
            ]
        return lines

    def moved(self, source, place="place", which="which"):
        """Lines: derivatives of one slot, from rows of `source`, into a place of each number."""
        lines = []
        if any(self.directions.inputs):
            lines += [
                f"if {which} >= 0:",
                f"    row = counts[first_rows + {which}] * {self.size} + {place}",
                f"    draws = counts[first_rows - sources + {which}]",
                f"    spread(raw, {self.size}, row, {source}, start, draws, lanes)",
            ]
        if any(self.directions.reals):
            lines += [f"if {which} < 0:", f"    raw_own[number * {self.size} + {place}] = 1.0"]
        return lines


@subroutine
def fill(raw, size, source, row, count, lanes, lane):
    """The values of `count` numbers from a row on."""
    for i in range(row, row + count):
        raw[i * size] = source[i * lanes + lane]


@subroutine
def spread(raw, size, place, source, start, count, pitch):
    """One double in each of `count` numbers of `size` doubles."""
    for i in range(count):
        raw[i * size + place] = source[start + i * pitch]
