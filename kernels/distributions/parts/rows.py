"""From the scalar functions of a distribution to operations over rows of lanes.

A distribution's file writes scalar functions and names their arguments; this file writes
the loops. The argument names say what a function needs:

    u           the uniform the variate is made of
    x           the variate
    v, w        fresh uniforms (weak derivatives only)
    table       the table of its quantile (`variate_by_table` only), in the place of x
    slopes      the table of its derivative (`derivative_<p>_by_table` only), in the place of v
    constants   what the file's `constants_<function>(parameters...)`, or else its
                `constants(parameters...)`, returned, once per row
    others      the distribution's parameters, by name

A function that returns a pair (a weak derivative) fills the rows `out` and `second`.

A long function waits: the processor looks some 200 instructions ahead, which is two elements
of a logarithm of a logarithm, and one such chain takes it 250 cycles. Where a module says

    PASSES = {"variate": ("depth", "exponent", "power")}

the row is run through once by each of these functions instead, and the argument y of the
later ones is what the one before left in the row: 0.9 ns a Weibull variate instead of 3.3.

Where the number of parameters is open (the values of a discrete distribution), a function asks for
the block of them and its place instead: parameter k stands at block[lane + k * pitch]. And
where they are counted, `score_probabilities[3]` is the function `score_probabilities` with
3 for its argument `index`.
"""

import functools
import inspect
import re

from numba import types

from ...jit.compile import Operation
from ...jit.intrinsics import apart
from .families import family

ROWS = ("u", "x", "v", "w")
WORDS = {row: f"{row}[i]" for row in ROWS} | {"y": "out[i]", "table": "x", "slopes": "v"}
PAIRS = ("natural", "hahn_jordan", "conditional")
_POINTER = types.CPointer(types.float64)
SIGNATURE = types.void(types.int64, types.int64, *[_POINTER] * 7)

_SOURCE = """
def {name}_rows(size, pitch, u, x, v, w, block, out, second):
    apart()
    if pitch == 1:
{shared}
    else:
{per_lane}
"""
_SHARED = """
        lane = 0
{parameters}
        for i in range(size):
            {target} = {function}({arguments})
"""
_PER_LANE = """
        for i in range(size):
            lane = i
{parameters}
            {target} = {function}({arguments})
"""


def row_operation(module, name: str) -> Operation:
    """The operation that applies `module.name` to every element of a row.

    With `pitch` 1 all lanes share the parameters; otherwise parameter k of lane i is
    block[k * pitch + i] (simultaneous perturbations move θ in each replication).
    """
    function, index = base_name(name)
    passes = getattr(module, "PASSES", {}).get(name, (function,))
    plain = re.sub(r"\W+", "_", f"{getattr(module, 'tag', '')} {name}").strip("_")
    source = _SOURCE.format(
        name=plain,
        shared="".join(_loop(_SHARED, module, one, index, "{k}") for one in passes),
        per_lane="".join(_loop(_PER_LANE, module, one, index, "{k} * pitch + i") for one in passes),
    )
    scope = {**vars(module), "apart": apart}
    if hasattr(module, "constants"):
        scope["constants_of"] = module.constants
    exec(compile(source, module.__file__, "exec"), scope)
    rows = scope[f"{plain}_rows"]
    if hasattr(module, "cache_stamp"):
        rows.cache_stamp = module.cache_stamp
    sent_as = getattr(module, "sent_as", module.__name__)
    return Operation(rows, SIGNATURE, (_sent, (sent_as, name)))


@functools.cache
def _sent(module: str, name: str) -> Operation:
    """The operation in a process that it was sent to."""
    return row_operation(family(module), name)


def base_name(name: str) -> tuple[str, int | None]:
    """The function behind an operation's name, and the number in its brackets."""
    counted = re.fullmatch(r"(\w+)\[(\d+)\]", name)
    return (counted[1], int(counted[2])) if counted else (name, None)


def _loop(form, module, function, index, place):
    """The source of one run through the rows; parameter k stands at block[place]."""
    asked = list(inspect.signature(getattr(module, function).py_func).parameters)
    words = WORDS | {"index": str(index)}
    return form.format(
        function=function,
        arguments=", ".join(words.get(argument, argument) for argument in asked),
        target="out[i], second[i]" if is_pair(function) else "out[i]",
        parameters=_parameters(module, function, asked, place, form == _SHARED),
    )


def is_pair(function: str) -> bool:
    """Whether a function fills both rows, as weak derivatives do."""
    return function.startswith(PAIRS) and not function.endswith("_constant")


def _parameters(module, function, asked, place, shared):
    """Source lines that read the parameters (and the constants made of them)."""
    lines = [
        f"{parameter} = block[{place.format(k=k)}]"
        for k, parameter in enumerate(module.PARAMETERS)
        if parameter in asked or "constants" in asked
    ]
    if "constants" in asked:
        own = f"constants_{function}"
        made = own if hasattr(module, own) else "constants_of"
        lines.append(f"constants = {made}({', '.join(module.PARAMETERS)})")
    indent = " " * (8 if shared else 12)
    return "\n".join(indent + line for line in lines or ["pass"])
