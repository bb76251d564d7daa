"""Records in memory: what a kernel is told, as one pointer instead of sixty arguments.

A NamedTuple of numbers, arrays and NamedTuples becomes an image: words of 64 bits, one after
the other, an array being its address and its shape. In compiled code `record.name` reads the
field from there. Numba's own NamedTuples go by value, field by field through every call; the
compiler spent two thirds of its time on that, and counted references besides.

Who gives an image keeps the record alive; arrays read from one are borrowed.
"""

import array
import struct

import numpy as np
from numba import types
from numba.core.cgutils import ir
from numba.core.imputils import impl_ret_untracked
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
)
from numba.np.numpy_support import from_dtype

_WORD = ir.IntType(64)


class RecordType(types.Type):
    """A pointer to the image of a NamedTuple (or, without names, of a tuple)."""

    def __init__(self, instance_class, fields):
        self.instance_class = instance_class
        self.fields = fields
        name = "record" if instance_class is None else instance_class.__name__
        super().__init__(f"{name}({', '.join(map(str, fields))})")
        self._hash = hash(self.name)

    @property
    def key(self):
        return self.instance_class, self.fields

    def __hash__(self):  # Numba's hashes every field, at every call
        return self._hash

    def __eq__(self, other):
        return self is other or (type(other) is RecordType and self.key == other.key)

    def place_of(self, number):
        """In which word a field begins."""
        return sum(words_of(kind) for kind in self.fields[:number])


def words_of(kind):
    """How many words a field takes."""
    if isinstance(kind, RecordType):
        return kind.place_of(len(kind.fields))
    return 1 + kind.ndim if isinstance(kind, types.Array) else 1


class Image:
    """A record laid out in memory for compiled code.

    type: its RecordType; address: where it stands. Its arrays live as long as it does.
    """

    __slots__ = ("_words", "address", "record", "type")

    def __init__(self, record):
        words = array.array("q")
        self.type = _lay_out(record, words)
        self.record = record
        self._words = words
        self.address = words.buffer_info()[0]

    def put(self, place, whole):
        """Change a whole number in place: the field that begins in this word."""
        self._words[place] = whole


_KNOWN: dict = {}


def _lay_out(record, words):
    """Append the words of a record; its type."""
    kinds = [type(record)]
    for value in record:
        kind = type(value)
        if kind is np.ndarray:
            words.append(value.__array_interface__["data"][0])
            words.extend(value.shape)
            kinds.append((value.dtype.char, value.ndim))
        elif kind is int:
            words.append(value if value < 1 << 63 else value - (1 << 64))
            kinds.append(int)
        elif kind is bool or kind is np.bool_:
            words.append(int(value))
            kinds.append(bool)
        elif isinstance(value, tuple):
            kinds.append(_lay_out(value, words))
        elif isinstance(value, np.integer):
            words.append(int(value))
            kinds.append(int)
        else:
            words.append(struct.unpack("q", struct.pack("d", value))[0])
            kinds.append(float)
    known = tuple(kinds)
    if known not in _KNOWN:
        cls, *fields = known
        _KNOWN[known] = RecordType(None if cls is tuple else cls, tuple(map(_field, fields)))
    return _KNOWN[known]


_NUMBERS = {int: types.int64, bool: types.boolean, float: types.float64}


def _field(kind):
    if isinstance(kind, RecordType):
        return kind
    if isinstance(kind, tuple):
        character, dimensions = kind
        return types.Array(from_dtype(np.dtype(character)), dimensions, "C")
    return _NUMBERS[kind]


@register_model(RecordType)
class _Model(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, _WORD.as_pointer())


@infer_getattr
class _Fields(AttributeTemplate):
    key = RecordType

    def generic_resolve(self, kind, name):
        names = getattr(kind.instance_class, "_fields", ())
        return kind.fields[names.index(name)] if name in names else None


@lower_getattr_generic(RecordType)
def _read_field(context, builder, kind, value, name):
    number = kind.instance_class._fields.index(name)
    field = kind.fields[number]
    found = _read(context, builder, field, value, kind.place_of(number))
    return impl_ret_untracked(context, builder, field, found)


def _read(context, builder, kind, image, place):
    """The value of this type in the image, at a word."""
    if isinstance(kind, RecordType):
        return builder.gep(image, [ir.Constant(_WORD, place)], inbounds=True)
    if isinstance(kind, types.Array):
        return _read_array(context, builder, kind, image, place)
    word = _load(builder, image, place)
    if kind == types.float64:
        return builder.bitcast(word, context.get_value_type(kind))
    return builder.trunc(word, context.get_value_type(kind)) if kind == types.boolean else word


def _load(builder, image, place):
    word = builder.load(builder.gep(image, [ir.Constant(_WORD, place)], inbounds=True))
    # Nothing that a kernel writes is an image: without the promise every store to a row of
    # lanes could be one, and each loop over lanes would read its addresses again.
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


def _read_array(context, builder, kind, image, place):
    view = context.make_array(kind)(context, builder)
    shape = [_load(builder, image, place + 1 + axis) for axis in range(kind.ndim)]
    size = ir.Constant(_WORD, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    strides, count = [size], ir.Constant(_WORD, 1)
    for extent in reversed(shape):
        strides.insert(0, builder.mul(strides[0], extent))
        count = builder.mul(count, extent)
    pointer = context.get_data_type(kind.dtype).as_pointer()
    view.data = builder.inttoptr(_load(builder, image, place), pointer)
    view.nitems, view.itemsize = count, size
    view.shape = context.make_tuple(builder, types.UniTuple(types.intp, kind.ndim), shape)
    view.strides = context.make_tuple(builder, types.UniTuple(types.intp, kind.ndim), strides[1:])
    view.meminfo = ir.Constant(view.meminfo.type, None)
    view.parent = ir.Constant(view.parent.type, None)
    return view._getvalue()


@intrinsic
def values_of(typingctx, record):
    """The fields of a record as a tuple, records in it as tuples too."""
    kind = _tuple_of(record)

    def codegen(context, builder, signature, args):
        return _read_tuple(context, builder, record, args[0])

    return kind(record), codegen


def _tuple_of(record):
    return types.Tuple([_tuple_of(f) if isinstance(f, RecordType) else f for f in record.fields])


def _read_tuple(context, builder, record, image):
    values = []
    for number, field in enumerate(record.fields):
        value = _read(context, builder, field, image, record.place_of(number))
        if isinstance(field, RecordType):
            value = _read_tuple(context, builder, field, value)
        values.append(value)
    return context.make_tuple(builder, _tuple_of(record), values)


@intrinsic
def leading(typingctx, record, wanted):
    """The same record as one of a class that has its first fields."""
    cls = wanted.instance_class
    kind = RecordType(cls, record.fields[: len(cls._fields)])

    def codegen(context, builder, signature, args):
        return args[0]

    return kind(record, wanted), codegen
