"""Lists in functions of duals: [0.0] * n may be given duals later, so it begins with duals.

A pass over the compiler's intermediate code wraps whatever is put into a list (by a display,
by `append`, in a comprehension) or a dict display in a call that turns real numbers into duals.
"""

import functools

from numba.core import ir, types
from numba.extending import intrinsic

from .dual import Dual, Number
from .dual_methods import as_functions
from .user_passes import choice_of, compiler


@functools.cache
def dual_code(kind, output=None, *further):
    """The decorator that compiles a user's function for these duals.

    With `output` it returns that entry of its result; `further`: passes that come after.
    """
    lists = f"lift items to {kind}", functools.partial(_lift_items, lift=_lift(kind))
    methods = "methods of arrays as functions", as_functions
    return compiler(*choice_of(output), methods, lists, *further)


def _lift(kind):
    @intrinsic
    def lift(typingctx, item):
        """Real numbers as duals; anything else as it is."""
        wanted = kind if isinstance(item, (types.Float, Dual)) else types.unliteral(item)

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
        if getattr(statement.value, "op", None) == "getattr" and statement.value.attr == "append"
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


def _lifted(item, block, body, lift, func_ir):
    """Statements that lift one item, appended to the body; the variable of the result."""
    function = block.scope.redefine("$lift", item.loc)
    result = block.scope.redefine("$lifted", item.loc)
    call = ir.Expr.call(function, [item], (), item.loc)
    for value, target in ((ir.Global("lift", lift, item.loc), function), (call, result)):
        body.append(ir.Assign(value, target, item.loc))
        func_ir._definitions[target.name].append(value)
    return result
