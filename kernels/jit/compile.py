"""The only place where kernels are compiled: every JIT flag, and the reason for it.

Four kinds of compiled function exist:

device      a small function that is inlined wherever it is used
subroutine  a longer scalar function that is called
procedure   the same for one that many places call: no copies
operation   work behind an address: a row of variates, a model's simulation, an estimator's
            block, the loop over replications
"""

import ctypes
import functools
import importlib

import numba
from numba import types
from numba.core.ccallback import CFunc

from . import cache
from .wide import LinkedCompiler, WideCompiler

# error_model="numpy": Python's check for division by zero is a branch, and a branch stops
# the vectoriser (a logarithm costs 6.5 ns with it and 1.8 ns without).
# No fastmath anywhere: it lets LLVM reorder sums, and then results depend on the compiler's
# mood. Where a fused multiply-add pays, `fma` says so explicitly.
FLAGS = {"error_model": "numpy"}
LINKED = {"pipeline_class": LinkedCompiler, **FLAGS}


def _compiled(known=types.unliteral, **flags):
    """A decorator: Numba's, but compiled code that calls the function gets one linked into it,
    and one for all constants that are passed.

    Numba compiles a function once more for each whole number that stands in a call of it:
    `gather(…, 0)` and then `gather(…, blocks)` were two compilations of 0.6 s. `known` says
    what the function knows of the type of a constant.
    """

    def decorate(function):
        dispatcher = numba.njit(**flags, pipeline_class=WideCompiler, **FLAGS)(function)

        @functools.cache
        def linked():
            return numba.njit(**flags, **LINKED)(function)

        def get_call_template(arguments, keywords):
            named = {name: known(kind) for name, kind in keywords.items()}
            return linked().get_call_template(tuple(map(known, arguments)), named)

        dispatcher.get_call_template = get_call_template
        dispatcher.get_overload = lambda signature: linked().get_overload(signature)
        return dispatcher

    return decorate


# Without forceinline LLVM leaves a large body (Philox) as a call, and a call stops the
# vectoriser: 6.0 ns a uniform instead of 0.7.
device = _compiled(forceinline=True)

# The same for functions that are to know the constants they are given: loops to unroll.
unrolled = _compiled(known=lambda kind: kind, forceinline=True)

# For scalar algorithms too long to be worth a copy in every caller.
subroutine = _compiled()

# What a device function calls inherits its flags, and so does what that calls: a subroutine is
# copied after all, down to the last continued fraction. That gains 10 % in a gamma variate,
# but a solver with eight such places took 67 s to compile. It takes 10 s as a procedure.
procedure = _compiled(forceinline=False)

# For functions that users write: they mean what they mean in Python, where a division by
# zero and an index out of range are errors, not an infinity and somebody else's memory.
# Nothing calls these from Python, for which arrays of numbers with derivatives have no form.
USER_FLAGS = {"error_model": "python", "boundscheck": True, "pipeline_class": LinkedCompiler}


class Operation:
    """A function behind an address, compiled on first use and cached on disk.

    Arguments are int64 counts and pointers to float64 or int64; the type of each follows
    from its name in `pointers`. Nothing is returned and nothing can be raised.

    Sent to another process it goes by its name, or by `recipe`: a function and the arguments
    that make it there.
    """

    def __init__(self, function, signature, recipe=None):
        functools.update_wrapper(self, function)
        self.function = function
        self.signature = signature
        self.recipe = recipe or (_named, (function.__module__, function.__qualname__))

    def __reduce__(self):
        return self.recipe

    @functools.cached_property
    def compiled(self):
        """The C callback; its `ctypes` attribute can be called from Python."""
        signature = self.signature.args, types.void
        callback = CFunc(
            self.function, signature, locals={}, options=dict(FLAGS), pipeline_class=WideCompiler
        )
        cache.enable(callback, self.function)
        callback.compile()
        return callback

    @property
    def address(self) -> int:
        """Where the machine code is, in this process."""
        return self.compiled.address

    @functools.cached_property
    def entry(self):
        """The machine code as a function of whole numbers and addresses, which runs without
        Python's lock: of several threads each has its own."""
        kinds = [ctypes.c_int64] * len(self.signature.args)
        return ctypes.CFUNCTYPE(None, *kinds)(self.address)


def _named(module, name):
    return getattr(importlib.import_module(module), name)


def operation(*arguments):
    """Decorate a function of the given argument types as an `Operation`."""
    return functools.partial(Operation, signature=types.void(*arguments))


def renamed(function, name, module):
    """The same function under another name, as if it stood in another module."""
    copy = type(function)(function.__code__, function.__globals__, name, function.__defaults__)
    copy.__qualname__ = name
    copy.__module__ = module
    return copy
