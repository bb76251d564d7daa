"""Opening a store for a study: the same one as before, or a refusal that says what differs."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.numbers import shown
from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..core.tracer import value_of
from ..errors import StoreError
from ..settings import Settings
from .digest import digest_of, versions

if TYPE_CHECKING:
    from .store import Store

MOST_SHOWN = 3
# These change the speed, what is shown, or how far a study goes.
FREE = ("replications", "precision", "relative", "threads", "executor", "progress", "store", "seed")


@contextlib.contextmanager
def opened(
    store: Any, build: Any, points: list[Any], seed: Any, call: dict[str, Any]
) -> Iterator[Any]:
    """An open store for a study, closed at the end; None or an open one are handed through.

    Parameters
    ----------
    points : list of θ
    call : dict
        Everything else that the study's numbers depend on, and what they do not (`FREE`).

    Raises
    ------
    StoreError
        If it belongs to another study, seed or version.
    """
    if store is None or not isinstance(store, (str, os.PathLike)):
        if not (store is None or hasattr(store, "recovered")):
            raise TypeError(f"store must be the name of a file, got {store!r}")
        yield store
        return
    from .store import Store

    study = described(build, points, seed, _told(call))
    with Store(Path(store)) as made:
        _claim(made, study, call.get("replications"))
        yield made


def _told(call: dict[str, Any]) -> dict[str, Any]:
    """What a study's numbers depend on, with the defaults."""
    defaults = {field.name: field.default for field in dataclasses.fields(Settings)}
    return {name: v for name, v in (defaults | call).items() if name not in FREE}


def name_of_store(build: Any, points: list[Any], seed: Any, call: dict[str, Any]) -> str:
    """A file name that no other study, seed or version has."""
    study = [versions(), described(build, points, seed, _told(call))]
    return f"study-{hashlib.sha256(json.dumps(study).encode()).hexdigest()[:12]}.db"


def _claim(store: Store, study: dict[str, Any], planned: Any) -> None:
    """Make the store that of this study, or see that it is."""
    for name, now in (("versions", versions()), ("study", study)):
        before = store.meta(name)
        if before is None:
            store.set_meta(name, now)
        else:
            differing = list(differences(before, now))
            if differing:
                told = "; ".join(differing[:MOST_SHOWN])
                more = len(differing) - MOST_SHOWN
                raise StoreError(
                    f"store {str(store.path)!r} was made by another "
                    f"{'version' if name == 'versions' else 'study'}: {told}"
                    f"{f'; and {more} more' if more > 0 else ''}. Give another store"
                )
    if store.meta("planned") is None:
        store.set_meta("planned", None if planned is None else int(planned))
    store.planned = store.meta("planned")
    store.commit()


def differences(before: Any, now: Any, where: str = "") -> Iterator[str]:
    """What differs between two descriptions, each with its place."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys([*before, *now]):
            place = f"{where}.{name}" if where else str(name)
            yield from differences(before.get(name), now.get(name), place)
    elif before != now:
        yield f"{where} was {shown(before)} and is {shown(now)}"


def described(build: Any, points: list[Any], seed: Any, call: dict[str, Any]) -> dict[str, Any]:
    """A study in plain values: its model at the first θ, and what it was called with."""
    return {
        "seed": int(seed),
        "theta": [plain(point) for point in points],
        **{name: plain(value) for name, value in call.items()},
        "model": _model(build, Theta(points[0])),
    }


def _model(build: Callable, theta: Theta) -> dict[str, Any]:
    study = TracedModel(build, theta, several=True)
    return {
        "class": type(study.whole).__name__,
        "inputs": {
            entry.name: {
                "distribution": type(entry.distribution).__name__,
                "parameters": [plain(value_of(p)) for p in entry.distribution.parameters],
                "draws": entry.draws,
            }
            for entry in study.inputs
        },
        "parameters": {k: plain(value_of(v)) for k, v in study.whole.structure().items()},
        "theta in": {slot.place: slot.tangent.tolist() for slot in study.slots},
        "times": plain(value_of(study.scale)),
        "plus": plain(value_of(study.shift)),
        "code": digest_of(study.problem()),
    }


def plain(value: Any) -> Any:
    """A value as JSON has it; what JSON does not have as text."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, Mapping):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return repr(value)
