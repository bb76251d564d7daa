"""A user's function as a walk that can be resumed: at the head of each iteration of its main loop.

The main loop is the first at the top of the function that reads draws. Of its source a second
function is written, which does the same, operation by operation, and tells a desk what it passes
(`checkpoints.py`): its state at each head, where each draw is read, what is added to each sum.
A phantom, the same path with one draw replaced, can then begin where that draw is first read, and
end where its state is that of the nominal path and the draw is not read again: from there on both
do the same, but for sums, to which the same numbers are added one by one.

What cannot be proven to be so, by the source or by types, has no walk: None.
"""

import ast
import bisect
import copy
import dis
import inspect
import textwrap
from types import FunctionType
from typing import NamedTuple

from .assigned import Unfit, stores
from .checkpoints import STUBS
from .draw_reads import Reads
from .walk_nodes import DESK, PREFIX
from .walk_writer import Writer

LEAVES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Try, ast.With,
          ast.Global, ast.Nonlocal, ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await, ast.Delete,
          ast.Match, ast.Starred, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
          ast.Import, ast.ImportFrom)  # fmt: skip

SAME = {"LOAD_METHOD": "LOAD_ATTR"}
QUIET = {"NOP", "CACHE", "RESUME", "PRECALL", "PUSH_NULL", "EXTENDED_ARG"}
JUMPS = {*dis.hasjrel, *dis.hasjabs}


class Walk(NamedTuple):
    """A resumable function (x, p, desk), the inputs whose draws it notes, and how many sums."""

    function: FunctionType
    noted: tuple[int, ...]
    sums: int


def walk_of(function, layout):
    """The walk of a user's function, or None."""
    try:
        return _walk(function, layout)
    except (Unfit, OSError, TypeError, SyntaxError, IndentationError):
        return None


def _walk(function, layout):
    if not layout.record or any(isinstance(form, str) for _, form in layout.inputs):
        raise Unfit
    tree = _tree(function)
    x, p = (argument.arg for argument in tree.args.args)
    fields = {name: (k, form) for k, (name, form) in enumerate(layout.inputs)}
    reads = Reads(x, fields)
    tree.body = [reads.visit(one) for one in tree.body]
    taken = stores(tree.body) | function.__globals__.keys() | {*function.__code__.co_freevars}
    if {x, p} & stores(tree.body) or {"len", "range"} & taken:
        raise Unfit
    body = Writer(tree.body, reads).body()
    tree.body = body
    tree.name = f"walk_{function.__name__}"
    tree.args.args.append(ast.arg(DESK))
    noted = tuple(sorted(reads.noted - reads.elsewhere))
    return Walk(_made(tree, function), noted, reads.sums)


def _tree(function):
    """The syntax tree of a function, which is that of its code."""
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise Unfit
    if any(isinstance(node, LEAVES) for one in tree.body for node in ast.walk(one)):
        raise Unfit
    tree.decorator_list, tree.returns = [], None
    arguments = tree.args
    plain = len(arguments.args) == 2 and not (arguments.vararg or arguments.kwarg)
    if not plain or arguments.kwonlyargs or arguments.defaults or arguments.posonlyargs:
        raise Unfit
    for argument in arguments.args:
        argument.annotation = None
    if PREFIX in source:
        raise Unfit
    if _steps(_made(tree, function)) != _steps(function):
        raise Unfit  # the file was edited, or this is another function of the same name
    return tree


def _steps(function):
    """What the code of a function does, and from where to where it jumps, counted in steps: in
    bytes that hangs on how far apart things are."""
    code = [step for step in dis.get_instructions(function) if step.opname not in QUIET]
    places = [step.offset for step in code]
    steps = []
    for step in code:
        name, told = SAME.get(step.opname, step.opname), repr(step.argval)
        if step.opcode in JUMPS:
            # The way back and the way ahead have names of their own only where bytes count.
            name = name.replace("_FORWARD", "").replace("_BACKWARD", "")
            told = bisect.bisect_left(places, step.argval)
        steps.append((name, told))
    return steps


def _made(tree, function):
    """The function of a tree, with what the original refers to."""
    names = function.__code__.co_freevars
    outer = ast.parse(f"def outer({', '.join(names)}):\n    pass")
    outer.body[0].body = [copy.deepcopy(tree), ast.Return(ast.Name(tree.name, ast.Load()))]
    ast.fix_missing_locations(outer)
    code = compile(outer, function.__code__.co_filename, "exec")
    scope = {}
    exec(code, scope)
    template = scope["outer"](*names)
    known = {f"{PREFIX}{name}": stub for name, stub in STUBS.items()}
    cells = dict(zip(names, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in template.__code__.co_freevars)
    scope = {**function.__globals__, **known}
    return FunctionType(template.__code__, scope, tree.name, None, closure or None)
