"""Which algorithm: by name, by object, or "auto"."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..errors import NotApplicable
from ..methods.steady import is_steady
from .algorithms import Adam, Algorithm, RobbinsMonro
from .perturbed import SPSA, KieferWolfowitz, RandomDirectionSearch, SecondOrderSPSA
from .region import Region
from .saa import SAA
from .sampling import Source

AUTO = "auto"
KNOWN: tuple[Algorithm, ...] = (
    RobbinsMonro(), KieferWolfowitz(), SPSA(), RandomDirectionSearch(), SecondOrderSPSA(), Adam(),
    SAA(),
)  # fmt: skip
ALGORITHMS: dict[str, Algorithm] = {algorithm.name: algorithm for algorithm in KNOWN}
JUMPS = "the average of a sample jumps in theta where two cycles become one"
WHOLE = (
    "is a whole number, in which E[Y] has no derivative; algorithm='spsa' takes differences "
    "between neighbours on the lattice"
)


def algorithm_of(given: Any) -> Algorithm | None:
    """An algorithm from its name or itself, None for "auto", or a clear error."""
    if isinstance(given, Algorithm):
        return given
    if isinstance(given, type) and issubclass(given, Algorithm) and given.name:
        return given()
    if given == AUTO:
        return None
    if isinstance(given, str) and given in ALGORITHMS:
        return ALGORITHMS[given]
    known = ", ".join(map(repr, (AUTO, *ALGORITHMS)))
    if isinstance(given, str):
        raise ValueError(f"unknown algorithm {given!r}; known: {known}")
    raise TypeError(
        f"algorithm must be one of {known}, or an object such as fastgrad.SPSA(), got {given!r}"
    )


def choose(
    given: Algorithm | None, source: Source, region: Region, whole: np.ndarray, expected: bool
) -> Algorithm:
    """The algorithm, checked against whole components; for "auto" the first that is valid."""
    names = [name for name, is_whole in zip(source.theta.names, whole, strict=True) if is_whole]
    if names:
        if given is None:
            return SPSA()
        if not isinstance(given, SPSA):
            raise NotApplicable(given.name, f"{names[0]} {WHOLE}", ("spsa",))
    traced = TracedModel(source.build, source.theta)
    if given is not None:
        if isinstance(given, SAA) and is_steady(traced.model):
            raise NotApplicable("saa", JUMPS, ("robbins-monro", "adam"))
        return given
    if source.follows:
        return SAA()
    if source.method.refusal(traced) is None:
        return dataclasses.replace(RobbinsMonro(), averaging=True)
    return SPSA()


def check_options(
    theta: Theta, region: Region, whole: np.ndarray, chosen: Algorithm | None, expected: bool,
    replications: int | None, averaging: Any,
) -> None:  # fmt: skip
    """What can be said against them before anything is simulated."""
    for i in np.flatnonzero(whole):
        if np.floor(region.high[i]) - np.ceil(region.low[i]) < 1.0:
            raise ValueError(
                f"integer: {theta.names[i]} has no two whole numbers between its bounds "
                f"{region.low[i]:g} and {region.high[i]:g}"
            )
    d = len(theta.vector)
    for name in ("a", "c"):
        size = np.size(getattr(chosen, name, 1.0))
        if size not in (1, d):
            raise ValueError(
                f"{name} must be one number or one for each component of theta: {d}, got {size}"
            )
    if isinstance(chosen, SAA):
        box = bool(np.isfinite([region.low, region.high]).any())
        if averaging:
            raise ValueError("averaging=True is for iterates, and 'saa' solves samples")
        lost = chosen.refusal(box, not region.is_box, expected)
        if lost is not None:
            raise ValueError(lost)
    batch = getattr(chosen, "batch", None)
    if batch is not None and replications is not None and batch > replications:
        raise ValueError(f"batch={batch} is more than all replications, {replications}")
