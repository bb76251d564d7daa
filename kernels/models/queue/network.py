"""A network of FCFS stations: simulation, derivatives or scores along the path, phantoms, tails."""

from ...jit.compile import device
from ..operation import model_operation
from .network_phantoms import phantoms
from .network_smoothed import smoothed
from .network_state import (
    CUSTOMERS,
    LAST,
    NAN,
    OUTPUT,
    SCORES,
    SLOPES,
    SUM,
    TAIL,
    THROUGHPUT,
    VALUE,
    WAIT,
    clear,
    is_over,
    machines,
    sums_of,
    total_of,
)
from .network_step import step

__all__ = ["pathwise", "phantoms", "simulate", "smoothed"]


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    for lane in range(lanes):
        run(VALUE, lane, lanes, counts, structure, x, first, index, y, out, work)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Derivatives of the output; or, where index[1] is 1 and `first` holds scores, the causal
    sums Σ Y_n S and Σ S over the customers: S is all scores so far when Y_n is known."""
    mode = SCORES if index[1] == 1 else SLOPES
    for lane in range(lanes):
        run(mode, lane, lanes, counts, structure, x, first, index, y, out, work)


@device
def run(mode, lane, lanes, counts, structure, x, first, index, y, out, work):
    """One replication, from the first arrival to the last departure."""
    kept = index[0] if mode != VALUE else 0
    slots = kept if mode == SLOPES else 0
    clear(0, counts, slots, kept, lane, structure, work)
    rows = 2 * kept if mode == SCORES else kept
    for row in range(rows):
        out[row * lanes + lane] = 0.0
    while not is_over(0, counts, work):
        step(0, mode, -1, 0.0, lane, lanes, counts, x, first, index, out, work)
    broken = work[NAN] > 0.0
    if counts[OUTPUT] >= THROUGHPUT:
        y[lane] = total_of(0, counts, work) / work[LAST]
        sums, share = sums_of(0, counts, slots), machines(counts)
        for slot in range(kept):
            row = slot * lanes + lane
            if mode == SLOPES:
                gained = out[row] / share if counts[OUTPUT] > THROUGHPUT else 0.0
                out[row] = (gained - y[lane] * work[sums + slots + slot]) / work[LAST]
            else:
                out[row] = y[lane] * work[sums + slot]
                out[kept * lanes + row] = work[sums + slot]
    else:
        y[lane] = work[SUM] / counts[CUSTOMERS]
        for row in range(rows):
            out[row * lanes + lane] /= counts[CUSTOMERS]
        if mode == SCORES and counts[OUTPUT] == WAIT and not counts[TAIL]:
            # Whether there is a visit, and a wait, depends on the draws: only at the end of all
            # (or when a customer leaves, who does so once) have the scores the mean 0.
            for slot in range(kept):
                out[(kept + slot) * lanes + lane] = work[sums_of(0, counts, 0) + slot]
    if broken:
        y[lane] = float("nan")
        for row in range(rows):
            out[row * lanes + lane] = float("nan")
