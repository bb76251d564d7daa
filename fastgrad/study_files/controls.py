"""`control` of a study file: names of controls, or tables of a model and its mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..models.control import Control
from .expressions import Evaluator
from .mistakes import only_known
from .values import Reader

Builder = Callable[[Evaluator], Callable[[Any], Any]]


def read_controls(given: Any, reader: Reader, builder: Builder) -> Any:
    """What `control=` takes: a name, a `Control`, or a list of them.

    Parameters
    ----------
    given : text, table or list of them
        "geometric", or {of = "an output, or a model", mean = "an expression in θ"}.
    builder : callable
        Evaluator -> function of θ.
    """
    if isinstance(given, list):
        return [_control(f"control[{i}]", one, reader, builder) for i, one in enumerate(given)]
    return _control("control", given, reader, builder)


def _control(where: str, given: Any, reader: Reader, builder: Builder) -> Any:
    if isinstance(given, str):
        return given
    if not isinstance(given, Mapping):
        raise ValueError(
            f'{where} must be a name such as "geometric", or a table {{of = …, mean = …}}, '
            f"got {given!r}"
        )
    only_known(where, given, ("kind", "of", "mean"))
    for key in ("of", "mean"):
        if key not in given:
            raise ValueError(f"{where}: {key} is missing: a control needs of and mean")
    of, mean = given["of"], given["mean"]
    if isinstance(of, dict) or (isinstance(of, str) and "(" in of):
        of = _named(of, builder(reader.model(f"{where}.of", of)))
    if isinstance(mean, str):
        mean = _named(mean, builder(reader.expression(f"{where}.mean", mean)))
    return Control(of, mean)


def _named(text: Any, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A store knows a control by the names of its functions: what the file says of them."""
    function.__qualname__ = str(text)
    return function
