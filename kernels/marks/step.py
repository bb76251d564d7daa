"""Marked thresholds: `step(a > b)` says that the output may jump there, and is to be smoothed.

In an ordinary run it is 1.0 or 0.0. For smoothing, a pass over the compiler's intermediate
code puts a call in its place that sees both sides of the comparison and the line it stands
on: `mark(larger, smaller, strict, site)`, for a comparison that holds if larger > smaller.
"""

import functools
import operator
import zlib

from numba.core import ir
from numba.core.errors import UnsupportedError
from numba.extending import overload

from ..jit.compile import USER_FLAGS

# operator: whether the left side is the larger one where it holds, whether it must be larger
COMPARISONS = {
    operator.gt: (True, True),
    operator.ge: (True, False),
    operator.lt: (False, True),
    operator.le: (False, False),
}
ADVICE = "fg.step needs one comparison of two numbers, as in fg.step(wait > p.limit)"


def step(condition):
    """1.0 where the condition holds, else 0.0; the output may jump there, and is to be smoothed.

    For functions given to `Simulation` and `Expectation`: fg.step(wait > p.limit), as a number
    or in control flow. It costs nothing in a plain simulation. It tells smoothed perturbation
    analysis where to look, and keeps IPA from being used where it would be biased.

    Parameters
    ----------
    condition : comparison of two numbers by >, >=, < or <=
        Written inside the call.

    Returns
    -------
    float
    """
    return 1.0 if condition else 0.0


@overload(step, jit_options=USER_FLAGS)
def _step(condition):
    return lambda condition: 1.0 if condition else 0.0


def unmarked(condition):
    """What stands for `step` until the pass has replaced it."""
    raise NotImplementedError


@overload(unmarked, jit_options=USER_FLAGS)
def _unmarked(condition):
    raise UnsupportedError(ADVICE)


def marked_swap(swap):
    """An exchange of what a function refers to that puts `unmarked` in the place of `step`."""
    return lambda value: unmarked if value is step else swap(value)


def site_of(qualified_name, line):
    """A number for a line, counted from the first of its function, that fits 32 bits."""
    return (zlib.crc32(qualified_name.encode()) & 0xFFFF) << 16 | (line & 0xFFFF)


def marking(mark):
    """The pass that puts mark(larger, smaller, strict, site) in the place of every `unmarked`."""
    return (f"mark steps by {mark.__name__}", functools.partial(_replace_steps, mark=mark))


def _replace_steps(func_ir, mark):
    changed = False
    for block in func_ir.blocks.values():
        body = []
        for statement in block.body:
            value = getattr(statement, "value", None)
            if getattr(value, "op", None) == "call" and _referred(func_ir, value.func) is unmarked:
                statement.value = _marked(func_ir, block, body, value, mark)
                changed = True
            body.append(statement)
        block.body = body
    return changed


def _referred(func_ir, variable):
    """What a variable stands for: a global, or an attribute of one; None if it is neither."""
    definitions = func_ir._definitions.get(variable.name, [])
    if not definitions:
        return None
    found = definitions[0]  # of several in a branching argument all are alike
    if isinstance(found, ir.Var):
        return _referred(func_ir, found)
    if isinstance(found, (ir.Global, ir.FreeVar)):
        return found.value
    if getattr(found, "op", None) == "getattr":
        return getattr(_referred(func_ir, found.value), found.attr, None)
    return None


def _marked(func_ir, block, body, call, mark):
    """The call in the place of step(condition); what it needs is appended to the body."""
    definitions = [
        found
        for argument in call.args
        for found in func_ir._definitions.get(argument.name, [])
        if argument.name.startswith("$")
    ]
    one = definitions[0] if len(call.args) == len(definitions) == 1 else None
    if getattr(one, "op", None) != "binop" or one.fn not in COMPARISONS:
        raise UnsupportedError(f"{ADVICE}\nat {call.loc.filename} ({call.loc.line})")
    left, strict = COMPARISONS[one.fn]
    line = call.loc.line - func_ir.func_id.firstlineno
    site = site_of(func_ir.func_id.func_qualname, line)
    made = []
    for kind, value in ((ir.Global, mark), (ir.Const, strict), (ir.Const, site)):
        target = block.scope.redefine("$mark", call.loc)
        given = kind("mark", value, call.loc) if kind is ir.Global else kind(value, call.loc)
        func_ir._definitions[target.name].append(given)
        body.append(ir.Assign(given, target, call.loc))
        made.append(target)
    sides = (one.lhs, one.rhs) if left else (one.rhs, one.lhs)
    return ir.Expr.call(made[0], [*sides, *made[1:]], (), call.loc)
