"""How the paths of a model lie in memory, which is all that the kernels know of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..kernels.estimators.problem import Problem
from ..kernels.random.philox import uniform_rows
from .readers import Readers

MANY_ROWS = 4096
BLOCK_DOUBLES = 24_576  # variates of a block: 192 KB, a part of the L2 cache
# Uniforms made at a time: 16 KB, so that they are variates before they leave the L1 cache.
# A quarter of that costs 4.6 ns a customer instead of 3.7 (value of a queue).
STRIP_DOUBLES = 2048


class Facts(NamedTuple):
    """All that the kernels' view of a model is made of, apart from the values of parameters."""

    draws: tuple[int, ...]
    sizes: tuple[int, ...]
    lengths: tuple[int, ...]  # of tables of quantiles
    variate: tuple
    work: int
    measures: int
    readers: Readers


def problem_of(facts: Facts) -> Problem:
    """The model as the kernels see it: lanes, rows, strips, and where everything stands."""
    rows = sum(facts.draws)
    lanes = lanes_for(rows)
    strip = STRIP_DOUBLES // lanes
    strips = [
        (which, draw, min(strip, count - draw))
        for which, count in enumerate(facts.draws)
        for draw in range(0, count, strip)
    ]
    return Problem(
        lanes=lanes,
        rows=rows,
        strip=strip,
        work=facts.work,
        uniform=uniform_rows,
        variate=facts.variate,
        first_row=np.cumsum([0, *facts.draws])[:-1],
        first_parameter=np.cumsum([0, *facts.sizes])[:-1],
        first_table=sum(facts.sizes) + np.cumsum([0, *facts.lengths])[:-1],
        strips=np.array(strips, dtype=np.int64).reshape(-1, 3),
        measures=facts.measures,
        first_reader=np.array(facts.readers.first_reader, dtype=np.int64),
        reader=np.array(facts.readers.reader, dtype=np.int64).reshape(-1, 4),
        operation=facts.readers.operation,
        counts=np.array(facts.readers.counts, dtype=np.int64),
        functions=facts.readers.functions,
    )


def lanes_for(rows: int) -> int:
    """Replications simulated together: as many as keep a block in the L2 cache, 64 to 256.

    More lanes share the price of a call for each input (1,000 inputs of one draw: 3.8 ns a
    draw with 32 lanes, 3.0 with 64); for very many rows memory counts for more.
    """
    fitting = BLOCK_DOUBLES // max(rows, 1)
    return min(256, max(64 if rows <= MANY_ROWS else 32, 1 << max(fitting.bit_length() - 1, 0)))
