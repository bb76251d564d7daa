"""Names of compiled functions that no other process ever gives.

Machine code finds what it calls by name, in one table for the whole process, and who comes
first keeps a name. Numba makes it of the module, the function's qualified name, the types of
its arguments and a number that counts the functions compiled by this process. Two lambdas of
two processes are easily both number 61, `<lambda>` of `__main__`: one process that loads the
first from the cache and compiles the second then runs the first for both, value and gradient
alike, without a word. That holds for any two functions that pass under one name: closures,
redefined functions, operations written by one recipe, what Numba and the duals define inside.

So the number is drawn at random here, 62 bits from the operating system for each compiled
function (two of a million functions agree with probability 1e-7 and then clash only if all the
rest is equal). It comes from no counter, so that processes forked from one differ as well.
"""

import os

from numba.core.bytecode import FunctionIdentity

BITS = 62


def draw() -> int:
    """A number for one compiled function; the highest bit is set, so that it is told apart."""
    return int.from_bytes(os.urandom(8), "little") >> (64 - BITS) | 1 << BITS


class _Numbers:
    """What Numba asks for the next number."""

    def __next__(self) -> int:
        return draw()


def is_unique(number: int) -> bool:
    """Whether a compiled function has its number from here."""
    return number >> BITS == 1


FunctionIdentity._unique_ids = _Numbers()
