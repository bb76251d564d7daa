"""Memory behind addresses: pointers cost the compiler a seventh of what arrays cost."""

from numba import types
from numba.extending import intrinsic

WHOLES, REALS = types.CPointer(types.int64), types.CPointer(types.float64)


@intrinsic
def whole_at(typingctx, address):
    """The whole numbers in memory at an address."""

    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(WHOLES))

    return WHOLES(types.int64), codegen


@intrinsic
def real_at(typingctx, address):
    """The doubles in memory at an address."""

    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(REALS))

    return REALS(types.int64), codegen


@intrinsic
def address_of(typingctx, pointer):
    """Where a pointer points."""

    def codegen(context, builder, signature, args):
        return builder.ptrtoint(args[0], context.get_value_type(types.int64))

    return types.int64(pointer), codegen


@intrinsic
def beyond(typingctx, pointer, count):
    """The numbers behind the first `count` of a pointer."""

    def codegen(context, builder, signature, args):
        return builder.gep(args[0], [args[1]])

    return pointer(pointer, types.int64), codegen
