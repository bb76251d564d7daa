"""What every estimator is told: the model, the run, and the chain from slots to θ.

Each is a NamedTuple of arrays and numbers. Distributions and models appear only as
addresses of operations, so that no estimator is compiled anew for a new model.
"""

from typing import NamedTuple

import numpy as np


class Problem(NamedTuple):
    """One model: its inputs, row by row, and its operations."""

    lanes: int  # replications simulated together
    rows: int  # variates of one replication
    strip: int  # rows of uniforms made at a time
    work: int  # rows of scratch that the model's operations ask for
    uniform: int  # address of uniform_rows
    variate: np.ndarray  # (inputs,) addresses
    first_row: np.ndarray  # (inputs,) where the input's variates stand
    first_parameter: np.ndarray  # (inputs,) where the input's parameters stand
    first_table: np.ndarray  # (inputs,) where the table of its quantile stands, if it has one
    strips: np.ndarray  # (strips, 3) input, first draw, rows: all variates in order
    measures: int  # outputs of one path
    first_reader: np.ndarray  # (operations + 1,) where an operation's readers begin, see below
    reader: np.ndarray  # (readers, 4) where each one's counts, functions, structure, measures begin
    operation: np.ndarray  # (readers,) addresses
    counts: np.ndarray  # the model's integers, reader after reader
    functions: np.ndarray  # addresses of row operations that the readers call


FROM, TO = range(2)  # in the integers of a model whose draws are taken one by one: lanes to run

# The operations of a model. Each has one reader or several: what reads a path and writes one
# measure of it, or all of them at once.
SIMULATE, PATHWISE, PHANTOMS, SMOOTHED, ALL_PHANTOMS = range(5)
COUNTS, FUNCTIONS, STRUCTURE, MEASURE = range(4)  # columns of `reader`


class Run(NamedTuple):
    """Which replications to make, and at which θ."""

    seed: int
    replication: int  # the first one
    count: int
    leaf: int  # replications merged as one
    antithetic: bool  # each replication is the mean of a mirrored pair
    quasi: np.ndarray  # (rows, count) points instead of random numbers, or (0, 0)
    ratio: np.ndarray  # (count,) of densities, where points are tilted (importance), or (0,)
    parameters: np.ndarray  # (points, parameters, 1 or count) of all distributions
    structure: np.ndarray  # (points, slots, 1 or count) of the model itself


class Chain(NamedTuple):
    """From the measures and their derivatives by slots to the outputs of a run.

    Output i is scale[i] · (measure[i] of the path) + shift[i] + Σ value · (derivative by slot)
    over the entries start[i] … start[i + 1] - 1. Measure by measure: first Y = scale · measure +
    shift, then its gradient in θ: the sparse Jacobian ∂slot/∂θ times the scale of Y, and the
    derivatives of scale and shift.

    slots: rows of derivatives, of all measures together
    """

    slots: int
    start: np.ndarray
    slot: np.ndarray
    value: np.ndarray
    measure: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
