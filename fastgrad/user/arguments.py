"""What a user gives for a model of their own, checked: the function, its inputs and parameters."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import DISTRIBUTION_FILES
from ..core.numbers import checked_number
from ..core.tracer import Traced
from ..distributions.distribution import Free
from ..distributions.families import DISTRIBUTIONS, Repeated
from ..kernels.user.free_draws import MOST
from ..kernels.user.function import UserFunction
from ..kernels.user.reached import draws_by_itself
from ..kernels.user.record import MANY, ONE, STREAM
from ..models.model import Input, check_count, check_distribution
from .captured import check_captured
from .counts import Group


class Parameters(NamedTuple):
    """What θ may stand in, and what it may not.

    Attributes
    ----------
    reals : dict
        Place by place: those of an array are called slots[0], slots[1], …
    shapes : dict
        Of each real parameter, () for a number.
    wholes : dict
        Whole numbers, and arrays of them.
    """

    reals: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]
    wholes: dict[str, int | np.ndarray]


def checked_function(whose: str, function: Callable) -> UserFunction:
    """The function and what it refers to, or a clear error."""
    try:
        user = UserFunction(function)
    except TypeError as error:
        raise TypeError(f"{whose}: {error}") from None
    check_captured(whose, user)
    culprit = draws_by_itself(user.function)
    if culprit is not None:
        raise ValueError(
            f"{whose}: {culprit} draws random numbers by itself, which no seed of a run controls: "
            "make them inputs"
        )
    return user


def checked_inputs(whose: str, given: Mapping[str, Any]) -> tuple[list[Input], list[Group]]:
    """All distributions one after the other, and the names that they stand under."""
    if not isinstance(given, Mapping) or not given:
        raise TypeError(f"{whose} must map names to distributions, got {given!r}")
    sources: list[Input] = []
    groups = []
    for name, source in given.items():
        check_name(whose, name, "x")
        made, form = _sources(f"{whose}[{name!r}]", name, source)
        sources += made
        groups.append(Group(name, form, len(made)))
    return sources, groups


def _sources(whose: str, name: str, given: Any) -> tuple[list[Input], int | str]:
    """The distributions of one input, and what the function gets of them."""
    if isinstance(given, Repeated):
        distribution, draws, on_demand = given
        check_distribution(whose, distribution)
        one = Input(name, distribution, check_count(f"{whose}: draws", draws))
        return [one], STREAM if on_demand else MANY
    if isinstance(given, Free):
        family = given.family
        listed = family.__name__ in DISTRIBUTION_FILES  # one of those whose parameters are counted
        if not listed or not 1 <= len(family.kernel.PARAMETERS) <= MOST:
            raise TypeError(f"{whose}: {family.__name__} cannot have free parameters")
        uniform: Any = DISTRIBUTIONS["Uniform"]
        draws = check_count(f"{whose}: draws", given.draws)
        form = family.kernel.__name__.rpartition(".")[2]
        return [Input(name, uniform(0.0, 1.0), draws)], form
    if isinstance(given, (list, tuple, np.ndarray)):
        if len(given) == 0:
            raise ValueError(f"{whose} must hold at least one distribution, got an empty list")
        return [
            Input(f"{name}[{i}]", check_distribution(f"{whose}[{i}]", one), 1)
            for i, one in enumerate(given)
        ], MANY
    return [Input(name, check_distribution(whose, given), 1)], ONE


def checked_parameters(whose: str, given: Mapping[str, Any]) -> Parameters:
    """Real and whole parameters."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{whose} must map names to numbers, got {given!r}")
    found = Parameters({}, {}, {})
    for name, value in given.items():
        check_name(whose, name, "p")
        listed = isinstance(value, (list, tuple))
        if listed or (isinstance(value, np.ndarray) and value.ndim):
            _add_array(found, f"{whose}[{name!r}]", name, value)
        elif isinstance(value, np.timedelta64):
            raise TypeError(f"{whose}[{name!r}] must be a number, got {value!r}")
        elif isinstance(value, (bool, int, np.integer)):
            found.wholes[name] = _whole(f"{whose}[{name!r}]", value)
        elif isinstance(value, (float, np.floating, Traced)):
            found.reals[name], found.shapes[name] = value, ()
        elif isinstance(value, np.ndarray) and value.dtype != object:
            raise TypeError(f"{whose}[{name!r}] must be a number, got the array {value!r}")
        elif isinstance(value, np.ndarray):
            found.reals[name], found.shapes[name] = value.item(), ()
        else:
            raise TypeError(
                f"{whose}[{name!r}] must be a number or an array of numbers, got {value!r}"
            )
    return found


def _add_array(found: Parameters, whose: str, name: str, given: Any) -> None:
    """An array of whole numbers, or one of real numbers that θ may stand in."""
    try:
        entries = np.array(given, dtype=object)
    except ValueError:
        raise ValueError(f"{whose} has rows of different lengths: {given!r}") from None
    if entries.size == 0:
        raise ValueError(f"{whose} must not be empty")
    for place, value in np.ndenumerate(entries):
        if not isinstance(value, (bool, np.bool_, Traced)):
            checked_number(f"{whose}[{', '.join(map(str, place))}]", value)
    if all(isinstance(value, (bool, int, np.integer, np.bool_)) for value in entries.flat):
        each = [_whole(f"{whose}", value) for value in entries.flat]
        found.wholes[name] = np.array(each, dtype=np.int64).reshape(entries.shape)
        return
    found.shapes[name] = entries.shape
    for place, value in np.ndenumerate(entries):
        at = ", ".join(map(str, place))
        found.reals[f"{name}[{at}]"] = value if isinstance(value, Traced) else float(value)


def _whole(whose: str, value: Any) -> int:
    """A whole number of 64 bits, which is what compiled code has."""
    if not -(2**63) <= value < 2**63:
        checked_number(whose, value)
        raise ValueError(
            f"{whose} = {value} is beyond the whole numbers of 64 bits: write it as a float, "
            f"{float(value)!r}"
        )
    return int(value)


def checked_debug(whose: str, debug: Any) -> bool:
    """True or False, or a clear error."""
    if not isinstance(debug, (bool, np.bool_)):
        raise TypeError(f"{whose}: debug must be True or False, got {debug!r}")
    return bool(debug)


def check_name(whose: str, name: Any, record: str) -> None:
    """A name that can stand behind a dot."""
    usable = isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)
    if not usable or name.startswith("_"):
        raise ValueError(
            f"{whose}: {name!r} cannot be a name, because {record}.{name} is how it is read"
        )
