"""What a user's function is called with when it runs as plain Python."""

import functools
import math
from collections import namedtuple

import numpy as np

from ..distributions.parts.rows import row_operation
from .free_draws import OUTSIDE, TAKES, domains_of, module_of
from .record import ONE, STREAM, WHOLE
from .simulation import Layout, fields_of
from .streams import Stream


def records(layout: Layout) -> tuple[type, type]:
    """The classes of x and p."""
    variates, own, _ = fields_of(layout)
    return (
        namedtuple("x", [field.name for field in variates]),
        namedtuple("p", [field.name for field in own]),
    )


def call_arguments(layout: Layout, counts, variates, structure) -> list:
    """The arguments in one replication; variates, structure: all rows of that replication."""
    inputs, own, _ = fields_of(layout)
    given = [_input(field, counts, variates) for field in inputs]
    if not layout.record:
        return given
    named, parameters = records(layout)
    return [named(*given), parameters(*(_parameter(field, counts, structure) for field in own))]


def _input(field, counts, variates):
    first, draws = counts[field.at], counts[field.at + 1]
    if field.form == ONE:
        return _python(variates[first])
    many = variates[first : first + draws]
    if isinstance(field.form, str):
        return Free(field.name, field.form, many)
    return Stream(many) if field.form == STREAM else many


class Free(Stream):
    """Draws with free parameters."""

    def __init__(self, name, family, values):
        super().__init__(values)
        self.name, self.family, self.module = name, family, module_of(family)

    def next(self, *given):
        """The next draw, of these parameters; it moves with those that have tangents."""
        names, defaults = list(self.module.PARAMETERS), getattr(self.module, "DEFAULTS", {})
        if not len(names) - len(defaults) <= len(given) <= len(names):
            raise TypeError(TAKES.format(self.name, ", ".join(names), len(given)))
        given = [*given, *(defaults[name] for name in names[len(given) :])]
        for name, number in zip(names, given, strict=True):
            if np.ndim(getattr(number, "value", number)):
                kind = f"{np.ndim(number)}-d array"
                raise TypeError(f"x.{self.name}.next: {name} must be one number, got {kind}")
        plain = [float(getattr(number, "value", number)) for number in given]
        told = {f"given_{j}": value for j, value in enumerate(plain)}
        for name, holds in zip(names, domains_of(self.family), strict=True):
            if not eval(holds, {"math": math, **told}):
                raise ValueError(OUTSIDE.format(self.name, name))
        uniform = super().next()
        uniform = float(getattr(uniform, "value", uniform))  # all numbers have tangents there
        value = made_of(self.family, "variate", uniform, 0.0, plain)
        moving = [(n, g) for n, g in zip(names, given, strict=True) if hasattr(g, "tangent")]
        moving = [(name, number) for name, number in moving if np.any(number.tangent)]
        if not moving:
            return value
        total = 0.0
        for name, number in moving:
            if not hasattr(self.module, f"derivative_{name}"):
                raise ValueError(f"x.{self.name}.next: no path derivative by {name}")
            slope = made_of(self.family, f"derivative_{name}", uniform, value, plain)
            total = total + slope * number.tangent
        return type(moving[0][1])(value, total)


def made_of(family, function, uniform, value, parameters):
    """A function of a family's file, at one uniform, its variate and its parameters."""
    run = _compiled(family, function).ctypes
    u, x, block = np.array([uniform]), np.array([value]), np.array(parameters)
    out, second = np.empty(1), np.empty(1)
    rows = (u, x, u, u, block, out, second)
    run(1, 1, *(a.ctypes.data_as(t) for a, t in zip(rows, run.argtypes[2:], strict=True)))
    return float(out[0])


@functools.cache
def _compiled(family, function):
    return row_operation(module_of(family), function).compiled


def _parameter(field, counts, structure):
    if not field.ndim:
        whole = field.form == WHOLE
        return int(counts[field.at]) if whole else _python(structure[counts[field.at]])
    values = np.asarray(counts if field.form == WHOLE else structure)
    first, shape = counts[field.at], tuple(counts[field.at + 1 : field.at + 1 + field.ndim])
    return values[first : first + int(np.prod(shape))].reshape(shape)


def _python(number):
    """Python's own float, which does not divide by zero; anything else as it is."""
    return float(number) if isinstance(number, float) else number
