"""Pilots over a function with marks: blocks of replications that Python looks at one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...core.calls import call
from ...kernels.jit.compile import Operation
from ...kernels.marks.path import BY_LATEST, BY_RATIO
from ...kernels.marks.pilot import pilot
from ...kernels.marks.smoothed import smoothed
from ...kernels.random.philox import METHOD, PILOT, ROLE, uniform_rows
from ..pilots.paths import Paths
from .table import Place, Ratio, derivative_of, table_of

if TYPE_CHECKING:
    from ..described import Described

MOST_PATHS = 1024
TRIED = 8  # marks on each path of a trial


def piloted(
    model: Described, places: list[Place], how: int, ratio: Ratio | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of all paths: the codes, the largest of each place's row, and the rows behind them."""
    from ..pilots.directions import allowance, blocks_of

    count, many = len(places), 1 if ratio is None else len(places)
    blocks = []
    for paths in blocks_of(model, min(MOST_PATHS, allowance(model).paths)):
        _, out = run_block(model, pilot, paths, 0, places, (how, 1, ratio), 1 + count + many)
        blocks.append(out)
    out = np.concatenate(blocks, axis=1)
    return out[0], out[1 : 1 + count].max(axis=1, initial=0.0), out[1 + count :]


def only_draws(model: Described, places: list[Place]) -> np.ndarray:
    """The latest draw of the only mark on each path; 0 or less where there is none such."""
    return piloted(model, places, BY_LATEST)[2][0]


def ratio_pilot(model: Described, places: list[Place], ratio: Ratio) -> tuple[np.ndarray, ...]:
    """Codes of a trial, and |v f Y| of each place at the ends of the range and inside."""
    codes, ends, inside = piloted(model, places, BY_RATIO, ratio)
    codes = np.concatenate([trial(model, places, BY_RATIO, ratio), codes])
    return codes, ends, inside.max(axis=1, initial=0.0)


def trial(
    model: Described, places: list[Place], how: int, ratio: Ratio | None = None
) -> np.ndarray:
    """The codes of one block that is smoothed."""
    paths = Paths(model, 0, PILOT)
    y, out = run_block(model, smoothed, paths, 0, places, (how, TRIED, ratio), 1 + len(places))
    return np.where(np.isnan(y), out[0], 0.0)


def run_block(
    model: Described,
    operation: Operation,
    paths: Paths,
    seed: int,
    places: list[Place],
    how: tuple,
    rows: int,
) -> tuple[np.ndarray, np.ndarray]:
    """One block of an operation: y and out."""
    index, functions = table_of(model, places, *how)
    addresses = np.array([f.address if f else 0 for f in functions], dtype=np.int64)
    paths.variates()
    tangents = tangents_of(model, paths, places)
    structure = np.vstack([paths.structure, np.zeros(paths.lanes)])
    parameters = np.ascontiguousarray(np.append(paths.parameters[:, 0], 0.0))
    fresh = np.empty((2, paths.lanes))
    call(uniform_rows, paths.lanes, 2, 0, METHOD * ROLE, paths.first, seed, 0, paths.lanes,
         fresh)  # fmt: skip
    y, out = np.empty(paths.lanes), np.zeros((rows, paths.lanes))
    call(
        operation, paths.lanes, model.counts(), addresses, parameters, structure, paths.x,
        tangents, fresh, index, y, out, y,
    )  # fmt: skip
    return y, out


def tangents_of(model: Described, paths: Paths, places: list[Place]) -> np.ndarray:
    """dX/dplace of all variates, place after place."""
    draws = [entry.draws for entry in model.sources]
    first = np.cumsum([0, *draws])
    sizes = np.cumsum([0, *(len(e.distribution.values) for e in model.sources)])
    blocks = [np.zeros((1, paths.lanes))]
    for place in places:
        derivative = derivative_of(model, place)
        if derivative is None:
            continue
        k = place.which
        x = np.ascontiguousarray(paths.x[first[k] : first[k + 1]])
        u = np.ascontiguousarray(paths.uniforms[k])
        own = np.ascontiguousarray(np.append(paths.parameters[sizes[k] : sizes[k + 1], 0], 0.0))
        made = np.empty_like(x)
        call(derivative, x.size, 1, u, x, x, x, own, made, made)
        blocks.insert(-1, made)
    return np.ascontiguousarray(np.concatenate(blocks))
