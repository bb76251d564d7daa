"""What a file may write by name: models, distributions, and the records that they take."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Mapping
from typing import Any

import fastgrad as fg

from ..distributions.families import DISTRIBUTIONS, Distribution
from ..methods import METHODS, Best, Method
from ..models.catalogue import MODELS
from ..models.control import Control
from ..models.model import Model, Ratio
from ..results.shown import Shown

NOT_WRITTEN = (Model, Distribution, Control)  # bases of what is; controls stand beside models
ROOMS = ("models.", "finance")  # where records stand: stations, horizons, measures, payoffs


@functools.cache
def models() -> dict[str, type]:
    """Every model by name; those of users' functions need --allow-code."""
    return {**MODELS, **{n: k for n, k in _finance().items() if issubclass(k, Model)}}


@functools.cache
def wholes() -> dict[str, type]:
    """What a study may be about: a model, or the ratio of two of its outputs."""
    return {**models(), "Ratio": Ratio}


@functools.cache
def records() -> dict[str, type]:
    """What models take beside numbers and distributions: Station, Tail, Cycles and the like."""
    found = {}
    for name, home in fg._HOME.items():
        if home.startswith(ROOMS) and name not in MODELS:
            kind = getattr(fg, name)
            if isinstance(kind, type) and kind not in NOT_WRITTEN and _is_made_by_users(kind):
                found[name] = kind
    paid = {n: k for n, k in _finance().items() if not issubclass(k, Model)}
    return {**found, **{n: k for n, k in paid.items() if _is_made_by_users(k)}}


@functools.cache
def kinds() -> dict[str, type]:
    """Everything that may stand in a model."""
    return {**DISTRIBUTIONS, **records(), **models()}


@functools.cache
def methods() -> dict[str, type[Method]]:
    """Methods by short name and by the name of their class."""
    every: list[type[Method]] = [*map(type, METHODS.values()), Best]
    by_class = {kind.__name__: kind for kind in every}
    return {**{kind.name: kind for kind in every}, **by_class}


@functools.cache
def _finance() -> dict[str, type]:
    if "finance" not in fg._SUBMODULES:
        return {}
    room = importlib.import_module("fastgrad.finance")
    named = {name: getattr(room, name) for name in room.__all__}
    return {name: kind for name, kind in named.items() if isinstance(kind, type)}


def _is_made_by_users(kind: type) -> bool:
    """Results are not."""
    return not issubclass(kind, Shown)


def parameters(kind: Any) -> Mapping[str, inspect.Parameter]:
    """What it is made of."""
    return inspect.signature(kind).parameters


def is_code(kind: type) -> bool:
    """Whether it takes a user's function."""
    return "function" in parameters(kind)
