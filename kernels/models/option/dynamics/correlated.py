"""Prices of several assets, whose log-returns are sums of independent ones.

x: for each asset one variate for each step. structure: for each asset j the factors of those of
the assets i < j, row after row of the triangle; then for each asset the centre of its first
variate and of all later ones. With e_i = x_i - centre the log-return of asset j is

    x_j + Σ over i < j of factor_ji · e_i.

counts: steps, assets.
"""

from ....jit.compile import device
from ....jit.intrinsics import apart
from ....special.exp import exp
from ..form import unwind_operation, walk_operation
from .lognormal import spread as spread


@device
def factor_row(asset, other):
    """Where a factor stands."""
    return asset * (asset - 1) // 2 + other


@device
def centre_row(assets, asset, step):
    """Where the centre of a variate stands."""
    return assets * (assets - 1) // 2 + 2 * asset + (1 if step > 0 else 0)


@walk_operation
def walk(lanes, counts, structure, x, path, work):
    apart()
    steps, assets = counts[0], counts[1]
    for asset in range(assets):
        for lane in range(lanes):
            work[lane] = 0.0
        for step in range(steps):
            here = (asset * steps + step) * lanes
            for lane in range(lanes):
                work[lane] += x[here + lane]
            for other in range(asset):
                factor = factor_row(asset, other) * lanes
                centre = centre_row(assets, other, step) * lanes
                there = (other * steps + step) * lanes
                for lane in range(lanes):
                    away = x[there + lane] - structure[centre + lane]
                    work[lane] += structure[factor + lane] * away
            for lane in range(lanes):
                path[here + lane] = exp(work[lane])


@unwind_operation
def unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work):
    """∂Y/∂(log-return) backwards, asset by asset, then to what it is a sum of."""
    apart()
    steps, assets = counts[0], counts[1]
    for place in range((assets * (assets - 1) // 2 + 2 * assets) * lanes):
        slope_structure[place] = 0.0
    for place in range(assets * steps * lanes):
        slope_x[place] = 0.0
    for asset in range(assets):
        for lane in range(lanes):
            work[lane] = 0.0
        for step in range(steps - 1, -1, -1):
            here = (asset * steps + step) * lanes
            for lane in range(lanes):
                work[lane] += slope[here + lane] * path[here + lane]
                slope_x[here + lane] += work[lane]
            for other in range(asset):
                factor = factor_row(asset, other) * lanes
                centre = centre_row(assets, other, step) * lanes
                there = (other * steps + step) * lanes
                for lane in range(lanes):
                    away = x[there + lane] - structure[centre + lane]
                    slope_structure[factor + lane] += work[lane] * away
                    slope_x[there + lane] += work[lane] * structure[factor + lane]
