"""Methods of arrays in functions of duals: a.sum() becomes np.sum(a), which knows duals.

A pass over the compiler's intermediate code, as for lists: the compiler's own methods of
arrays are for its own numbers only.
"""

from types import ModuleType

from numba.core import ir

from .reductions import METHODS


def as_functions(func_ir):
    """Call the functions in the place of the methods; whether there were any.

    Only what is called: `p.mean` may be a parameter of that name.
    """
    called = {
        statement.value.func.name
        for block in func_ir.blocks.values()
        for statement in block.find_insts(ir.Assign)
        if getattr(statement.value, "op", None) == "call"
    }
    bound = {
        statement.target.name: statement.value
        for block in func_ir.blocks.values()
        for statement in block.find_insts(ir.Assign)
        if getattr(statement.value, "op", None) == "getattr"
        and statement.value.attr in METHODS
        and statement.target.name in called
        and not _is_module(func_ir, statement.value.value)
    }
    for block in func_ir.blocks.values():
        body = []
        for statement in block.body:
            call = getattr(statement, "value", None)
            if getattr(call, "op", None) == "call" and call.func.name in bound:
                method = bound[call.func.name]
                function = block.scope.redefine("$method", call.loc)
                value = ir.Global(method.attr, METHODS[method.attr], call.loc)
                func_ir._definitions[function.name].append(value)
                body.append(ir.Assign(value, function, call.loc))
                call.func, call.args = function, [method.value, *call.args]
            body.append(statement)
        block.body = [
            s for s in body if not (isinstance(s, ir.Assign) and s.value in bound.values())
        ]
    for name in bound:
        del func_ir._definitions[name]
    return bool(bound)


def _is_module(func_ir, variable):
    """Whether it is a module, or something in one."""
    for one in func_ir._definitions[variable.name]:
        if getattr(one, "op", None) == "getattr":
            return _is_module(func_ir, one.value)
        if isinstance(one, (ir.Global, ir.FreeVar)):
            return isinstance(one.value, ModuleType)
    return False
