"""Tables of whole-number quantiles: the very variates of inversion, at a tenth of its price.

A cell of the table (as in `quantile_table`: a sixteenth of an octave of the distance to the
nearer end) holds the smallest value in it and the uniforms at which the value goes up by one,
seven at most. They are found by bisection of the quantile that they stand for. Where a cell has
more, or there are more than `MOST` in all, the table says so, and the quantile is asked.
"""

from math import inf

from ..jit.compile import device
from ..jit.intrinsics import bits_to_float, float_to_bits
from .quantile_table import COEFFICIENTS, HALF, OCTAVES

MOST = 1000  # bisections, 50 quantiles each: about 10 ms
UNKNOWN = -1.0
_CELL_BITS = 48
_FIRST = (1023 - OCTAVES) << 4
_SMALLEST = 2.0**-OCTAVES
_LARGEST = 0.5 - 2.0**-54


@device
def lattice_value(table, u):
    """The value at u, or UNKNOWN."""
    upper = u > 0.5
    distance = 1.0 - u if upper else u
    bits = float_to_bits(min(max(distance, _SMALLEST), _LARGEST))
    place = ((bits >> _CELL_BITS) - _FIRST + (HALF if upper else 0)) * COEFFICIENTS
    value = table[place]
    w = -distance if upper else distance
    for step in range(1, COEFFICIENTS):
        value += 1.0 if w >= table[place + step] else 0.0
    return value if u >= _SMALLEST else UNKNOWN


@device
def fill_lattice(quantile, parameters, table):
    """Fill a table with the quantile(u, parameters), which takes whole numbers from 0 on."""
    many = quantile(1.0 - _SMALLEST, parameters) - quantile(_SMALLEST, parameters) > MOST
    for cell in range(2 * HALF):
        place = cell * COEFFICIENTS
        for step in range(1, COEFFICIENTS):
            table[place + step] = inf
        table[place] = UNKNOWN
        if not many:
            # w runs upwards through the cell: u itself, or -(1 - u) for u > 1/2.
            first, last = _ends(cell)
            if first <= last:
                _fill_cell(quantile, parameters, cell, first, last, table)


@device
def _ends(cell):
    """The first and the last number of a cell; see `_point`."""
    if cell < HALF:
        first = (_FIRST + cell) << _CELL_BITS
        return first, first + (1 << _CELL_BITS) - (0 if cell == HALF - 1 else 1)
    # Beyond 1/2 the doubles are whole multiples of 2^-53.
    low = bits_to_float((_FIRST + cell - HALF) << _CELL_BITS) / _SMALLEST
    high = bits_to_float((_FIRST + cell - HALF + 1) << _CELL_BITS) / _SMALLEST
    return -_below(high), -_above(low)


@device
def _above(number):
    whole = int(number)
    return whole + 1 if whole < number else whole


@device
def _below(number):
    return _above(number) - 1


@device
def _point(cell, number):
    """w of a numbered point: by the bits of u below 1/2, by multiples of -2^-53 above."""
    return bits_to_float(number) if cell < HALF else number * _SMALLEST


@device
def _at(quantile, parameters, cell, number):
    w = _point(cell, number)
    return quantile(w if cell < HALF else 1.0 + w, parameters)


@device
def _fill_cell(quantile, parameters, cell, first, last, table):
    place = cell * COEFFICIENTS
    value = _at(quantile, parameters, cell, first)
    most = _at(quantile, parameters, cell, last)
    if most - value >= COEFFICIENTS:
        return
    table[place] = value
    for step in range(1, int(most - value) + 1):
        low, high = first, last  # the quantile is below value + step at one, not at the other
        while high - low > 1:
            middle = low + (high - low) // 2
            if _at(quantile, parameters, cell, middle) >= value + step:
                high = middle
            else:
                low = middle
        table[place + step] = _point(cell, high)
