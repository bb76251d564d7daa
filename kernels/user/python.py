"""What a user's function is called with when it runs as plain Python."""

from collections import namedtuple

import numpy as np

from .free_draws import module_of
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
        return Free(field.form, many)
    return Stream(many) if field.form == STREAM else many


class Free(Stream):
    """Draws with free parameters."""

    def __init__(self, family, values):
        super().__init__(values)
        self.family = module_of(family)

    def next(self, *given):
        """The next draw, of these parameters."""
        defaults = list(getattr(self.family, "DEFAULTS", {}).values())
        missing = len(self.family.PARAMETERS) - len(given)
        given = [*given, *(defaults[-missing:] if missing > 0 else [])]
        return float(self.family.variate(super().next(), *map(float, given)))


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
