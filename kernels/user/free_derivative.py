"""Derivatives of a user's function whose draws have distributions that depend on the state.

Draws stay as they are while the function runs on duals, which gives ∂Y along the path and a record
of every draw whose parameters move. The rest comes from the records: scores,

    (Y - b) Σ (∂ ln f/∂parameter)(∂parameter/∂θ)

or phantoms, which go on from the changed draw with parameters of their own,

    Σ c (∂parameter/∂θ) (Y(X⁺) - Y(X⁻)).

index: slots, whether phantoms, bits of b; then for each slot -1, its number, 0. functions: of each
field the variate, then by parameter the score or the pair, then the constants of the pairs.
"""

from numba import types

from ..dual.arrays import swap
from ..dual.lists import dual_code
from ..dual.number import Dual
from ..jit.compile import Operation, subroutine
from ..jit.intrinsics import bits_to_float, call
from ..jit.pointers import beyond
from . import free_draws
from .free_draws import (
    GIVEN,
    MOST,
    NOTED,
    OTHER,
    OUT,
    RECORD,
    SLOTS,
    UNIFORM,
    VALUE,
    applied,
    module_of,
)
from .function import UserFunction
from .passes import choice_of, compiler
from .pathwise import Directions, Raw
from .simulation import (
    Layout,
    block,
    call_of,
    cursor_lines,
    desk_lines,
    exec_operation,
    made_once,
    record_makers,
    restart_lines,
)

_FREE = """
def {{name}}(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
{cursors}
{raws}
    none = dual(0.0, ({zeros},))
    baseline = bits_to_float(index[2])
    notes = np.zeros({size} * ({most}) + 1)
    reals, words = real_at(desk), whole_at(desk)
    words[{WHERE}] = notes.ctypes.data
    begin, slots = 0, index[0]
    while True:
        end = min(begin + {width}, slots)
        for lane in range(lanes):
{values}
            for slot in range(begin, end):
                which, number, place, start = -1, index[3 * slot + 4], 1 + slot - begin, 0
{tangents}
{restarts}
            words[{RECORDS}], words[{EDGE}], words[{FIELD}] = 0, 0, -1
            try:
                result = {result}
                y[lane] = value_of(result)
                derivative = tangent_of(result, none)
                for slot in range(begin, end):
                    out[slot * lanes + lane] = derivative[slot - begin]
                if words[{EDGE}] and not index[1]:
                    y[lane] = NAN
                for number in range(words[{RECORDS}]):
                    note = real_at(words[{WHERE}] + 8 * number * {size})
                    field = whole_at(words[{WHERE}] + 8 * number * {size})[0]
                    for parameter in range(COUNTS[field]):
                        tangents = beyond(note, {RECORD} + parameter * {width})
                        if not any_of(tangents, {width}):
                            continue
                        base, change = FIRST[field] + 1 + parameter, 0.0
                        for k in range(COUNTS[field]):
                            reals[{GIVEN} + k] = note[3 + k]
                        if functions[base] == 0:
                            y[lane] = NAN
                        elif not index[1]:
                            score = applied(functions[base], note[2], reals)
                            change = (y[lane] - baseline) * score
                        else:
                            change = applied(functions[base + {MOST}], note[2], reals)
                            if change != 0.0:
                                plus, minus = pair(functions[base], note[2], second, lane,
                                                   lanes, number, reals)
                                words[{FIELD}], words[{DRAW}] = field, whole_at(
                                    words[{WHERE}] + 8 * number * {size})[1]
                                reals[{VALUE}] = plus
{restarts_inside}
                                upper = {plain}
                                reals[{VALUE}] = minus
{restarts_inside}
                                change *= upper - {plain}
                                words[{FIELD}] = -1
                        for slot in range(begin, end):
                            out[slot * lanes + lane] += tangents[slot - begin] * change
            except Exception:
                y[lane] = NAN
        begin += {width}
        if begin >= slots:
            break
        numbers[:] = 0.0
{keeps}
"""


def free_derivative(function: UserFunction, layout: Layout, directions: Directions) -> Operation:
    """The operation that makes scores or phantoms of all draws whose parameters move."""
    none = (False,) * len(layout.inputs)
    return made_once(_make, free_derivative, function, layout, directions._replace(inputs=none))


def _make(function, layout, directions):
    width = directions.width
    raw = Raw(layout, directions, width + 1, NOTED)
    names = ("WHERE", "RECORDS", "EDGE", "FIELD", "DRAW", "GIVEN", "VALUE", "RECORD", "MOST")
    free = [k for k, (_, form) in enumerate(layout.inputs) if isinstance(form, str)]
    draws = " + ".join(f"counts[{raw.inputs[k].at + 1}]" for k in free)
    restarts = restart_lines(layout)
    plain = call_of(layout, "x", "structure").replace("inputs(", "plain_inputs(")
    plain = plain.replace("own(", "plain_own(").replace("function(", "plain(")
    source = _FREE.format(
        cursors=block([*cursor_lines(layout), *desk_lines(layout)], 4),
        raws=block(raw.memory(), 4),
        zeros=", ".join(["0.0"] * width),
        width=width,
        size=RECORD + MOST * width,
        most=draws,
        values=block(raw.values(), 12),
        tangents=block(raw.moved("first"), 16),
        restarts=block(restarts, 12),
        restarts_inside=block(restarts, 32),
        result=call_of(layout, "raw", "raw_own"),
        plain=f"float({plain})",
        keeps=block(["keep(taken)", "keep(memory)", "keep(numbers)", "keep(notes)"], 4),
        **{name: getattr(free_draws, name) for name in names},
    )
    kind = Dual(types.float64, width)
    compiled = function.compiled(swap(kind), dual_code(kind), dual_code(kind, layout.output))
    plainly = function.compiled(outermost=compiler(*choice_of(layout.output)))
    makers = {f"plain_{name}": made for name, made in record_makers(layout).items()}
    families = [form if isinstance(form, str) else None for _, form in layout.inputs]
    scope = {"function": compiled, "plain": plainly, **makers, **raw.scope(kind)}
    scope |= {
        "COUNTS": tuple(len(module_of(f).PARAMETERS) if f else 0 for f in families),
        "FIRST": tuple(SLOTS * sum(map(bool, families[:k])) for k in range(len(families))),
        "bits_to_float": bits_to_float,
        "beyond": beyond,
        "applied": applied,
        "any_of": any_of,
        "pair": pair,
    }
    return exec_operation(source, "free_derivative", function, layout, scope)


@subroutine
def any_of(numbers, count):
    """Whether one of them is not zero."""
    found = False
    for k in range(count):
        found = found or numbers[k] != 0.0
    return found


@subroutine
def pair(address, value, fresh, lane, lanes, number, reals):
    """(X⁺, X⁻) of a draw: fresh uniforms are shared by the draws of a path, shifted for each."""
    reals[OTHER] = value
    reals[UNIFORM] = inside(fresh[lane] + 0.6180339887498949 * number)
    reals[OUT] = inside(fresh[lanes + lane] + 0.7548776662466927 * number)
    v, w, x = beyond(reals, UNIFORM), beyond(reals, OUT), beyond(reals, OTHER)
    # The forced value and what lies beside it are free to be written: x, v and w are read first.
    call(address, 1, 1, x, x, v, w, beyond(reals, GIVEN), beyond(reals, VALUE), w)
    return reals[VALUE], reals[OUT]


@subroutine
def inside(u):
    """The part behind the point, inside (0, 1)."""
    return min(max(u % 1.0, 2.0**-53), 1.0 - 2.0**-53)
