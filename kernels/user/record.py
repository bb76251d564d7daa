"""What a user's function sees of one replication: `x` and `p`, read when they are asked for.

A record is a handful of pointers into the block, whatever it has in it. A field that is read
becomes a number, an array or a stream at that place; 200 fields that are not read cost nothing,
neither in the compiler nor at run time (as a tuple of all of them, 20 were too many to compile).

Where each field begins, and how long it is, stands in the model's integers, `counts`:

    FROM, TO          lanes to run
    DESK              address of what draws with free parameters are told, 0: nothing
    for each input    its first row, its draws
    for each real     its first row, its dimensions (none for a number)
    for each whole    its value; for an array where its values begin, its dimensions
    own               rows of all reals
    sources           how many distributions there are; the draws of each; the first row of each
    values of whole arrays

Loads from there are marked as invariant, so that LLVM may move them out of the user's loops.
"""

import hashlib
from types import SimpleNamespace
from typing import NamedTuple

from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_getattr_generic, models, register_model
from numba.np.arrayobj import make_array, populate_array

from ..dual.number import packed
from ..jit.pointers import REALS, WHOLES
from ..jit.views import COLUMN
from .free_draws import PLAIN, SLOTS, FreeType
from .streams import StreamType

ONE, MANY, STREAM, REAL, WHOLE = range(5)  # what a field is
FROM, TO, DESK, TABLE = range(4)
EVERY_LANE = 1 << 40


MEMBERS = {
    "data": REALS, "raw": REALS, "lanes": types.int64, "lane": types.int64, "counts": WHOLES,
    "cursors": WHOLES, "functions": WHOLES, "desk": types.int64,
}  # fmt: skip


class Field(NamedTuple):
    """One name of a record.

    form: what it is, or the family of draws with free parameters
    ndim: dimensions of a parameter; at: its place in counts
    active: whether it is made of numbers with derivatives
    """

    name: str
    form: int
    ndim: int
    at: int
    active: bool


class RecordType(types.Type):
    """A record of these fields; `kind` is the type of the active numbers."""

    def __init__(self, title, fields, kind, mode=PLAIN):
        self.title, self.fields, self.of, self.mode = title, fields, kind, mode
        free = [field.name for field in fields if isinstance(field.form, str)]
        self.first = {name: SLOTS * number for number, name in enumerate(free)}
        self.by_name = {field.name: field for field in fields}
        digest = hashlib.sha256(repr((fields, str(kind), mode)).encode()).hexdigest()[:12]
        super().__init__(f"{title}_{digest}")

    @property
    def key(self):
        return self.title, self.fields, self.of, self.mode

    def type_of(self, name):
        """The type of a field; None where there is none of this name."""
        field = self.by_name.get(name)
        if field is None:
            return None
        if isinstance(field.form, str):
            number = (field.at - TABLE) // 2
            return FreeType(name, field.form, number, self.first[name], self.mode)
        element = self.of if field.active else types.float64
        if field.form == WHOLE:
            element = types.int64
        if field.form == STREAM:
            return StreamType(_array(element, 1, field.active))
        if field.form == MANY or field.ndim:
            return _array(element, field.ndim or 1, field.active or field.form == WHOLE)
        return element


def _array(element, ndim, together):
    if ndim == 1 and not together:
        return COLUMN
    return types.Array(element, ndim, "C" if together else "A", readonly=True)


@register_model(RecordType)
class _RecordModel(models.StructModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, [*MEMBERS.items()])


def maker(kind):
    """The function that makes a record of this type."""

    @intrinsic
    def record(typingctx, data, raw, lanes, lane, counts, cursors, functions, desk):
        """data: (rows, lanes) doubles; raw: the active numbers of this lane, row by row."""

        def codegen(context, builder, signature, args):
            return packed(context, builder, kind, args)

        int64 = types.int64
        return kind(REALS, REALS, int64, int64, WHOLES, WHOLES, WHOLES, int64), codegen

    return record


@infer_getattr
class _Fields(AttributeTemplate):
    key = RecordType

    def generic_resolve(self, record, name):
        return record.type_of(name)


class _Reader:
    """Emits the instructions that read one field."""

    def __init__(self, context, builder, kind, value, field):
        self.context, self.builder, self.field = context, builder, field
        self.record = SimpleNamespace(
            **{name: builder.extract_value(value, k) for k, name in enumerate(MEMBERS)}
        )
        self.type, self.element = kind.type_of(field.name), kind.of

    def count(self, place):
        """counts[field.at + place], which never changes."""
        builder = self.builder
        at = self.context.get_constant(types.int64, self.field.at + place)
        load = builder.load(builder.gep(self.record.counts, [at]))
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
        return load

    def pointer(self):
        """To the first number of the field."""
        builder = self.builder
        if self.field.form == WHOLE:
            return builder.gep(self.record.counts, [self.count(0)])
        if self.field.active:
            size = self.context.get_data_type(self.element).as_pointer()
            return builder.gep(builder.bitcast(self.record.raw, size), [self.count(0)])
        row = builder.mul(self.count(0), self.record.lanes)
        return builder.gep(self.record.data, [builder.add(row, self.record.lane)])

    def array(self, kind):
        """The field as an array, which nobody owns."""
        context, builder = self.context, self.builder
        element = context.get_data_type(kind.dtype)
        size = context.get_constant(types.intp, context.get_abi_sizeof(element))
        step = size if kind.layout == "C" else builder.mul(size, self.record.lanes)
        shape = [self.count(1 + k) for k in range(kind.ndim)]
        strides = [step]
        for length in reversed(shape[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        array = make_array(kind)(context, builder)
        populate_array(
            array,
            data=builder.bitcast(self.pointer(), element.as_pointer()),
            shape=cgutils.pack_array(builder, shape),
            strides=cgutils.pack_array(builder, strides),
            itemsize=size,
            meminfo=None,
        )
        return array._getvalue()

    def read(self):
        """The value of the field."""
        builder, kind = self.builder, self.type
        if isinstance(kind, types.Array):
            return self.array(kind)
        if isinstance(kind, StreamType):
            made = cgutils.create_struct_proxy(kind)(self.context, builder)
            made.values = self.array(kind.values)
            place = self.context.get_constant(types.int64, (self.field.at - TABLE) // 2)
            made.cursor = builder.gep(self.record.cursors, [place])
            return made._getvalue()
        if isinstance(kind, FreeType):
            made = cgutils.create_struct_proxy(kind)(self.context, builder)
            made.values = self.array(COLUMN)
            place = self.context.get_constant(types.int64, kind.field)
            made.cursor = builder.gep(self.record.cursors, [place])
            made.functions, made.desk = self.record.functions, self.record.desk
            made.row, made.lane = self.count(0), self.record.lane
            return made._getvalue()
        if self.field.form == WHOLE:
            return self.count(0)
        return builder.load(self.pointer())


@lower_getattr_generic(RecordType)
def _read(context, builder, kind, value, name):
    return _Reader(context, builder, kind, value, kind.by_name[name]).read()


@intrinsic
def every_field(typingctx, record):
    """The tuple of all fields of a record, in their order."""
    kinds = [record.type_of(field.name) for field in record.fields]

    def codegen(context, builder, signature, args):
        read = [_Reader(context, builder, record, args[0], field).read() for field in record.fields]
        return context.make_tuple(builder, signature.return_type, read)

    return types.Tuple(kinds)(record), codegen
