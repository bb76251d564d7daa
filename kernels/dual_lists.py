"""Lists in functions of duals: [0.0] * n may be given duals later, so it begins with duals.

A pass over the compiler's intermediate code wraps whatever is put into a list (by a display,
by `append`, in a comprehension) in a call that turns real numbers into duals.
"""

import functools

import numba
from numba.core import ir, types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.untyped_passes import InlineClosureLikes
from numba.extending import intrinsic

from .compile import USER_FLAGS
from .dual import Dual, Number


@functools.cache
def dual_code(kind):
    """The decorator that compiles a user's function for these duals."""
    lift = _lift(kind)

    @register_pass(mutates_CFG=False, analysis_only=False)
    class LiftItems(FunctionPass):
        _name = f"lift_items_{kind.width}"

        def __init__(self):
            FunctionPass.__init__(self)

        def run_pass(self, state):
            return _lift_items(state.func_ir, lift)

    class Compiler(CompilerBase):
        def define_pipelines(self):
            passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
            passes.add_pass_after(LiftItems, InlineClosureLikes)
            passes.finalize()
            return [passes]

    return numba.njit(pipeline_class=Compiler, **USER_FLAGS)


def _lift(kind):
    @intrinsic
    def lift(typingctx, item):
        """Real numbers as duals; anything else as it is."""
        wanted = kind if isinstance(item, (types.Float, Dual)) else types.unliteral(item)

        def codegen(context, builder, signature, args):
            if wanted is kind:
                return Number(context, builder, item, args[0]).to(kind).value
            return context.cast(builder, args[0], item, wanted)

        return wanted(item), codegen

    return lift


def _lift_items(func_ir, lift):
    """Wrap the items of every list; whether there were any."""
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
