"""The generalised likelihood ratio at a marked threshold: where it is valid, and its table."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from ...distributions.families import Distribution
from .pilot import only_draws, ratio_pilot
from .sites import OFTEN, REASONS, explained
from .table import Ratio, places_of

if TYPE_CHECKING:
    from ..described import Described

NEGLIGIBLE = 1e-6  # of the flux inside of the draw's range: what may be left at its ends


def ratio_of(model: Described) -> Ratio:
    """Whether the ratio is valid for a model, and how it is taken."""
    places = places_of(model)
    structural = [place for place in places if place.which < 0]
    draws = set(np.unique(only_draws(model, places)).astype(int).tolist())
    if len(draws) != 1 or min(draws) < 1:
        return Ratio([], (), REASONS[OFTEN])
    rank = draws.pop()
    entry = model.sources[(rank - 1) % len(model.sources)]
    found = slope_of_density(entry.distribution)
    if found is None:
        name = type(entry.distribution).__name__
        return Ratio([], (), f"the slope of the density of {entry.name} ({name}) is not known")
    scaled, parameters, weights = found
    extra = [rank, scaled, len(weights), *weights]
    scores = tuple(entry.distribution.operation(f"score_{name}") for name in parameters)
    ratio = Ratio(extra, scores, None)
    codes, ends, inside = ratio_pilot(model, structural, ratio.less(0.0))
    wrong = codes[codes != 0.0]
    if len(wrong):
        return dataclasses.replace(ratio, refusal=explained(model, wrong[0]))
    leaking = frozenset(
        place.name
        for place, end, most in zip(structural, ends, inside, strict=True)
        if end > NEGLIGIBLE * most
    )
    return dataclasses.replace(ratio, leaking=leaking, draw=entry.name)


def slope_of_density(distribution: Distribution) -> tuple[int, list[str], list[int]] | None:
    """(1 for a scaling or 0 for a shift, scores that make up f'/f, their weights); or None.

    The distribution of (1 + ε) X or of X + ε has other parameters: the score in ε is known
    either way. A weight is the number of a parameter, or -1 for 1.
    """
    order = list(distribution.kernel.PARAMETERS)
    shifts = [(name, -1) for name in distribution.shifted() or ()]
    by_one = getattr(distribution.kernel, "LOGARITHMIC", ())
    scales = [
        (name, -1 if name in by_one else order.index(name))
        for name, _ in distribution.scaled() or ()
    ]
    for scaled, moves in ((0, shifts), (1, scales)):
        known = all(name in order and distribution.has(f"score_{name}") for name, _ in moves)
        if moves and known and distribution.by_point:
            return scaled, [name for name, _ in moves], [weight for _, weight in moves]
    return None
