"""Reads of draws in the source of a user's function, each told where it happens."""

import ast

from .assigned import Unfit
from .record import MANY, STREAM
from .walk_nodes import NOTED, call, name_of


class Reads(ast.NodeTransformer):
    """Lets every read of a draw be noted.

    Attributes
    ----------
    noted, elsewhere : set of int
        Inputs whose draws are read one by one; those that are (also) read in other ways.
    """

    def __init__(self, x, fields):
        self.x, self.fields = x, fields
        self.noted, self.elsewhere, self.sums = set(), set(), 0

    def _field(self, node):
        """(number, form) of x.name, or None."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == self.x:
                return self.fields.get(node.attr)
        return None

    def visit_Name(self, node):
        if node.id == self.x:
            raise Unfit  # handed on as a whole
        return node

    def visit_Attribute(self, node):
        field = self._field(node)
        if field is None:
            if isinstance(node.value, ast.Name) and node.value.id == self.x:
                raise Unfit
            return self.generic_visit(node)
        if field[1] == STREAM:
            raise Unfit
        self.elsewhere.add(field[0])
        return node

    def visit_Subscript(self, node):
        field = self._field(node.value)
        if field is None or field[1] != MANY or isinstance(node.slice, (ast.Slice, ast.Tuple)):
            return self.generic_visit(node)
        self.noted.add(field[0])
        length = ast.Call(name_of("len"), [node.value], [])
        node.slice = call("mark", name_of(NOTED), field[0], self.visit(node.slice), length)
        return node

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
            if self._field(node.args[0]) is not None:
                return node
        if isinstance(node.func, ast.Attribute) and node.func.attr == "next" and not node.args:
            field = self._field(node.func.value)
            if field is not None and field[1] == STREAM:
                self.noted.add(field[0])
                return call("gave", name_of(NOTED), field[0], node)
        return self.generic_visit(node)
