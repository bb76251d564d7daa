"""Lists, dicts and objects that a user's function reads from outside, as constants of its code.

The compiler knows numbers, tuples and arrays. A list of numbers becomes an array, another list a
tuple; an object of attributes (a dataclass, a namespace) passes for a module of that content;
and D["name"], with the name written out, is what stands there when the function is compiled.
"""

import enum
from types import ModuleType
from typing import Any

import numpy as np
from numba.core import ir

COMPILER_KNOWS = ("numpy", "numba", "builtins", "math", "cmath", "operator", "typing", "types")


def is_object(value: Any) -> bool:
    """Whether it is an object whose attributes are to be read: of a class of the user's own."""
    if isinstance(value, (type, enum.Enum, tuple, list, dict, ModuleType, np.ndarray, np.generic)):
        return False
    home = type(value).__module__.split(".")[0]
    return (home not in COMPILER_KNOWS or type(value).__name__ == "SimpleNamespace") and (
        not callable(value)
    )


def listed(value: list) -> Any:
    """An array of numbers, in one dimension or more; else a tuple."""
    if _shape(value) is not None:
        return np.array(value)
    return tuple(listed(item) if isinstance(item, list) else item for item in value)


def _shape(value: list) -> tuple | None:
    """The shape of equally long lists of numbers; None where it is something else."""
    shapes = {
        _shape(item) if isinstance(item, list) else () if _is_number(item) else None
        for item in value
    }
    if len(shapes) != 1 or None in shapes:
        return None
    return (len(value), *shapes.pop())


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float, np.number)) and abs(value) < 2.0**63


def read_entries(func_ir: ir.FunctionIR) -> bool:
    """Put what stands in a dict in the place of D["name"]; whether there was any."""
    replaced = False
    for block in func_ir.blocks.values():
        for statement in block.find_insts(ir.Assign):
            found = _entry(func_ir, statement.value)
            if found is not None:
                statement.value = found
                func_ir._definitions[statement.target.name] = [found]
                replaced = True
    if replaced:
        _drop_unread(func_ir)
    return replaced


def _entry(func_ir, value):
    """The constant behind an item of a dict from outside; None for anything else."""
    operation = getattr(value, "op", None)
    if operation == "static_getitem":
        key: Any = value.index
    elif operation == "getitem":
        key = _only(func_ir, value.index)
        key = key.value if isinstance(key, ir.Const) else None
    else:
        return None
    held = _constant(func_ir, value.value)
    if not isinstance(held, dict) or key is None or key not in held:
        return None
    return ir.Global(f"[{key!r}]", held[key], value.loc)


def _constant(func_ir, variable):
    """What a variable stands for: something from outside, or an attribute of that."""
    found = _only(func_ir, variable)
    if isinstance(found, (ir.Global, ir.FreeVar)):
        return found.value
    if getattr(found, "op", None) == "getattr":
        return getattr(_constant(func_ir, found.value), found.attr, None)
    return None


def _only(func_ir, variable):
    """What a variable was given, where that is one thing."""
    found = func_ir._definitions.get(variable.name, [])
    if len(found) == 1 and isinstance(found[0], ir.Var):
        return _only(func_ir, found[0])
    return found[0] if len(found) == 1 else None


def _drop_unread(func_ir):
    """Dicts that nothing reads any more have no type: a number stands for them."""
    read = {
        variable.name
        for block in func_ir.blocks.values()
        for statement in block.body
        if not isinstance(statement, ir.Del)
        for variable in statement.list_vars()
        if not (isinstance(statement, ir.Assign) and statement.target == variable)
    }
    for block in func_ir.blocks.values():
        for statement in block.find_insts(ir.Assign):
            target = statement.target
            if target.name not in read and isinstance(_constant(func_ir, target), dict):
                statement.value = ir.Const(0, statement.loc)
                func_ir._definitions[target.name] = [statement.value]
