"""Tables of smooth functions of a uniform: a quantile at the price of one polynomial.

Inversion by iteration takes 100 to 1000 ns a variate, and as long as the shape stays the same
it solves the same equation again and again. A quantile y(u) is analytic in (0, 1), with its
singularities at or beyond 0 and 1. So cells as wide as a fixed fraction of v, the distance
from the nearer end, serve every distribution alike: each half of (0, 1) has an octave for
every power of 2 down to 2^-53, each octave 16 cells, each cell a polynomial of degree 7 whose
coefficients are fetched by eight gathers. The table has 108 KB, of which the six outer
octaves of 24 KB serve 98 % of all uniforms.

What interpolation leaves out is below v |y'| · 1e-15 where y is a logarithm.
"""

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import bits_to_float, float_to_bits, fma

OCTAVES = 53
CELLS_PER_OCTAVE = 16
COEFFICIENTS = 8
HALF = OCTAVES * CELLS_PER_OCTAVE
SIZE = 2 * HALF * COEFFICIENTS

# Exponent and the four bits of the mantissa that number the cell; the rest of the mantissa.
_CELL_BITS = 48
_FIRST = (1023 - OCTAVES) << 4
_REST = (1 << _CELL_BITS) - 1
_ONE = 1023 << 52
_SMALLEST = 2.0**-OCTAVES
_LARGEST = 0.5 - 2.0**-54


def _nodes():
    """The Chebyshev points of every cell, as distances v; and those of -1 … 1."""
    points = np.cos(np.pi * (np.arange(COEFFICIENTS) + 0.5) / COEFFICIENTS)
    octave, cell = np.divmod(np.arange(HALF), CELLS_PER_OCTAVE)
    width = 2.0 ** (octave - OCTAVES) / CELLS_PER_OCTAVE
    middle = width * (CELLS_PER_OCTAVE + cell + 0.5)
    return middle[:, None] + width[:, None] * points / 2.0, points


NODES, _POINTS = _nodes()
_FROM_VALUES = np.linalg.inv(np.vander(_POINTS, increasing=True))


@subroutine
def to_coefficients(table):
    """Turn the values at the nodes of every cell into its polynomial, in place.

    Before, table[cell, k] holds y at u = NODES[cell, k], and table[HALF + cell, k] holds y at
    1 - NODES[cell, k]; both as one flat array of `SIZE` numbers.
    """
    rises = np.empty(COEFFICIENTS)
    for cell in range(2 * HALF):
        place = cell * COEFFICIENTS
        # Without the common part, whose rounding the matrix would multiply by 100.
        level = table[place]
        for k in range(COEFFICIENTS):
            rises[k] = table[place + k] - level
        for power in range(COEFFICIENTS):
            total = 0.0
            for k in range(COEFFICIENTS):
                total = fma(_FROM_VALUES[power, k], rises[k], total)
            table[place + power] = total
        table[place] += level


@device
def interpolate(table, u):
    """y(u); a u closer than 2^-53 to 0 or 1 counts as that far.

    4 ns an element in a loop that vectorises, which takes a table known to lie apart from
    the output (`apart` in intrinsics).
    """
    upper = u > 0.5
    distance = min(max(1.0 - u if upper else u, _SMALLEST), _LARGEST)
    bits = float_to_bits(distance)
    cell = (bits >> _CELL_BITS) - _FIRST + (HALF if upper else 0)
    # The rest of the mantissa, moved up: 1 … 2 within the cell, and so -1 … 1.
    w = fma(bits_to_float(((bits & _REST) << 4) | _ONE), 2.0, -3.0)
    place = cell * COEFFICIENTS
    value = table[place + 7]
    value = fma(w, value, table[place + 6])
    value = fma(w, value, table[place + 5])
    value = fma(w, value, table[place + 4])
    value = fma(w, value, table[place + 3])
    value = fma(w, value, table[place + 2])
    value = fma(w, value, table[place + 1])
    return fma(w, value, table[place])
