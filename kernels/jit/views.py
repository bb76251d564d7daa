"""Columns of a block as arrays: what a function of one replication sees of many lanes."""

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

COLUMN = types.Array(types.float64, 1, "A", readonly=True)


@intrinsic
def column(typingctx, pointer, first, length, stride):
    """The numbers at pointer[first + i * stride], i < length, as an array not to be written."""
    intp = types.intp

    def codegen(context, builder, signature, args):
        data, first, length, stride = args
        array = make_array(COLUMN)(context, builder)
        bytes_apart = builder.mul(stride, context.get_constant(intp, 8))
        populate_array(
            array,
            data=builder.gep(data, [first]),
            shape=cgutils.pack_array(builder, [length]),
            strides=cgutils.pack_array(builder, [bytes_apart]),
            itemsize=context.get_constant(intp, 8),
            meminfo=None,
        )
        return array._getvalue()

    return COLUMN(types.CPointer(types.float64), intp, intp, intp), codegen
