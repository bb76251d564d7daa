"""Writes the body of a walk: the user's statements, and what is told at the heads of the loop."""

import ast

from .assigned import Unfit, check_temporaries, definitely, loads, stores
from .walk_nodes import (
    ADDED,
    AT,
    DO,
    NEXT,
    NOTED,
    PLACE,
    PREFIX,
    RECORDING,
    call,
    name_of,
    set_to,
)


class Writer:
    """Writes the body of a walk."""

    def __init__(self, body, reads):
        place = next((k for k, one in enumerate(body) if _is_main(one)), None)
        if place is None:
            raise Unfit
        self.before, self.loop, self.after = body[:place], body[place], body[place + 1 :]
        self.reads = reads
        set_before, set_inside = stores(self.before), stores(self.loop.body)
        if isinstance(self.loop, ast.For):
            set_inside |= stores([self.loop.target])
        sure = definitely(self.before)
        behind = loads(self.after)
        inside = loads([*self.loop.body, *self._condition()])
        self.carried = sorted(set_inside & set_before)
        self.held = sorted((set_before - set_inside) & (inside | behind))
        if not {*self.carried, *self.held} <= sure:
            raise Unfit
        own = set_inside - set_before
        loop_names = stores([self.loop.target]) if isinstance(self.loop, ast.For) else set()
        if isinstance(self.loop, ast.While):
            # A draw may be read by the test alone that ends the loop: resumed there, no iteration
            # sets what is read behind it.
            if loads([self.loop.test]) & own or (behind & own and reads_draws(self.loop.test)):
                raise Unfit
        check_temporaries(self.loop.body, own, loop_names, behind & own)
        self.sums = [name for name in self.carried if self._is_sum(name)]
        self.held = [name for name in self.held if self._may_change(name)]
        # What is behind the loop is gone through once more: only if it is short.
        nodes = [node for one in self.after for node in ast.walk(one)]
        self.short = not any(isinstance(node, (ast.For, ast.While)) for node in nodes)

    def _condition(self):
        return [self.loop.test] if isinstance(self.loop, ast.While) else []

    def _is_sum(self, name):
        """Whether the loop only adds to it."""
        if name in loads(self._condition()):
            return False
        added = 0
        for node in ast.walk(ast.Module(self.loop.body, [])):
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                if node.target.id == name:
                    if not isinstance(node.op, (ast.Add, ast.Sub)):
                        return False
                    added += 1
        uses = [n for one in self.loop.body for n in ast.walk(one) if isinstance(n, ast.Name)]
        return added > 0 and sum(n.id == name for n in uses) == added

    def _may_change(self, name):
        """Whether what stands under a name that is not set again may change: all but what is only
        read by an index."""
        quiet = 0
        parts = [*self.loop.body, *self._condition(), *self.after]
        nodes = [node for one in parts for node in ast.walk(one)]
        for node in nodes:
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                quiet += isinstance(node.value, ast.Name) and node.value.id == name
        return quiet < sum(isinstance(n, ast.Name) and n.id == name for n in nodes)

    def body(self):
        """The statements of the walk."""
        reads, places = self.reads, {}
        place = len(reads.fields)  # how many draws each stream gave comes first
        for name in self.carried:
            places[name] = place
            place += 2 if name in self.sums else 1
        reads.sums = len(self.sums)
        self.places, self.fixed = places, place
        room = ast.Constant(place)
        for name in self.held:
            room = ast.BinOp(
                room, ast.Add(), ast.Call(name_of(f"{PREFIX}room"), [name_of(name)], [])
            )
        made = [set_to(NOTED, call("noting")), set_to(RECORDING, call("recording")), *self.before]
        made += self._counted() if isinstance(self.loop, ast.For) else []
        made.append(set_to(AT, call("begin", room)))
        made.append(set_to(NEXT, call("following")))
        test = ast.Constant(True)
        rest = []
        if isinstance(self.loop, ast.For):
            test = ast.Compare(name_of(AT), [ast.Lt()], [name_of("_fg__count")])
            step = ast.BinOp(name_of(AT), ast.Mult(), name_of("_fg__step"))
            rest.append(
                set_to(self.loop.target.id, ast.BinOp(name_of("_fg__first"), ast.Add(), step))
            )
        else:
            ended = ast.UnaryOp(ast.Not(), self.loop.test)
            rest.append(ast.If(ended, [ast.Break()], []))
        inside = [
            *self._head(),
            *rest,
            ast.If(name_of(RECORDING), [ast.Expr(call("enter", name_of(AT)))], []),
            ast.AugAssign(ast.Name(AT, ast.Store()), ast.Add(), ast.Constant(1)),
            *_Noting(self.sums).visit(ast.Module(self.loop.body, [])).body,
        ]
        made.append(ast.While(test, inside, []))
        made.append(ast.Expr(call("behind")))
        return [*made, *self.after]

    def _counted(self):
        """The range of the loop, as it is when the loop begins."""
        given = self.loop.iter.args
        first = given[0] if len(given) > 1 else ast.Constant(0)
        last = given[1] if len(given) > 1 else given[0]
        step = given[2] if len(given) > 2 else ast.Constant(1)
        ends = [name_of(f"_fg__{name}") for name in ("first", "last", "step")]
        whole = ast.Call(name_of("range"), ends, [])
        return [
            set_to("_fg__first", first),
            set_to("_fg__last", last),
            set_to("_fg__step", step),
            set_to("_fg__count", ast.Call(name_of("len"), [whole], [])),
        ]

    def _head(self):
        """What is done at the head of an iteration."""
        keep, restore, last, leave = [], [], [], []
        for name in self.carried:
            place = self.places[name]
            keep.append(ast.Expr(call("put", place, name_of(name))))
            if name in self.sums:
                number = self.sums.index(name)
                keep.append(ast.Expr(call("put", place + 1, call("noted", number))))
                restore.append(set_to(name, call("total", place, number, name_of(name))))
                last.append(set_to(name, call("later", place, number, name_of(name))))
                leave.append(ast.Expr(call("leave", place, number, name_of(name))))
            else:
                restore.append(set_to(name, call("get", call("row"), place, name_of(name))))
                last.append(set_to(name, call("get", call("last_row"), place, name_of(name))))
        for statements, kind, first in (
            (keep, "keep_array", ast.Constant(self.fixed)),
            (restore, "load_array", ast.BinOp(call("row"), ast.Add(), ast.Constant(self.fixed))),
            (last, "load_array", ast.BinOp(call("last_row"), ast.Add(), ast.Constant(self.fixed))),
        ):
            if self.held:
                statements.append(set_to(PLACE, first))
            statements += [set_to(PLACE, call(kind, name_of(PLACE), name_of(n))) for n in self.held]
        last += [set_to(AT, call("merged"))]
        if self.sums and self.short:
            last = [*leave, ast.Break()]
        look = ast.Compare(name_of(AT), [ast.GtE()], [name_of(NEXT)])
        done = [
            set_to(DO, call("head", name_of(AT))),
            ast.If(
                _is(1), keep,
                [ast.If(_is(2), restore, [ast.If(_is(3), self._compared(last), [])])],
            ),
            set_to(NEXT, call("following")),
        ]  # fmt: skip
        return [ast.If(look, done, [])]

    def _compared(self, last):
        """If all is as it was, on to the last head."""
        numbers = [name for name in self.carried if name not in self.sums]
        tests = [call("same", self.places[name], name_of(name)) for name in numbers]
        test = ast.BoolOp(ast.And(), [*tests, ast.Constant(True), ast.Constant(True)])
        if not self.held:
            return [ast.If(test, last, [])]
        compared = [set_to(PLACE, ast.Constant(self.fixed))]
        compared += [
            set_to(PLACE, call("same_array", name_of(PLACE), name_of(n))) for n in self.held
        ]
        then = ast.If(ast.Compare(name_of(PLACE), [ast.GtE()], [ast.Constant(0)]), last, [])
        return [ast.If(test, [*compared, then], [])]


class _Noting(ast.NodeTransformer):
    """Lets what is added to sums be noted."""

    def __init__(self, sums):
        self.sums = sums

    def visit_AugAssign(self, node):
        if not (isinstance(node.target, ast.Name) and node.target.id in self.sums):
            return node
        number, sign = self.sums.index(node.target.id), 1.0
        if isinstance(node.op, ast.Sub):
            sign = -1.0
        added, total = f"{ADDED}_{number}", name_of(node.target.id)
        noted = ast.Expr(call("note", name_of(RECORDING), number, total, name_of(added), sign))
        node.value, value = name_of(added), node.value
        return [set_to(added, value), noted, node]


def _is(number):
    return ast.Compare(name_of(DO), [ast.Eq()], [ast.Constant(number)])


def _is_main(statement):
    """Whether a statement is a loop that reads draws, of a form that is known."""
    if not isinstance(statement, (ast.For, ast.While)) or not reads_draws(statement):
        return False
    if statement.orelse:
        raise Unfit
    if isinstance(statement, ast.While):
        return True
    over = statement.iter
    ranged = isinstance(over, ast.Call) and isinstance(over.func, ast.Name)
    if not ranged or over.func.id != "range" or over.keywords or not 1 <= len(over.args) <= 3:
        raise Unfit
    if not isinstance(statement.target, ast.Name):
        raise Unfit
    return True


def reads_draws(node):
    """Whether a draw is read somewhere in it."""
    marks = {f"{PREFIX}mark", f"{PREFIX}gave"}
    return any(isinstance(n, ast.Name) and n.id in marks for n in ast.walk(node))
