"""What a user gives for a model of their own, checked: the function, its inputs and parameters."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core.tracer import Traced
from ..distributions.families import Distribution, Repeated
from ..kernels.user.function import UserFunction, draws_by_itself
from ..kernels.user.simulation import MANY, ONE, STREAM
from ..models.model import Input, check_count, check_distribution


def checked_function(whose: str, function: Callable) -> UserFunction:
    """The function and what it refers to, or a clear error."""
    try:
        user = UserFunction(function)
    except TypeError as error:
        raise TypeError(f"{whose}: {error}") from None
    culprit = draws_by_itself(user.function)
    if culprit is not None:
        raise ValueError(
            f"{whose}: {culprit} draws random numbers by itself, which no seed of a run controls: "
            "make them inputs"
        )
    return user


def checked_inputs(
    whose: str, given: Mapping[str, Distribution | Repeated]
) -> tuple[list[Input], list[int]]:
    """Inputs, and the form of each."""
    if not isinstance(given, Mapping) or not given:
        raise TypeError(f"{whose} must map names to distributions, got {given!r}")
    sources, forms = [], []
    for name, source in given.items():
        check_name(whose, name)
        if not isinstance(source, Repeated):
            source = Repeated(source, 1)
            forms.append(ONE)
        else:
            forms.append(STREAM if source.on_demand else MANY)
        distribution, draws, _ = source
        check_distribution(f"{whose}[{name!r}]", distribution)
        sources.append(Input(name, distribution, check_count(f"{whose}[{name!r}]: draws", draws)))
    return sources, forms


def checked_parameters(
    whose: str, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, int]]:
    """Real and whole parameters."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{whose} must map names to numbers, got {given!r}")
    reals: dict[str, Any] = {}
    wholes: dict[str, int] = {}
    for name, value in given.items():
        check_name(whose, name)
        if isinstance(value, (bool, int, np.integer)):
            wholes[name] = int(value)
        elif isinstance(value, (float, np.floating, Traced)):
            reals[name] = value
        else:
            raise TypeError(f"{whose}[{name!r}] must be a number, got {value!r}")
    return reals, wholes


def check_name(whose: str, name: Any) -> None:
    """A name that can stand behind a dot."""
    usable = isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)
    if not usable or name.startswith("_"):
        raise ValueError(f"{whose}: {name!r} cannot be a name, because x.{name} is how it is read")
