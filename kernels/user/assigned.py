"""Which names the statements of a function read and set, and which are surely set before read."""

import ast


class Unfit(Exception):
    """A function of which nothing can be proven."""


def _names(nodes, context):
    return {
        node.id
        for one in nodes
        for node in ast.walk(one)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def loads(nodes):
    """Names that are read; those of `name += …` too."""
    added = {
        node.target.id
        for one in nodes
        for node in ast.walk(one)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return _names(nodes, ast.Load) | added


def stores(nodes):
    """Names that are set."""
    return _names(nodes, ast.Store)


def definitely(statements):
    """Names that are set whichever way statements are gone through (to their end)."""
    return _Order(set()).through(statements, set())


def check_temporaries(body, own, given, behind):
    """Raise Unfit unless every name of `own` is set in an iteration before it is read there, and
    those that are read behind the loop in every iteration.

    given: names that each iteration begins with
    """
    order = _Order(own)
    end = order.through(body, set(given))
    for found in [end, *order.leaving]:
        if found is not None and not behind <= found:
            raise Unfit


class _Order:
    """Goes through statements in their order; None stands for a place that is not reached."""

    def __init__(self, own):
        self.own, self.leaving = own, []

    def read(self, nodes, known):
        """Names of `own` must be known where they are read."""
        if (loads(nodes) & self.own) - known:
            raise Unfit

    def through(self, statements, known):
        """What is known behind the statements."""
        for one in statements:
            if known is None:
                return None
            known = self.statement(one, known)
        return known

    def statement(self, one, known):
        """What is known behind one statement."""
        if isinstance(one, ast.If):
            self.read([one.test], known)
            either = [self.through(part, set(known)) for part in (one.body, one.orelse)]
            reached = [found for found in either if found is not None]
            return set.intersection(*reached) if reached else None
        if isinstance(one, ast.For):
            self.read([one.iter], known)
            self.inner(one.body, known | stores([one.target]))
            return known
        if isinstance(one, ast.While):
            self.read([one.test], known)
            self.inner(one.body, known)
            return known
        if isinstance(one, (ast.Break, ast.Continue)):
            self.leaving.append(known)
            return None
        self.read([one], known)
        if isinstance(one, (ast.Return, ast.Raise)):
            return None
        return known | stores([one])

    def inner(self, body, known):
        """A loop inside, whose own break and continue leave nothing else."""
        inside = _Order(self.own)
        inside.through(body, set(known))
