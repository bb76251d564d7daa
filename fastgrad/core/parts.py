"""What build(theta) returns, taken apart: the model inside, and what is made of its output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..models.model import Affine, Model, Ratio
from .tracer import is_number


class Quotient(NamedTuple):
    """Of the means of two measures: their names; the scale and shift of the quotient itself."""

    names: tuple
    scale: Any
    shift: Any


class Parts(NamedTuple):
    """The model inside, the scale and shift of each of its measures, and their quotient."""

    model: Model
    scale: Any
    shift: Any
    quotient: Quotient | None


def parts_of(model: Model) -> Parts:
    """Of a model that build returned."""
    inside, scale, shift = deterministic_parts(model)
    if not isinstance(inside, Ratio):
        return Parts(inside, scale, shift, None)
    return Parts(*deterministic_parts(inside.whole), Quotient(inside.names, scale, shift))


def deterministic_parts(model: Model) -> tuple[Model, Any, Any]:
    """The model inside, and the scale and shift around it."""
    if not isinstance(model, Affine):
        return model, 1.0, 0.0
    scale, shift, model = model.scale, model.shift, model.model
    while isinstance(model, Affine):
        scale, shift = scale * model.scale, scale * model.shift + shift
        model = model.model
    return model, scale, shift


def built(build: Callable[[Any], Model], theta: Any) -> Model:
    """The model that build makes, or a clear error."""
    if not callable(build):
        raise TypeError(
            f"build must be a function theta -> model, got {type(build).__name__} "
            "(fastgrad.simulate takes a model itself)"
        )
    with np.errstate(all="ignore"):  # a step may lead out of the model, which then refuses it
        model = build(theta)
    if not isinstance(model, Model):
        got = "a number" if is_number(model) else type(model).__name__
        raise TypeError(
            f"build(theta) must return a model such as fastgrad.SingleServerQueue(...), got {got}"
        )
    return model
