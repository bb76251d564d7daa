"""(s, S) inventory with periodic review and full backlogging (Fu (2005), section 5.3).

The output is the mean over N periods of the level, the cost, the service or the fill rate;
see `path.py` for the recursion and `smoothed.py` for jumps of the orders.
"""

from ...jit.intrinsics import apart
from ..operation import model_operation
from .path import PERIODS, average, differentiate, follow, rows_of
from .phantoms import phantoms
from .smoothed import smoothed

__all__ = ["pathwise", "phantoms", "simulate", "smoothed"]


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    follow(lanes, counts, structure, x, work)
    average(lanes, counts, structure, x, work, y)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Derivatives along the path with every order where it is: right for s and for prices,
    and in any direction of q and demand in which no order can move."""
    apart()
    follow(lanes, counts, structure, x, work)
    average(lanes, counts, structure, x, work, y)
    moved = rows_of(counts)[3]
    change = moved + counts[PERIODS] + 1
    for slot in range(index[0]):
        differentiate(slot, lanes, counts, structure, x, first, index, work, moved, change, out)
        for lane in range(lanes):
            out[slot * lanes + lane] /= counts[PERIODS]
