"""Weak derivative, all phantoms: Σ_k c (Y(…, X_k⁺, …) - Y(…, X_k⁻, …)) (Fu (2005), eq. 19)."""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..random.philox import WEAK
from .block import (
    fill_fresh,
    fill_structure,
    fill_uniforms,
    knows,
    make_variates,
    operate,
    put,
    rows_of_zeros,
    simulate,
    zeros,
)
from .loop import estimator
from .problem import ALL_PHANTOMS, FROM, PHANTOMS, SIMULATE, TO


class WeakDerivative(NamedTuple):
    """Slots with a weak derivative; the constants c are part of the chain.

    which: (slots,) input, pair: (slots,) address of the pair (X⁺, X⁻)
    draws: (slots,) draws of that input, most: the largest of them, or their sum for a model
        that takes all slots at once
    kept: rows of the nominal uniforms, all of them if any pair is made of these, else 0
    taken: (slots,) the row of the model's scratch that says how many draws of the input were
        taken in each lane, -1 where all are: a draw that was not has no phantom
    """

    NEEDS = ("simulate", "phantoms", "all_phantoms")  # of the model's operations

    which: np.ndarray
    pair: np.ndarray
    draws: np.ndarray
    most: int
    kept: int
    taken: np.ndarray


def _allocate(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(method.kept + problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    plus = zeros(method.most + 1, lanes)
    minus = zeros(method.most + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    changed = rows_of_zeros(2 * problem.measures, lanes)
    index = np.zeros(1 + method.which.shape[0], np.int64)
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, plus, minus, structure, changed, index, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, plus, minus, structure, changed, index, work = scratch
    place = 0
    for strip in range(problem.strips.shape[0]):
        u = uniforms[place:]
        fill_uniforms(problem, run, 0, strip, offset, mirrored, u)
        make_variates(problem, run, 0, strip, offset, u, x)
        place += problem.strips[strip, 2] * problem.lanes if method.kept else 0
    fill_structure(run, 0, problem.lanes, offset, structure)
    count = method.which.shape[0]
    if knows(problem, ALL_PHANTOMS) and count != 0:
        derive_at_once(problem, run, method, offset, scratch, y, slots)
        return
    on_demand = False
    for slot in range(count):
        on_demand = on_demand or method.taken[slot] >= 0
    if not knows(problem, PHANTOMS) or count == 0 or on_demand:
        simulate(problem, structure, x, y, work)
    found = changed[: problem.measures]
    for slot in range(count):
        index[0] = method.which[slot]
        draws = method.draws[slot]
        at = max(method.taken[slot], 0) * problem.lanes
        taken = work[at : at + problem.lanes].copy()  # each phantom writes it anew
        if method.taken[slot] >= 0:
            draws = np.int64(taken.max())
        make_pairs(problem, run, method, slot, draws, offset, uniforms, x, plus, minus)
        if not knows(problem, PHANTOMS) and method.taken[slot] >= 0:
            replace_taken(
                problem, method, slot, taken, structure, x, plus, minus, changed, slots, work
            )
            put(work, at, taken, 0, problem.lanes)
            continue
        if not knows(problem, PHANTOMS):
            replace_each(problem, method, slot, structure, x, plus, minus, changed, slots, work)
            continue
        operate(
            problem, PHANTOMS, run.parameters, structure,
            x, plus, minus, index, y, found, work,
        )  # fmt: skip
        for measure in range(problem.measures):
            for lane in range(problem.lanes):
                slots[measure * count + slot, lane] = found[measure, lane]


@subroutine
def derive_at_once(problem, run, method, offset, scratch, y, slots):
    """All slots in one operation: index is the number of slots, then the input of each."""
    uniforms, x, plus, minus, structure, _, index, work = scratch
    index[0] = method.which.shape[0]
    place = 0
    for slot in range(method.which.shape[0]):
        index[1 + slot] = method.which[slot]
        draws = method.draws[slot]
        make_pairs(
            problem, run, method, slot, draws, offset, uniforms, x, plus[place:], minus[place:]
        )
        place += draws * problem.lanes
    operate(
        problem, ALL_PHANTOMS, run.parameters, structure,
        x, plus, minus, index, y, slots, work,
    )  # fmt: skip


@device
def make_pairs(problem, run, method, slot, draws, offset, uniforms, x, plus, minus):
    """The pair (X⁺, X⁻) for the first draws of the slot's input."""
    lanes, which = problem.lanes, method.which[slot]
    fresh = uniforms[method.kept * lanes :]
    nominal = uniforms if method.kept else x
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    for draw in range(draws):
        fill_fresh(problem, run, WEAK, which, draw, offset, fresh)
        row = (problem.first_row[which] + draw) * lanes
        call(
            method.pair[slot], lanes, 1, nominal[row:], x[row:], fresh, fresh[lanes:],
            parameters, plus[draw * lanes :], minus[draw * lanes :],
        )  # fmt: skip


@subroutine
def replace_each(problem, method, slot, structure, x, plus, minus, changed, slots, work):
    """Phantoms of a model that has no operation of its own: two simulations a draw."""
    lanes, which = problem.lanes, method.which[slot]
    measures, count = problem.measures, method.which.shape[0]
    above, below = changed[:measures], changed[measures:]
    for measure in range(measures):
        slots[measure * count + slot, :] = 0.0
    for draw in range(method.draws[slot]):
        place = (problem.first_row[which] + draw) * lanes
        kept = x[place : place + lanes].copy()
        put(x, place, plus, draw * lanes, lanes)
        simulate(problem, structure, x, above, work)
        put(x, place, minus, draw * lanes, lanes)
        simulate(problem, structure, x, below, work)
        put(x, place, kept, 0, lanes)
        for measure in range(measures):
            row = measure * count + slot
            for lane in range(lanes):
                slots[row, lane] += above[measure, lane] - below[measure, lane]


@subroutine
def replace_taken(problem, method, slot, taken, structure, x, plus, minus, changed, slots, work):
    """Phantoms of the draws that a lane has taken: most lanes have done so long before the last."""
    lanes, which = problem.lanes, method.which[slot]
    measures, count = problem.measures, method.which.shape[0]
    above, below = changed[:measures], changed[measures:]
    counts = problem.counts.copy()
    for measure in range(measures):
        slots[measure * count + slot, :] = 0.0
    for lane in range(lanes):
        counts[FROM], counts[TO] = lane, lane + 1
        for draw in range(np.int64(taken[lane])):
            place = (problem.first_row[which] + draw) * lanes + lane
            kept = x[place]
            x[place] = plus[draw * lanes + lane]
            simulate_lanes(problem, counts, structure, x, above, work)
            x[place] = minus[draw * lanes + lane]
            simulate_lanes(problem, counts, structure, x, below, work)
            x[place] = kept
            for measure in range(measures):
                slots[measure * count + slot, lane] += above[measure, lane] - below[measure, lane]


@subroutine
def simulate_lanes(problem, counts, structure, x, y, work):
    """The outputs of the lanes that the model's integers name, all by one reader."""
    call(
        problem.operation[problem.first_reader[SIMULATE]], problem.lanes, counts,
        problem.functions, structure, structure, x, x, x, counts, y, y, work,
    )  # fmt: skip


estimator(WeakDerivative, _allocate, _derive)
