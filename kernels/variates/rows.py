"""From the scalar functions of a distribution to operations over rows of lanes.

A distribution's file writes scalar functions and names their arguments; this file writes
the loops. The argument names say what a function needs:

    u           the uniform the variate is made of
    x           the variate
    v, w        fresh uniforms (weak derivatives only)
    constants   what the file's own `constants(parameters...)` returned, once per row
    others      the distribution's parameters, by name

A function that returns a pair (a weak derivative) fills the rows `out` and `second`.
"""

import inspect

from numba import types

from ..compile import Operation
from ..intrinsics import wide

ROWS = ("u", "x", "v", "w")
_POINTER = types.CPointer(types.float64)
SIGNATURE = types.void(types.int64, types.int64, *[_POINTER] * 7)

_SOURCE = """
def {name}_rows(n, pitch, u, x, v, w, parameters, out, second):
    wide()
    if pitch == 1:
{shared}
        for i in range(n):
            {target} = {name}({arguments})
    else:
        for i in range(n):
{per_lane}
            {target} = {name}({arguments})
"""


def row_operation(module, name: str) -> Operation:
    """The operation that applies `module.name` to every element of a row.

    With `pitch` 1 all lanes share the parameters; otherwise parameter k of lane i is
    parameters[k * pitch + i] (simultaneous perturbations move θ in each replication).
    """
    function = getattr(module, name)
    asked = list(inspect.signature(function.py_func).parameters)
    pair = name.startswith(("natural", "hahn_jordan"))
    source = _SOURCE.format(
        name=name,
        arguments=", ".join(f"{a}[i]" if a in ROWS else a for a in asked),
        target="out[i], second[i]" if pair else "out[i]",
        shared=_parameters(module, asked, "k", " " * 8),
        per_lane=_parameters(module, asked, "k * pitch + i", " " * 12),
    )
    scope = {**vars(module), "wide": wide}
    exec(compile(source, module.__file__, "exec"), scope)
    return Operation(scope[f"{name}_rows"], SIGNATURE)


def _parameters(module, asked, place, indent):
    """Source lines that read the parameters (and the constants made of them)."""
    lines = [
        f"{parameter} = parameters[{place.replace('k', str(k), 1)}]"
        for k, parameter in enumerate(module.PARAMETERS)
        if parameter in asked or "constants" in asked
    ]
    if "constants" in asked:
        lines.append(f"constants = constants_of({', '.join(module.PARAMETERS)})")
    return "\n".join(indent + line for line in lines or ["pass"])
