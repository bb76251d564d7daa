"""Second derivatives by weak derivatives: the product rule for a product measure.

With c (f⁺ - f⁻) for the first and c₂ (f⁺⁺ - f⁻⁻) for the second derivative of every variate's
density (the mixed terms are what same-variate terms alone miss),

    ∂²E[Y]/∂a∂b = Σ_{k≠l} c_a c_b [Y(+,+) - Y(+,-) - Y(-,+) + Y(-,-)]   (k of slot a, l of b)
                + Σ_k c₂ [Y(X_k⁺⁺) - Y(X_k⁻⁻)]                          (a = b)

A model is only simulated, with one or two variates replaced: 2K² simulations for K variates
in all slots. With `all` false, one pair (k, l) is chosen at random and weighted by
K (K - 1): 9 simulations, whatever K is.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from ..random.philox import WEAK
from .block import (
    fill_fresh,
    fill_structure,
    fill_uniforms,
    make_variates,
    put,
    rows_of_zeros,
    simulate,
    zeros,
)
from .loop import estimator
from .second_phantom_pair import derive_one


class SecondWeakDerivative(NamedTuple):
    """Slots and, in the kernel's slots first, their pairs (a, b), a ≤ b, row by row.

    which, pair, constant: (slots,) input, address of (X⁺, X⁻), c
    bend, bend_constant: (slots,) address of (X⁺⁺, X⁻⁻), c₂; 0 where the density is linear
    first: (slots + 1,) where each slot's draws begin among all K
    all: whether all pairs are simulated, or one at random
    """

    NEEDS = ("simulate",)  # of the model's operations

    which: np.ndarray
    pair: np.ndarray
    constant: np.ndarray
    bend: np.ndarray
    bend_constant: np.ndarray
    first: np.ndarray
    all: bool


def _allocate(problem, run, method):
    lanes, total = problem.lanes, method.first[-1]
    most = total if method.all else 0
    uniforms = zeros(problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    changed = rows_of_zeros(2 * problem.measures, lanes)
    pairs = zeros(4 * most + 1, lanes)  # X⁺, X⁻, X⁺⁺, X⁻⁻ of every draw
    chosen = np.zeros((4, lanes), np.int64)
    rows = rows_of_zeros(16, lanes)
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, structure, changed, pairs, chosen, rows, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, structure, _, pairs, _, _, work = scratch
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
    fill_structure(run, 0, problem.lanes, offset, structure)
    simulate(problem, structure, x, y, work)
    slots[:] = 0.0
    if not method.all:
        derive_one(problem, run, method, offset, scratch, slots)
        return
    make_pairs(problem, run, method, offset, uniforms, x, pairs)
    for slot in range(method.which.shape[0]):
        for draw in range(method.first[slot + 1] - method.first[slot]):
            replace_one(problem, method, slot, draw, scratch, slots)


@subroutine
def make_pairs(problem, run, method, offset, fresh, x, pairs):
    """X⁺ and X⁻ of draw p in rows p and K + p, X⁺⁺ and X⁻⁻ in 2K + p and 3K + p."""
    lanes, total = problem.lanes, method.first[-1]
    for slot in range(method.which.shape[0]):
        which = method.which[slot]
        parameters = run.parameters[0, problem.first_parameter[which] :, 0]
        for draw in range(method.first[slot + 1] - method.first[slot]):
            fill_fresh(problem, run, WEAK, which, draw, offset, fresh)
            given = x[(problem.first_row[which] + draw) * lanes :]
            plus = (method.first[slot] + draw) * lanes
            for order in range(2):
                address = method.pair[slot] if order == 0 else method.bend[slot]
                if address != 0:
                    call(
                        address, lanes, 1, given, given, fresh, fresh[lanes:], parameters,
                        pairs[plus + 2 * order * total * lanes :],
                        pairs[plus + (2 * order + 1) * total * lanes :],
                    )  # fmt: skip


@subroutine
def replace_one(problem, method, slot, draw, scratch, slots):
    """All terms in which this draw of a slot is the first one replaced."""
    _, x, structure, changed, pairs, _, _, work = scratch
    lanes, count = problem.lanes, method.which.shape[0]
    size, place = method.first[-1] * lanes, (method.first[slot] + draw) * lanes
    row = (problem.first_row[method.which[slot]] + draw) * lanes
    kept = x[row : row + lanes].copy()
    own = slot * count - slot * (slot - 1) // 2
    first = count * (count + 1) // 2 + slot
    found = changed[: problem.measures]
    for side in range(2):
        sign = 1.0 - 2.0 * side
        if method.bend[slot] != 0:
            at = place + (2 + side) * size
            put(x, row, pairs, at, lanes)
            simulate(problem, structure, x, found, work)
            add(found, sign * method.bend_constant[slot], own, slots)
        at = place + side * size
        put(x, row, pairs, at, lanes)
        simulate(problem, structure, x, found, work)
        weight = sign * method.constant[slot]
        add(found, weight, first, slots)
        replace_another(problem, method, slot, draw, row, weight, scratch, slots)
    put(x, row, kept, 0, lanes)


@subroutine
def add(found, weight, row, slots):
    """The weighted measures, (measures, lanes), to this row of each of them."""
    rows = slots.shape[0] // found.shape[0]
    for measure in range(found.shape[0]):
        for lane in range(found.shape[1]):
            slots[measure * rows + row, lane] += weight * found[measure, lane]


@subroutine
def replace_another(problem, method, slot, draw, row, weight, scratch, slots):
    """All later draws, each of its two values in turn, beside the one that is replaced."""
    _, x, structure, changed, pairs, _, _, work = scratch
    lanes, count = problem.lanes, method.which.shape[0]
    total, found = method.first[-1], changed[problem.measures :]
    own = slot * count - slot * (slot - 1) // 2 - slot
    for other in range(slot, count):
        twice = 2.0 if other == slot else 1.0  # (k, l) and (l, k)
        begin = draw + 1 if other == slot else 0
        for later in range(begin, method.first[other + 1] - method.first[other]):
            at = (problem.first_row[method.which[other]] + later) * lanes
            if at == row:
                continue  # the same variate: what is missing is zero, or was refused
            kept = x[at : at + lanes].copy()
            for side in range(2):
                source = (method.first[other] + later + side * total) * lanes
                put(x, at, pairs, source, lanes)
                simulate(problem, structure, x, found, work)
                share = (1.0 - 2.0 * side) * weight * twice * method.constant[other]
                add(found, share, own + other, slots)
            put(x, at, kept, 0, lanes)


estimator(SecondWeakDerivative, _allocate, _derive)
