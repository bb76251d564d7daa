"""Lists in functions of duals: [0.0] * n may be given duals later, so it begins with duals.

A pass over the compiler's intermediate code wraps whatever is put into a list (by a display,
by `append`, in a comprehension) or a dict display in a call that turns real numbers into duals.
"""

import functools

from numba.core import ir, types
from numba.extending import intrinsic

from ..user.passes import choice_of, compiler
from .methods import as_functions
from .number import Dual, Number

HEAPS = ("heappush", "heappushpop", "heapreplace")


@functools.cache
def dual_code(kind, output=None, *further):
    """The decorator that compiles a user's function for these duals.

    With `output` it returns that entry of its result; `further`: passes that come after.
    """
    lists = f"lift items to {kind}", functools.partial(_lift_items, lift=_lift(kind))
    methods = "methods of arrays as functions", as_functions
    return compiler(*choice_of(output), methods, lists, *further)


def _lift(kind):
    def lifted(item):
        if isinstance(item, (types.Float, Dual)):
            return kind
        if isinstance(item, (types.Tuple, types.UniTuple)):
            return types.Tuple([lifted(one) for one in item])
        return types.unliteral(item)

    @intrinsic
    def lift(typingctx, item):
        """Real numbers as duals, in tuples too; anything else as it is."""
        wanted = lifted(item)

        def codegen(context, builder, signature, args):
            if wanted is kind:
                return Number(context, builder, item, args[0]).to(kind).value
            kept = context.cast(builder, args[0], item, wanted)
            context.nrt.incref(builder, wanted, kept)  # a list, say: now two hold it
            return kept

        return wanted(item), codegen

    return lift


def _lift_items(func_ir, lift):
    """Wrap the items of every list and dict display; whether there were any."""
    appends = {
        statement.target.name
        for block in func_ir.blocks.values()
        for statement in block.find_insts(ir.Assign)
        if _puts(statement.value)
    }
    changed = False
    for block in func_ir.blocks.values():
        body = []
        for statement in block.body:
            value = getattr(statement, "value", None)
            operation = getattr(value, "op", None)
            if operation == "build_list":
                value.items = [_lifted(item, block, body, lift, func_ir) for item in value.items]
                changed = True
            elif operation == "build_map":
                value.items = [
                    (key, _lifted(item, block, body, lift, func_ir)) for key, item in value.items
                ]
                changed = True
            elif operation == "call" and value.func.name in appends:
                value.args = [_lifted(item, block, body, lift, func_ir) for item in value.args]
                changed = True
            body.append(statement)
        block.body = body
    return changed


def _puts(function):
    """Whether what is called puts its arguments into a list or a heap."""
    if getattr(function, "op", None) == "getattr":
        return function.attr in ("append", "insert", *HEAPS)
    named = isinstance(function, (ir.Global, ir.FreeVar))
    return named and getattr(function.value, "__name__", "") in HEAPS


def _lifted(item, block, body, lift, func_ir):
    """Statements that lift one item, appended to the body; the variable of the result."""
    function = block.scope.redefine("$lift", item.loc)
    result = block.scope.redefine("$lifted", item.loc)
    call = ir.Expr.call(function, [item], (), item.loc)
    for value, target in ((ir.Global("lift", lift, item.loc), function), (call, result)):
        body.append(ir.Assign(value, target, item.loc))
        func_ir._definitions[target.name].append(value)
    return result
