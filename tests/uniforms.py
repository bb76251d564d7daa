"""The uniforms as arrays."""

import ctypes

import numpy as np
from fastgrad.kernels.random.philox import uniform_rows


def uniforms(
    draws,
    lanes,
    *,
    first_draw=0,
    stream=0,
    replication=0,
    seed=1,
    antithetic=False,
    pitch=None,
):
    """Array (draws + 1, pitch) as `uniform_rows` leaves it; NaN where it wrote nothing."""
    pitch = lanes if pitch is None else pitch
    out = np.full((draws + 1, pitch), np.nan)
    pointer = out.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
    fill = uniform_rows.compiled.ctypes
    fill(lanes, draws, first_draw, stream, replication, seed, antithetic, pitch, pointer)
    return out


def sample(draws, lanes, **options):
    """Array (draws, lanes) of uniforms; `draws` is even."""
    return uniforms(draws, lanes, **options)[:draws]
