"""Forward-mode dual numbers inside compiled code: a value and its derivatives.

`Dual(base, width)` is a Numba type: a struct of a value and of `width` tangents, all of type
`base`, which is float64 or, for second derivatives, a dual again. A user's function is
compiled for it as it is: operators and functions have rules (functions.py), a plain
number becomes a dual without tangents where the two meet in one variable, and an array of
duals is an ordinary array whose elements are such structs.

A rule (rules.py) is written once, as Python arithmetic on `Number`s: running it emits
the instructions. That compiles ten times faster than overloads in Python, of which every
operator would need one for each combination of types.
"""

import operator
from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.typeconv import Conversion
from numba.extending import intrinsic, lower_cast, models, register_model


class Dual(types.Type):
    """A number of type `base` with `width` tangents."""

    def __init__(self, base, width):
        self.base, self.width = base, width
        super().__init__(f"Dual({base}, {width})")

    @property
    def key(self):
        return self.base, self.width

    def unify(self, typingctx, other):
        """In a variable that is a dual here and a plain number there, it is a dual."""
        return self if is_plain(other) or other == self.base else None

    def can_convert_from(self, typingctx, other):
        return Conversion.safe if is_plain(other) or other == self.base else None

    def followed(self, made, terms):
        """What else the result of a smooth function carries (see marks/dual.py).

        terms: (argument, derivative by it) of every argument of this type
        """
        return made

    def chosen(self, made, numbers):
        """What else one of several numbers carries, when it was chosen from them."""
        return made


def is_plain(kind):
    return isinstance(kind, (types.Float, types.Integer, types.Boolean))


@register_model(Dual)
class _DualModel(models.StructModel):
    def __init__(self, manager, kind):
        tangents = types.UniTuple(kind.base, kind.width)
        super().__init__(manager, kind, [("value", kind.base), ("tangent", tangents)])


VALUE, TANGENT = range(2)  # the parts of a dual, first in any type that has more of them


def packed(context, builder, kind, parts):
    """A struct of its first parts, zero in all others.

    It never stands in memory: a stack cell for every intermediate number takes LLVM minutes to
    remove from a long function (200 inputs and 200 parameters: 182 s, and 10 without).
    """
    made = context.get_value_type(kind)(None)
    for place, part in enumerate(parts):
        made = builder.insert_value(made, part, place)
    return made


@lower_cast(types.Float, Dual)
@lower_cast(types.Integer, Dual)
@lower_cast(types.Boolean, Dual)
@lower_cast(Dual, Dual)
def _cast(context, builder, given, wanted, value):
    """A number as a dual: without tangents, unless it is one already."""
    return value if given == wanted else Number(context, builder, given, value).to(wanted).value


class Number:
    """A number of a function that is being compiled: arithmetic on it emits instructions."""

    def __init__(self, context, builder, kind, value):
        self.context, self.builder, self.kind, self.value = context, builder, kind, value

    def made(self, kind, value):
        return Number(self.context, self.builder, kind, value)

    def of(self, other):
        """A Python number, or another `Number`, as a `Number`."""
        if isinstance(other, Number):
            return other
        return self.made(types.float64, self.context.get_constant(types.float64, float(other)))

    def to(self, kind):
        """The same number as another type."""
        if self.kind == kind:
            return self
        if not isinstance(kind, Dual):
            return self.made(kind, self.context.cast(self.builder, self.value, self.kind, kind))
        return self.dual(kind, self.to(kind.base), [self.of(0.0).to(kind.base)] * kind.width)

    def dual(self, kind, value, tangents):
        """A dual of its parts."""
        given = (value.value, cgutils.pack_array(self.builder, [t.value for t in tangents]))
        return self.made(kind, packed(self.context, self.builder, kind, given))

    @property
    def plain(self):
        """The value of a dual."""
        return self.made(self.kind.base, self.builder.extract_value(self.value, VALUE))

    @property
    def tangents(self):
        """The tangents of a dual."""
        return [
            self.made(self.kind.base, self.builder.extract_value(self.value, (TANGENT, k)))
            for k in range(self.kind.width)
        ]

    def call(self, function, *others):
        """function(self, *others): the compiler's own for plain numbers, a rule for duals."""
        numbers = [self, *(self.of(other) for other in others)]
        if any(isinstance(number.kind, Dual) for number in numbers):
            return RULES[function].apply(numbers)
        typing = self.context.typing_context
        resolved = typing.resolve_value_type(function)
        found = resolved.get_call_type(typing, [number.kind for number in numbers], {})
        values = [n.to(kind).value for n, kind in zip(numbers, found.args, strict=True)]
        implementation = self.context.get_function(resolved, found)
        self.context.add_linking_libs(getattr(implementation, "libs", ()))
        return self.made(found.return_type, implementation(self.builder, values))

    def chosen(self, condition, other):
        """self where the condition holds, else the other."""
        other = self.of(other)
        kind = wider(self.kind, other.kind)
        pair = self.to(kind).value, other.to(kind).value
        return self.made(kind, self.builder.select(condition.value, *pair))

    def _arithmetic(self, other, function, instruction):
        other = self.of(other)
        if self.kind == other.kind == types.float64:
            return self.made(
                types.float64, getattr(self.builder, instruction)(self.value, other.value)
            )
        return self.call(function, other)

    def __add__(self, other):
        return self._arithmetic(other, operator.add, "fadd")

    def __sub__(self, other):
        return self._arithmetic(other, operator.sub, "fsub")

    def __mul__(self, other):
        if isinstance(other, float) and other == 1.0:
            return self
        return self._arithmetic(other, operator.mul, "fmul")

    def __truediv__(self, other):
        return self._arithmetic(other, operator.truediv, "fdiv")

    def __radd__(self, other):
        return self.of(other) + self

    def __rsub__(self, other):
        return self.of(other) - self

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self.of(other) / self

    def __neg__(self):
        return self.call(operator.neg)

    def __lt__(self, other):
        return self.call(operator.lt, other)

    def __gt__(self, other):
        return self.call(operator.gt, other)


def wider(*kinds):
    """The type that all of these numbers can be: the dual that is most deeply nested."""
    return max(kinds, key=_depth) if any(isinstance(k, Dual) for k in kinds) else types.float64


def _depth(kind):
    return 1 + _depth(kind.base) if isinstance(kind, Dual) else 0


RULES: dict[Any, Any] = {}  # by function; see rules.py


@intrinsic
def dual(typingctx, value, tangent):
    """A dual from its value and a tuple of tangents."""
    kind = Dual(value, len(tangent))

    def codegen(context, builder, found, args):
        return packed(context, builder, kind, args)

    return kind(value, types.UniTuple(kind.base, kind.width)), codegen


@intrinsic
def value_of(typingctx, number):
    """The value of a dual; a plain number is its own value."""
    kind = number.base if isinstance(number, Dual) else types.float64

    def codegen(context, builder, found, args):
        given = Number(context, builder, number, args[0])
        return (given.plain if isinstance(number, Dual) else given.to(kind)).value

    return kind(number), codegen


@intrinsic
def plain_of(typingctx, number):
    """The real number inside a dual of any depth; a plain number itself."""

    def codegen(context, builder, found, args):
        given = Number(context, builder, number, args[0])
        while isinstance(given.kind, Dual):
            given = given.plain
        return given.to(types.float64).value

    return types.float64(number), codegen


@intrinsic
def tangent_of(typingctx, number, like):
    """The tuple of tangents of a number, which may be plain: zeros, as many as `like` has."""

    def codegen(context, builder, found, args):
        given = Number(context, builder, number, args[0]).to(like)
        return cgutils.pack_array(builder, [t.value for t in given.tangents])

    return types.UniTuple(like.base, like.width)(number, like), codegen
