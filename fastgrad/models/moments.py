"""What is known of E[Y] and its variance from the distributions of the inputs alone."""

from __future__ import annotations

from collections.abc import Iterable

from .model import Model


def no_expectation(model: Model) -> str | None:
    """Why E[Y] does not exist, or None: Y grows with an input that has no mean."""
    for name, order, words in _heavy(model):
        if order <= 1.0:
            return f"E[Y] does not exist or is infinite: {name}, {words}, has no finite mean"
    return None


def no_variance(model: Model) -> Iterable[str]:
    """What is said where Y grows with an input of infinite variance."""
    for name, order, words in _heavy(model):
        if 1.0 < order <= 2.0:
            yield (
                f"{name}, {words}, has an infinite variance, and so has the output: standard "
                "errors and intervals mean little"
            )


def _heavy(model: Model) -> Iterable[tuple[str, float, str]]:
    """Inputs that Y grows with and that have no variance: name, order of moments, in words."""
    grows = set(model.grows_with())
    for entry in model.inputs() if grows else ():
        order = entry.distribution.highest_moment()
        if entry.name in grows and order <= 2.0:
            names, values = entry.distribution.kernel.PARAMETERS, entry.distribution.values
            given = ", ".join(f"{k}={v:.6g}" for k, v in zip(names, values, strict=True))
            yield entry.name, order, f"{type(entry.distribution).__name__}({given})"
