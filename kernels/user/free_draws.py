"""Draws whose distribution depends on the state: `x.a.next(p)`, of a family with free parameters.

The block holds uniforms; the variate is made of one when it is taken, with the parameters that it
is given then, by the row operations of its family (functions of this field, SLOTS addresses).
What else happens is told by the desk, a few words of memory:

    plain   nothing; a draw may be forced to a value (phantoms), or all to what they were (a pilot
            that asks whether the output jumps while they stay as they are)
    path    the variate moves with its parameters: ∂X/∂parameter · ∂parameter/∂θ
    noted   it does not; every draw whose parameters move leaves a record, from which scores and
            phantoms are made
"""

import importlib
import itertools
import math

from numba import types
from numba.core import cgutils
from numba.core.errors import NumbaTypeError
from numba.extending import intrinsic, models, overload_method, register_model

from ..dual.number import Dual, dual, is_plain, plain_of, tangent_of
from ..jit.compile import USER_FLAGS, subroutine
from ..jit.intrinsics import call
from ..jit.pointers import WHOLES, address_of, beyond, real_at, whole_at
from ..jit.views import COLUMN

PLAIN, PATH, NOTED = "plain", "path", "noted"
SLOTS, MOST = 7, 3  # functions of a field: variate, then by parameter, then constants

# Words of the desk: which draw is forced (field and number, -1: none) and to what; whether draws
# are stored (1) or repeated (2), where, how far apart, and a sum of all parameters that repeated
# draws are given; records: how many, where; whether a parameter that moves was at the end of its
# domain; then arguments and results of functions.
(FIELD, DRAW, VALUE, REPEAT, STORE, PITCH, SUM, RECORDS, WHERE, EDGE, UNIFORM, OUT, OTHER,
 GIVEN) = range(14)  # fmt: skip
WORDS = GIVEN + MOST
# Words of a record: field, draw, variate, parameters; then the tangents of each.
RECORD = 3 + MOST

# What each parameter must fulfil, {0} being the parameter. At the ends of its domain a draw is
# certain, which a state may well say: nobody left to infect.
CLOSED = {
    "bernoulli": ("0.0 <= {0} <= 1.0", None, None),
    "binomial": ("0.0 <= {0} and {0} == math.floor({0})", "0.0 <= {0} <= 1.0"),
    "poisson": ("0.0 <= {0} <= 1e12",),
    "geometric": ("1e-12 <= {0} <= 1.0",),
    "uniform": (None, "given_0 < {0}"),
    "triangular": (None, "given_0 <= {0}", "given_1 <= {0} and given_0 < {0}"),
    "pert": (None, "given_0 <= {0}", "given_1 <= {0} and given_0 < {0}"),
}
DOMAINS = {
    "real": "-math.inf < {0} < math.inf",
    "positive": "0.0 < {0} < math.inf",
    "probability": "0.0 < {0} < 1.0",
    "count": "1.0 <= {0} and {0} == math.floor({0})",
}
EDGES = {"probability": "0.0 < {0} < 1.0", "positive": "0.0 < {0}"}
TAKES = "x.{}.next takes {}: got {} arguments"
OUTSIDE = "x.{}.next: {} is outside its domain"
MORE = "the stream has no more draws: give stream() a larger number"


class FreeType(types.Type):
    """Draws of a family: the input `name`, number `field`, with its functions from `first`."""

    def __init__(self, name, family, field, first, mode):
        self.title, self.family, self.field = name, family, field
        self.first, self.mode = first, mode
        super().__init__(f"Free_{family}_{name}_{field}_{first}_{mode}")


@register_model(FreeType)
class _FreeModel(models.StructModel):
    def __init__(self, manager, kind):
        members = [("values", COLUMN), ("cursor", WHOLES), ("functions", WHOLES)]
        members += [("desk", types.int64), ("row", types.int64), ("lane", types.int64)]
        super().__init__(manager, kind, members)


def _part(name, kind):
    @intrinsic
    def read(typingctx, given):
        def codegen(context, builder, signature, args):
            return getattr(cgutils.create_struct_proxy(given)(context, builder, args[0]), name)

        return kind(given), codegen

    return read


SCOPE = {
    "values_of": _part("values", COLUMN),
    "cursor_of": _part("cursor", WHOLES),
    "functions_of": _part("functions", WHOLES),
    "desk_of": _part("desk", types.int64),
    "row_of": _part("row", types.int64),
    "lane_of": _part("lane", types.int64),
    "math": math, "call": call, "dual": dual, "plain_of": plain_of, "tangent_of": tangent_of,
    "real_at": real_at, "whole_at": whole_at, "beyond": beyond, "address_of": address_of,
}  # fmt: skip

_NEXT = """
def following(self, *given):
    values, cursor, functions = values_of(self), cursor_of(self), functions_of(self)
    place = cursor[0]
    if place >= len(values):
        raise IndexError("{more}")
    cursor[0] = place + 1
    desk = desk_of(self)
    words, reals = whole_at(desk), real_at(desk)
{given}
    reals[{UNIFORM}] = values[place]
    if words[{FIELD}] == {field} and words[{DRAW}] == place:
        value = reals[{VALUE}]
    elif words[{REPEAT}] == 2:
        at = (row_of(self) + place) * words[{PITCH}] + lane_of(self)
        value = real_at(words[{STORE}])[at]
        weight = 1.0 + (0.6180339887498949 * place) % 1.0
        reals[{SUM}] += weight * ({total})
    else:
        value = apply(functions[{first}], reals)
        if words[{REPEAT}] == 1:
            at = (row_of(self) + place) * words[{PITCH}] + lane_of(self)
            real_at(words[{STORE}])[at] = value
{followed}
"""


@subroutine
def apply(address, reals):
    """A function of the uniform and the parameters that were given."""
    u, out = beyond(reals, UNIFORM), beyond(reals, OUT)
    call(address, 1, 1, u, u, u, u, beyond(reals, GIVEN), out, beyond(reals, OTHER))
    return reals[OUT]


@subroutine
def applied(address, value, reals):
    """A function of the variate."""
    reals[OTHER] = value
    u, x, out = beyond(reals, UNIFORM), beyond(reals, OTHER), beyond(reals, OUT)
    call(address, 1, 1, u, x, u, u, beyond(reals, GIVEN), out, out)
    return reals[OUT]


SCOPE |= {"apply": apply, "applied": applied}


def domains_of(family):
    """What each parameter must fulfil, as source; they are given_0, given_1, …"""
    closed, kinds = CLOSED.get(family, ()), module_of(family).PARAMETERS.values()
    given = itertools.zip_longest(closed, kinds)
    return [(own or DOMAINS[kind]).format(f"given_{j}") for j, (own, kind) in enumerate(given)]


def module_of(family):
    """The file of a family."""
    return importlib.import_module(f"{__package__.rpartition('.')[0]}.distributions.{family}")


@overload_method(FreeType, "next", jit_options=USER_FLAGS)
def _next(self, *given):
    kinds = given[0].types if len(given) == 1 and hasattr(given[0], "types") else given
    family = module_of(self.family)
    names, defaults = list(family.PARAMETERS), getattr(family, "DEFAULTS", {})
    needed = len(names) - len(defaults)
    if not needed <= len(kinds) <= len(names):
        raise NumbaTypeError(TAKES.format(self.title, ", ".join(names), len(kinds)))
    for name, kind in zip(names, kinds, strict=False):
        if not is_plain(kind) and not isinstance(kind, Dual):
            raise NumbaTypeError(f"x.{self.title}.next: {name} must be one number, got {kind}")
    moving = [j for j, kind in enumerate(kinds) if isinstance(kind, Dual)]
    domains, lines = domains_of(self.family), []
    for j, name in enumerate(names):
        lines.append(f"given_{j} = " + (
            f"plain_of(given[{j}])" if j < len(kinds) else repr(float(defaults[name]))
        ))  # fmt: skip
        lines += [
            f"if not ({domains[j]}):",
            f'    raise ValueError("{OUTSIDE.format(self.title, name)}")',
            f"reals[{GIVEN + j}] = given_{j}",
        ]
    source = _NEXT.format(
        more=MORE,
        field=self.field,
        first=self.first,
        given="\n".join("    " + line for line in lines),
        total=" + ".join(f"given_{j}" for j in range(len(names))),
        followed="\n".join("    " + line for line in _followed(self, family, names, kinds, moving)),
        **{k: v for k, v in globals().items() if k.isupper() and isinstance(v, int)},
    )
    scope = dict(SCOPE)
    exec(source, scope)
    return scope["following"]


def _followed(kind, family, names, kinds, moving):
    """Lines: what becomes of the derivatives of the parameters."""
    if kind.mode == PLAIN or not moving:
        return ["return value"]
    width = kinds[moving[0]].width
    lines = [f"t_{j} = tangent_of(given[{j}], given[{j}])" for j in moving]
    moves = {j: " or ".join(f"t_{j}[{k}] != 0.0" for k in range(width)) for j in moving}
    if kind.mode == PATH:
        smooth = [j for j in moving if hasattr(family, f"derivative_{names[j]}")]
        for j in set(moving) - set(smooth):
            lines += [
                f"if {moves[j]}:",
                f'    raise ValueError("x.{kind.title}.next: no path derivative by {names[j]}")',
            ]
        lines += [f"d_{j} = applied(functions[{kind.first + 1 + j}], value, reals)" for j in smooth]
        terms = [" + ".join(f"d_{j} * t_{j}[{k}]" for j in smooth) or "0.0" for k in range(width)]
        return [*lines, f"return dual(value, ({', '.join(terms)},))"]
    lines += [f"if {' or '.join(moves.values())}:"]
    lines += [f"    number = words[{RECORDS}]", f"    words[{RECORDS}] = number + 1"]
    size = RECORD + MOST * width
    lines += [f"    record = words[{WHERE}] + 8 * number * {size}"]
    lines += ["    noted, whole = real_at(record), whole_at(record)"]
    lines += [f"    whole[0], whole[1], noted[2] = {kind.field}, place, value"]
    for j, name in enumerate(names):
        lines.append(f"    noted[{3 + j}] = given_{j}")
        for k in range(width):
            tangent = f"t_{j}[{k}]" if j in moving else "0.0"
            lines.append(f"    noted[{RECORD + j * width + k}] = {tangent}")
        inside = EDGES.get(family.PARAMETERS[name])
        if j in moving and inside:
            lines.append(f"    if ({moves[j]}) and not ({inside.format(f'given_{j}')}):")
            lines.append(f"        words[{EDGE}] = 1")
    return [*lines, "return value"]
