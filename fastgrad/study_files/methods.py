"""Methods and algorithms of a file: names, text such as "wd(phantoms='one')", or tables."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping
from typing import Any

from ..methods import METHODS, Method
from .kinds import methods
from .mistakes import only_known, unknown


def read_methods(given: Any) -> list[Any] | None:
    """The methods of a file, one or a list; None for none."""
    if given is None:
        return None
    if given == []:
        raise ValueError("methods must name at least one; leave it out for all that are valid")
    return [method(one) for one in (given if isinstance(given, list) else [given])]


def method(given: Any) -> Method | str:
    """One method."""
    if isinstance(given, str) and "(" not in given:
        if given not in methods():
            raise ValueError(f"methods: {unknown('method', given, methods())}")
        return given if given in METHODS else methods()[given]()
    name, options = _named("methods", given)
    if name not in methods():
        raise ValueError(f"methods: {unknown('name', name, methods())}")
    return _made(f"methods: {name}", methods()[name], options)


def algorithm(given: Any) -> Any:
    """An algorithm of `minimize`."""
    from ..optimise.choice import ALGORITHMS, AUTO

    kinds: dict[str, Any] = {name: type(one) for name, one in ALGORITHMS.items()}
    kinds |= {kind.__name__: kind for kind in kinds.values()}
    if given == AUTO:
        return given
    plain = isinstance(given, str) and "(" not in given
    name, options = (given, {}) if plain else _named("minimize.algorithm", given)
    if name not in kinds:
        raise ValueError(f"minimize: {unknown('algorithm', name, [AUTO, *ALGORITHMS])}")
    return _made(f"minimize.algorithm: {name}", kinds[name], options)


def _made(where: str, kind: Any, options: dict[str, Any]) -> Any:
    fields = dataclasses.fields(kind)
    only_known(where, options, [field.name for field in fields])
    for field in fields:
        if field.name == "parts" and field.name in options:
            options[field.name] = read_methods(options[field.name])
        if field.name == "cut" and isinstance(options.get("cut"), list):
            pairs = options["cut"]  # of nodes, or numbers of arcs
            options["cut"] = [tuple(arc) if isinstance(arc, list) else arc for arc in pairs]
    try:
        return kind(**options)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from None


def _named(where: str, given: Any) -> tuple[str, dict[str, Any]]:
    """Name and options of a table, or of text as Python writes it."""
    if isinstance(given, Mapping):
        if "name" not in given:
            raise ValueError(f'{where}: name is missing, such as {{name = "cd", step = 0.01}}')
        return str(given["name"]), {key: v for key, v in given.items() if key != "name"}
    try:
        call = ast.parse(str(given).strip(), mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        assert not call.args
        return call.func.id, {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, AssertionError, ValueError, RecursionError, MemoryError):
        raise ValueError(
            f'{where}: must be a name, a table such as {{name = "cd", step = 0.01}}, or text such '
            f'as "cd(step=0.01)", got {given!r}'
        ) from None
