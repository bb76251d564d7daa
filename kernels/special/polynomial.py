"""Polynomials with coefficients known at compile time."""

from numba import types
from numba.core.cgutils import unpack_tuple
from numba.extending import intrinsic


@intrinsic
def polynomial(typingctx, x, coefficients):
    """c0 + x (c1 + x (c2 + …)) by Horner's rule, each step a fused multiply-add.

    A chain of instructions without a loop: a loop over the tuple would have to be unrolled
    by LLVM before it can vectorise the loop around it. `coefficients` is a tuple of floats.
    """

    def codegen(context, builder, signature, args):
        value, *lower = reversed(unpack_tuple(builder, args[1]))
        for coefficient in lower:
            value = builder.fma(args[0], value, coefficient)
        return value

    return types.float64(types.float64, coefficients), codegen
