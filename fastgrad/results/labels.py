"""Labels: names of methods that tell apart two objects of the same name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from ..methods import METHODS, Method, method_of


def labelled(methods: Sequence[Any] | None) -> dict[str, Method]:
    """Methods by label: the name, with the options where one name stands for several."""
    if isinstance(methods, (str, Method)):
        methods = [methods]
    if methods is None:
        methods = [name for name in METHODS if name != "auto"]
    if not isinstance(methods, Iterable):
        raise TypeError(f"methods must be a list of names or methods, got {methods!r}")
    chosen = [method_of(given) for given in methods]
    if not chosen:
        raise ValueError(f"methods must name at least one of {', '.join(map(repr, METHODS))}")
    names = [method.name for method in chosen]
    labels: dict[str, Method] = {}
    for method in chosen:
        label = method.name if names.count(method.name) == 1 else described(method)
        again = sum(known.split(" #")[0] == label for known in labels)
        labels[f"{label} #{again + 1}" if again else label] = method
    return labels


def described(method: Method) -> str:
    """The name of a method with those options that differ from their defaults."""
    words = [method.name]
    for field in dataclasses.fields(method):
        value = getattr(method, field.name)
        if repr(value) != repr(field.default):
            words.append(value if isinstance(value, str) else f"{field.name}={value}")
    return " ".join(words)
