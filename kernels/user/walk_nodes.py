"""Names and calls in the source of a walk (`resumable.py`)."""

import ast

DESK, AT, DO, PLACE, ADDED = "_fg__desk", "_fg__at", "_fg__do", "_fg__place", "_fg__added"
NOTED, NEXT, RECORDING = "_fg__noted", "_fg__next", "_fg__recording"
PREFIX = "_fg_"


def call(name, *arguments):
    made = [a if isinstance(a, ast.AST) else ast.Constant(a) for a in arguments]
    return ast.Call(name_of(f"{PREFIX}{name}"), [name_of(DESK), *made], [])


def name_of(name):
    return ast.Name(name, ast.Load())


def set_to(name, value):
    return ast.Assign([ast.Name(name, ast.Store())], value)
