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


@intrinsic
def estrin(typingctx, x, coefficients):
    """The same polynomial by halves: (c0 + c1 x) + x² (c2 + c3 x) + …, and so again.

    A chain of log2 n instead of n steps for a degree n, and a few multiplications more. It
    pays where one element is too long for the processor to look ahead to the next ones.
    """

    def codegen(context, builder, signature, args):
        power, terms = args[0], unpack_tuple(builder, args[1])
        while len(terms) > 1:
            pairs = zip(terms[::2], terms[1::2], strict=False)
            halved = [builder.fma(power, upper, lower) for lower, upper in pairs]
            terms = halved + terms[len(terms) // 2 * 2 :]
            # Unused, and so removed, after the last round.
            power = builder.fmul(power, power)
        return terms[0]

    return types.float64(types.float64, coefficients), codegen
