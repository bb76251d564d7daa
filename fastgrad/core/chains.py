"""Sparse chains from what an estimator makes (slots) to the outputs of a run."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..kernels.estimators.problem import Chain
from .theta import upper_triangle
from .tracer import curvature_of, tangent_of, value_of


def chain_of(
    rows: np.ndarray, scale: Any, shift: Any, by_scale: np.ndarray, by_shift: np.ndarray
) -> Chain:
    """Weights by (component, slot), and the model's own scale and shift with their derivatives."""
    slot, output = np.nonzero(rows.T)  # slots lie side by side: 1,000 of each take 1 ms, not 4
    order = np.argsort(output, kind="stable")
    slot, output = slot[order], output[order]
    return Chain(
        slots=rows.shape[1],
        start=np.concatenate([[0], np.searchsorted(output, np.arange(len(rows) + 1))]),
        slot=slot.astype(np.int64),
        value=rows[output, slot],
        measure=np.zeros(1 + len(rows), dtype=np.int64),
        scale=np.array([value_of(scale), *by_scale], dtype=float),
        shift=np.array([value_of(shift), *by_shift], dtype=float),
    )


def second_chain_of(
    slots: list,
    pairs: list[tuple[int, int]],
    components: int,
    scale: Any,
    shift: Any,
    standing: tuple[Mapping[Any, int], int] | None = None,
) -> Chain:
    """From second derivatives by pairs of slots (a, b), a ≤ b, and first ones by slots, to θ.

    Each pair and slot is entered where it counts only: 150 parameters have 11,325 outputs and
    as many pairs, which as a table would be 1 GB.

    standing: the row of each pair's derivative, and by its number of each slot's that counts, and
    how many rows there are; by default all pairs, then all slots. A slot that stands nowhere is
    left out: outputs that need it are not to be used
    """
    where, total = standing or _in_order(pairs, len(slots))
    outputs = upper_triangle(components)
    place = {output: k for k, output in enumerate(outputs)}
    rows: list[dict[int, float]] = [{} for _ in outputs]

    def add(i: int, j: int, slot: int, weight: float) -> None:
        row = rows[place[i, j]]
        row[slot] = row.get(slot, 0.0) + weight

    factor, slope = float(value_of(scale)), tangent_of(scale, components)
    moved = [np.flatnonzero(slot.tangent).tolist() for slot in slots]
    for a, b in pairs:
        both = factor * np.outer(slots[a].tangent, slots[b].tangent)
        for i, j in itertools.product(moved[a], moved[b]):
            if i <= j:
                add(i, j, where[a, b], both[i, j])
            if a != b and j <= i:  # and (b, a)
                add(j, i, where[a, b], both[i, j])
    for number, slot in enumerate(slots):
        if number not in where:
            continue
        crossed = np.outer(slope, slot.tangent)
        first = factor * slot.curvature + crossed + crossed.T
        for i, j in np.argwhere(np.triu(first)).tolist():
            add(i, j, where[number], first[i, j])
    bend, shifted = curvature_of(scale, components), curvature_of(shift, components)
    entries = [sorted((k, w) for k, w in row.items() if w != 0.0) for row in rows]
    return sparse_chain(total, entries)._replace(
        scale=np.array([factor, *(bend[i, j] for i, j in outputs)], dtype=float),
        shift=np.array([value_of(shift), *(shifted[i, j] for i, j in outputs)], dtype=float),
    )


def _in_order(pairs: list[tuple[int, int]], slots: int) -> tuple[Mapping[Any, int], int]:
    """All pairs, then all slots."""
    where: dict[Any, int] = {pair: row for row, pair in enumerate(pairs)}
    where |= {number: len(pairs) + number for number in range(slots)}
    return where, len(pairs) + slots


def sparse_chain(slots: int, rows: list[list[tuple[int, float]]]) -> Chain:
    """A chain that gives Y, then weighted sums of slots: rows of (slot, weight)."""
    entries = [entry for row in rows for entry in row]
    scale = np.zeros(1 + len(rows))
    scale[0] = 1.0
    return Chain(
        slots=slots,
        start=np.cumsum([0, 0, *map(len, rows)]),
        slot=np.array([slot for slot, _ in entries], dtype=np.int64),
        value=np.array([weight for _, weight in entries], dtype=float),
        measure=np.zeros(1 + len(rows), dtype=np.int64),
        scale=scale,
        shift=np.zeros(1 + len(rows)),
    )


def stacked(chains: Sequence[Chain], places: Sequence[np.ndarray], slots: int) -> Chain:
    """The chains of several measures as one, measure after measure.

    places: for each of them where its slots stand among all; slots: how many these are.
    """
    ends = np.cumsum([0, *(chain.start[-1] for chain in chains)])
    starts = [chain.start[:-1] + end for chain, end in zip(chains, ends, strict=False)]
    numbers = [np.full(len(chain.measure), m) for m, chain in enumerate(chains)]
    return Chain(
        slots=slots,
        start=np.concatenate([*starts, ends[-1:]]),
        slot=np.concatenate(
            [np.asarray(p, dtype=np.int64)[c.slot] for c, p in zip(chains, places, strict=True)]
        ),
        value=np.concatenate([chain.value for chain in chains]),
        measure=np.concatenate(numbers),
        scale=np.concatenate([chain.scale for chain in chains]),
        shift=np.concatenate([chain.shift for chain in chains]),
    )


def alike(chain: Chain, measures: int) -> Chain:
    """The same chain for every measure, each with slots of its own."""
    if measures == 1:
        return chain
    places = [np.arange(chain.slots) + m * chain.slots for m in range(measures)]
    return stacked([chain] * measures, places, measures * chain.slots)


def unit_chain(slots: int) -> Chain:
    """A chain that gives Y, then the slots themselves."""
    return sparse_chain(slots, [[(slot, 1.0)] for slot in range(slots)])
