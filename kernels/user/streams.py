"""Draws on demand: an input that a function takes one by one, as many as it needs.

The draws lie in the block like those of any other input, so that draw k is the same number
whatever θ is and however many were taken elsewhere; a cursor says which comes next.
"""

from numba import types
from numba.core import cgutils
from numba.core.errors import NumbaTypeError
from numba.extending import intrinsic, models, overload, overload_method, register_model

from ..jit.compile import USER_FLAGS
from ..jit.pointers import WHOLES

NO_PARAMETERS = (
    "next takes no parameters where the input is a distribution with its own: "
    "fg.Exponential.stream(50) is a stream that does"
)


class StreamType(types.Type):
    """A stream over an array of this type."""

    def __init__(self, values):
        self.values = values
        super().__init__(f"Stream({values})")


@register_model(StreamType)
class _StreamModel(models.StructModel):
    """The array, and where it stands how many of its numbers were taken."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("values", kind.values), ("cursor", WHOLES)])


def part(name):
    """The function that reads a member of a stream."""

    @intrinsic
    def read(typingctx, given):
        kind = given.values if name == "values" else WHOLES

        def codegen(context, builder, signature, args):
            value = getattr(cgutils.create_struct_proxy(given)(context, builder, args[0]), name)
            context.nrt.incref(builder, kind, value)
            return value

        return kind(given), codegen

    return read


_values, _cursor = part("values"), part("cursor")


@overload_method(StreamType, "next", jit_options=USER_FLAGS)
def _next(self, *given):
    if given and not (len(given) == 1 and getattr(given[0], "types", None) == ()):
        raise NumbaTypeError(NO_PARAMETERS)

    def following(self, *given):
        values, cursor = _values(self), _cursor(self)
        if cursor[0] >= len(values):
            raise IndexError("the stream has no more draws: give stream() a larger number")
        cursor[0] += 1
        return values[cursor[0] - 1]

    return following


@overload(len, jit_options=USER_FLAGS)
def _length(given):
    """How many draws are left."""
    if isinstance(given, StreamType):
        return lambda given: len(_values(given)) - _cursor(given)[0]
    return None


class Stream:
    """The same in Python."""

    def __init__(self, values):
        self.values, self.taken = values, 0

    def __repr__(self):
        return f"Stream({self.values!r})"

    def __len__(self):
        return len(self.values) - self.taken

    def next(self, *given):
        """The next draw."""
        if given:
            raise TypeError(NO_PARAMETERS)
        if self.taken >= len(self.values):
            raise IndexError("the stream has no more draws: give stream() a larger number")
        self.taken += 1
        return self.values[self.taken - 1]
