"""The (s, S) inventory with demand on the whole numbers: a Markov chain."""

from __future__ import annotations

from typing import Any

import numpy as np

MEASURES = ("cost", "level", "fill", "stockout", "service")


def discrete_inventory(
    s: int,
    S: int,
    probabilities: Any,
    periods: int,
    holding: float = 0.0,
    backlog: float = 0.0,
    fixed: float = 0.0,
    unit: float = 0.0,
    measure: str = "cost",
) -> float:
    """E[Y] for demands 0, 1, 2, … with these probabilities, no lead time: a Markov chain.

    The state is S less the position after ordering, 0 … S - s.

    Parameters
    ----------
    s, S : int
        Reorder point and order-up-to level.
    probabilities : (values,) array
        P(D = 0), P(D = 1), … of the demand of a period.
    periods : int
        N; the first demand is met from S.
    holding, backlog, fixed, unit : float
        Prices, as for `Inventory`.
    measure : {"cost", "level", "fill", "stockout", "service"}
        As for `Inventory`.

    Returns
    -------
    float
        The exact mean over the periods.

    Raises
    ------
    TypeError, ValueError
        Unless s < S and both are whole numbers; for probabilities or a measure that are none.
    """
    if measure not in MEASURES:
        known = ", ".join(map(repr, MEASURES))
        raise ValueError(f"measure must be one of {known}, got {measure!r}")
    for name, level in (("s", s), ("S", S)):
        if not float(level).is_integer():
            raise TypeError(f"{name} must be a whole number, as demand is, got {level!r}")
    s, S = int(s), int(S)
    if not s < S:
        raise ValueError(f"s must be below S, got s={s}, S={S}")
    p = np.asarray(probabilities, dtype=float)
    if abs(p.sum() - 1.0) > 1e-9 or p.min() < 0.0:
        raise ValueError(
            f"probabilities must be 0 or more and add up to 1, got a sum of {p.sum():g} and a "
            f"smallest one of {p.min():g}"
        )
    demand, mean = np.arange(len(p)), float(np.arange(len(p)) @ p)
    state = np.zeros(S - s + 1)
    state[0] = 1.0
    total = 0.0
    for _ in range(periods):
        following = np.zeros_like(state)
        for gone, chance in enumerate(state):
            left = S - gone - demand
            order = left < s
            gained = _discrete_outcome(left, demand, mean, holding, backlog, measure)
            if measure == "cost":
                gained = gained + order * (fixed + unit * (S - left))
            total += chance * float(p @ gained)
            following[0] += chance * p[order].sum()
            stays = ~order
            np.add.at(following, gone + demand[stays], chance * p[stays])
        state = following
    return total / periods


def _discrete_outcome(
    left: np.ndarray, demand: np.ndarray, mean: float, holding: float, backlog: float, measure: str
) -> np.ndarray:
    owed = np.maximum(-left, 0.0)
    if measure == "level":
        return left.astype(float)
    if measure == "cost":
        return holding * np.maximum(left, 0.0) + backlog * owed
    if measure == "fill":
        return 1.0 - (owed - np.maximum(-left - demand, 0.0)) / mean
    return (left < 0.0).astype(float) if measure == "stockout" else (left >= 0.0).astype(float)
