"""The form of dynamics and payoffs, so that any payoff can be had under any dynamics.

walk(lanes, counts, structure, x, path, work)
    prices from variates: row t of path is the price at the end of step t
unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work)
    from ∂Y/∂path to ∂Y/∂x and ∂Y/∂(parameters of the dynamics): the walk, backwards
spread(lanes, counts, structure, x, path, row, work)
    how far the logarithm of the last price moves with the last variate, which is normal
value(lanes, counts, structure, path, y, work)
    what is paid
slope(lanes, counts, structure, path, y, slope, slope_structure, work)
    what is paid, ∂Y/∂path and ∂Y/∂(parameters of the payoff)
conditional(lanes, counts, structure, path, moments, y, slope, slope_structure, work)
    E[Y | all but the last step], which is lognormal with mean and standard deviation in the
    rows 0 and 1 of moments; the last row of path is the price before it. slope has its ∂/∂path
    (the last row: by the price before the last step), then ∂/∂mean and ∂/∂sd in two more rows.

The first rows of work are the dynamics' own, as many as they ask for: what walk leaves there
unwind and spread find again. counts begins with the number of steps; row r of lane l stands at
[r * lanes + l]. What is told of paths is told of one asset after the other where there are several.
"""

from numba import types

from ...jit.compile import operation

_REAL, _WHOLE, _INT = types.CPointer(types.float64), types.CPointer(types.int64), types.int64

walk_operation = operation(_INT, _WHOLE, *[_REAL] * 4)
unwind_operation = operation(_INT, _WHOLE, *[_REAL] * 7)
spread_operation = operation(_INT, _WHOLE, *[_REAL] * 5)
value_operation = operation(_INT, _WHOLE, *[_REAL] * 4)
slope_operation = operation(_INT, _WHOLE, *[_REAL] * 6)
conditional_operation = operation(_INT, _WHOLE, *[_REAL] * 7)
