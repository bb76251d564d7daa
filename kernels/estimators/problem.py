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
    counts: np.ndarray  # the model's integers
    functions: np.ndarray  # addresses of row operations that the model's operations call
    operation: np.ndarray  # addresses of the model's operations, by their index below


FROM, TO = range(2)  # in the integers of a model whose draws are taken one by one: lanes to run
SIMULATE, PATHWISE, PHANTOMS, SMOOTHED, ALL_PHANTOMS = range(5)


class Run(NamedTuple):
    """Which replications to make, and at which θ."""

    seed: int
    replication: int  # the first one
    count: int
    leaf: int  # replications merged as one
    antithetic: bool  # each replication is the mean of a mirrored pair
    quasi: np.ndarray  # (rows, count) points instead of random numbers, or (0, 0)
    parameters: np.ndarray  # (points, parameters, 1 or count) of all distributions
    structure: np.ndarray  # (points, slots, 1 or count) of the model itself


class Chain(NamedTuple):
    """From the derivatives by slots to the gradient in θ, and from the model to Y.

    Component i of the result is Σ value · (derivative by slot) over the entries start[i] …
    start[i + 1] - 1: the sparse Jacobian ∂slot/∂θ, times the scale of the output. The output
    is Y = scale * model + shift, both of them functions of θ.
    """

    slots: int
    start: np.ndarray
    slot: np.ndarray
    value: np.ndarray
    scale: float
    shift: float
    scale_gradient: np.ndarray
    shift_gradient: np.ndarray
