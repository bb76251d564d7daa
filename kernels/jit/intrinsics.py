"""LLVM instructions that Numba does not expose, each as a function a kernel can call."""

from numba import types
from numba.core.cgutils import ir
from numba.extending import intrinsic

from .records import RecordType


@intrinsic
def apart(typingctx):
    """Promise LLVM that the pointer arguments of the calling operation do not overlap.

    Otherwise each inner loop over lanes begins with a test of every pair of rows.
    """

    def codegen(context, builder, signature, args):
        for argument in builder.function.args:
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def fma(typingctx, a, b, c):
    """a * b + c, rounded once: the same bits in scalar and vector code."""
    float64 = types.float64

    def codegen(context, builder, signature, args):
        return builder.fma(*args)

    return float64(float64, float64, float64), codegen


@intrinsic
def float_to_bits(typingctx, value):
    """The 64 bits of a double as a signed integer."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.int64))

    return types.int64(types.float64), codegen


@intrinsic
def bits_to_float(typingctx, bits):
    """The double that has these 64 bits."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.float64))

    return types.float64(types.int64), codegen


@intrinsic
def call(typingctx, address, *arguments):
    """Call the operation at `address`; arrays are passed as pointers to their data.

    This is what keeps estimators and models apart: an estimator's loop is compiled once
    and reaches every model and distribution through an address it is given, at the price
    of one indirect call (about 2 ns) for a whole block of lanes.
    """

    def codegen(context, builder, signature, args):
        kinds = signature.args[1].types
        values = [builder.extract_value(args[1], i) for i in range(len(kinds))]
        passed = [
            context.make_array(kind)(context, builder, value).data
            if isinstance(kind, types.Array)
            else value
            if isinstance(kind, (types.CPointer, RecordType))
            else context.cast(builder, value, kind, types.int64)
            for kind, value in zip(kinds, values, strict=True)
        ]
        operation = ir.FunctionType(ir.VoidType(), [value.type for value in passed])
        builder.call(builder.inttoptr(args[0], operation.as_pointer()), passed)
        return context.get_dummy_value()

    return types.void(types.int64, types.StarArgTuple(arguments)), codegen


@intrinsic
def borrowed(typingctx, value):
    """The same array, or record of arrays, without its reference counts: `keep` the owner.

    Every slice and every use of a record counts references, two atomic instructions each:
    they were 27 % of the time of the queue's IPA.
    """

    def codegen(context, builder, signature, args):
        return _without_owner(context, builder, signature.return_type, args[0])

    return value(value), codegen


def _without_owner(context, builder, kind, value):
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = ir.Constant(array.meminfo.type, None)
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        for place, inner in enumerate(kind.types):
            part = _without_owner(context, builder, inner, builder.extract_value(value, place))
            value = builder.insert_value(value, part, place)
    return value


@intrinsic
def keep(typingctx, value):
    """Do nothing, but keep `value` (and all that was borrowed from it) alive until here."""

    def codegen(context, builder, signature, args):
        return context.get_dummy_value()

    return types.void(value), codegen
