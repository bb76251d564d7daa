"""Compiling users' functions with passes of our own over the compiler's intermediate code."""

import functools

import numba
from numba.core import ir
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.untyped_passes import InlineClosureLikes

from ..jit.compile import USER_FLAGS
from ..jit.wide import nopython_pipeline
from .constants import read_entries
from .whole_numbers import CheckedLowering


def compiler(*rewrites):
    """The decorator that compiles a function with these passes.

    Each is (name, rewrite): rewrite(func_ir) says whether it changed anything; names are
    unique, and the first comes first.
    """
    always = ("entries of dicts from outside", read_entries)
    passes = [_pass(name, rewrite) for name, rewrite in (always, *rewrites)]

    class Compiler(CompilerBase):
        def define_pipelines(self):
            builder = nopython_pipeline(self.state, CheckedLowering)
            for one in reversed(passes):
                builder.add_pass_after(one, InlineClosureLikes)
            builder.finalize()
            return [builder]

    return numba.njit(**USER_FLAGS | {"pipeline_class": Compiler})


_PASSES = {}


def _pass(name, rewrite):
    if name not in _PASSES:

        @register_pass(mutates_CFG=False, analysis_only=False)
        class Rewrite(FunctionPass):
            _name = name

            def __init__(self):
                FunctionPass.__init__(self)

            def run_pass(self, state):
                return rewrite(state.func_ir)

        _PASSES[name] = Rewrite
    return _PASSES[name]


def choice_of(output):
    """The pass that lets a function return one entry of its result, the output, or a tuple of
    several entries, where `output` is a tuple of their names.

    A dict display that is returned is not made at all: a dict of compiled code costs a table
    in memory, and all its values must be of one type.
    """
    if output is None:
        return ()
    return ((f"choose_{output!r}", functools.partial(_choose, output=output)),)


def _choose(func_ir, output):
    for block in func_ir.blocks.values():
        if isinstance(block.body[-1], ir.Return):
            cast = next(s for s in block.find_insts(ir.Assign) if s.target == block.body[-1].value)
            if not _in_place_of_display(func_ir, cast.value, output):
                _take_entry(func_ir, block, cast, output)
    return True


def _in_place_of_display(func_ir, cast, output):
    """Where a dict display is only returned: its entry in the place of the dict."""
    made, definitions = cast.value, func_ir._definitions[cast.value.name]
    display = definitions[0]
    if len(definitions) != 1 or getattr(display, "op", None) != "build_map":
        return False
    known = display.value_indexes or {}
    names = output if isinstance(output, tuple) else (output,)
    if any(name not in known for name in names) or _uses(func_ir, made) != 1:
        return False
    entry = _entry_of(display, output)
    for block in func_ir.blocks.values():
        for statement in block.find_insts(ir.Assign):
            if statement.value is display:
                statement.value = entry
    func_ir._definitions[made.name] = [entry]
    return True


def _entry_of(display, output):
    """What stands under this name in a dict display; a tuple for a tuple of names."""
    if not isinstance(output, tuple):
        return display.items[display.value_indexes[output]][1]
    entries = [display.items[display.value_indexes[name]][1] for name in output]
    return ir.Expr.build_tuple(entries, display.loc)


def _uses(func_ir, variable):
    """In how many statements a variable stands, but for its own definition."""
    return sum(
        variable in statement.list_vars()
        and not (isinstance(statement, ir.Assign) and statement.target == variable)
        for block in func_ir.blocks.values()
        for statement in block.body
        if not isinstance(statement, ir.Del)
    )


def _take_entry(func_ir, block, cast, output):
    """result[output] in the place of the result, or (result[first], result[second], …)."""
    made, entries = [], []
    for name in output if isinstance(output, tuple) else (output,):
        key = block.scope.redefine("$output", cast.loc)
        entry = block.scope.redefine("$entry", cast.loc)
        item = ir.Expr.static_getitem(cast.value.value, name, key, cast.loc)
        made += [(ir.Const(name, cast.loc), key), (item, entry)]
        entries.append(entry)
    if isinstance(output, tuple):
        result = block.scope.redefine("$outputs", cast.loc)
        made.append((ir.Expr.build_tuple(entries, cast.loc), result))
        entries = [result]
    place = block.body.index(cast)
    for value, target in made:
        func_ir._definitions[target.name].append(value)
        block.body.insert(place, ir.Assign(value, target, cast.loc))
        place += 1
    cast.value.value = entries[0]
