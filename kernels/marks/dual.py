"""Duals that remember which random draw they depend on last, for marked thresholds.

Beside its value and tangents a `Marked` number carries

    latest   the latest draw that it may depend on: the largest of all that went into it
    active   the latest draw that it depends on where it stands: max(a, b) takes that of the
             larger one
    slope    its derivative by the draw `active`

Draws are numbered by their addresses: cell r of a run's memory belongs to draw r, and holds
the number r, so that an address leads back to the beginning of that memory (see
`run.py`). Nothing has to be handed through the user's function.

The last tangent is the derivative in a direction in which every draw moves: where it is zero,
the number depends on none.
"""

from numba import types
from numba.extending import intrinsic, models, register_model

from ..dual.number import Dual, Number, packed

TAGS = 3  # words after the tangents
PLACES = {"slope": 2, "latest": 3, "active": 4}  # of the members


class Marked(Dual):
    """A dual with tags."""

    def __init__(self, base, width):
        super().__init__(base, width)
        self.name = f"Marked({base}, {width})"

    @property
    def key(self):
        return "marked", self.base, self.width

    def followed(self, made, terms):
        """The result of a smooth function, from (argument, derivative by it)."""
        latest, active = made.of(0.0).to(types.int64), made.of(0.0).to(types.int64)
        for number, _ in terms:
            latest = larger(latest, part(number, "latest"))
            active = larger(active, part(number, "active"))
        slope = made.of(0.0)
        for number, derivative in terms:
            same = compare(active, "==", part(number, "active"))
            term = part(number, "slope") * made.of(derivative)
            slope = slope + term.chosen(same, 0.0)
        return tagged(made, latest, active, slope)

    def chosen(self, made, numbers):
        """One of several numbers: it may depend on all draws that they may depend on."""
        latest = part(made, "latest")
        for number in numbers:
            if number.kind == self:
                latest = larger(latest, part(number, "latest"))
        return tagged(made, latest, part(made, "active"), part(made, "slope"))


@register_model(Marked)
class _MarkedModel(models.StructModel):
    def __init__(self, manager, kind):
        tangents = types.UniTuple(kind.base, kind.width)
        members = [("value", kind.base), ("tangent", tangents), ("slope", kind.base)]
        members += [("latest", types.int64), ("active", types.int64)]
        super().__init__(manager, kind, members)


def part(number, name):
    """One member of a marked number."""
    kind = number.kind.base if name == "slope" else types.int64
    return number.made(kind, number.builder.extract_value(number.value, PLACES[name]))


def tagged(number, latest, active, slope):
    """The same number with these tags."""
    value = number.value
    for name, tag in (("latest", latest), ("active", active), ("slope", slope)):
        value = number.builder.insert_value(value, tag.value, PLACES[name])
    return number.made(number.kind, value)


def compare(one, how, other):
    """A condition on whole numbers."""
    return one.made(types.boolean, one.builder.icmp_signed(how, one.value, other.value))


def larger(one, other):
    """The larger one of two whole numbers."""
    chosen = compare(one, ">=", other).value
    return one.made(types.int64, one.builder.select(chosen, one.value, other.value))


@intrinsic
def marked_zero(typingctx, tangents):
    """A marked number that is zero and depends on nothing; tangents: a tuple as long as its own."""
    kind = Marked(types.float64, len(tangents))

    def codegen(context, builder, found, args):
        return packed(context, builder, kind, ())

    return kind(tangents), codegen


@intrinsic
def tags_of(typingctx, number):
    """(slope, latest, active)"""

    def codegen(context, builder, found, args):
        members = [builder.extract_value(args[0], place) for place in PLACES.values()]
        return context.make_tuple(builder, found.return_type, members)

    return types.Tuple((types.float64, types.int64, types.int64))(number), codegen


@intrinsic
def as_marked(typingctx, number, like):
    """A number of any kind as a marked one."""

    def codegen(context, builder, found, args):
        return Number(context, builder, number, args[0]).to(like).value

    return like(number, like), codegen
