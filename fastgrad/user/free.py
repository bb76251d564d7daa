"""Draws whose distribution depends on the state: what the kernels are told about their families."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..distributions.families import DISTRIBUTIONS, Distribution
from ..kernels.jit.compile import Operation
from ..kernels.user.free_draws import MOST


def family_of(name: str) -> type[Distribution]:
    """The public class of a family's file."""
    return next(
        kind for kind in DISTRIBUTIONS.values() if kind.kernel.__name__.rpartition(".")[2] == name
    )


def free_functions(families: list[str], kind: str) -> list[Operation | None]:
    """By family the variate, a function of each parameter, and the constant of each.

    What does not exist is None; for derivatives along the path, which are not asked for then, the
    variate stands in its place.
    """
    made: list[Operation | None] = []
    for family in map(family_of, families):
        variate = family.operation("variate")
        names = [*family.kernel.PARAMETERS]
        wanted = [f"{kind}_{name}" for name in names] + [""] * (MOST - len(names))
        constants = [f"{name}_constant" if kind == "natural" else "" for name in wanted]
        instead = variate if kind == "derivative" else None
        made.append(variate)
        made += [
            family.operation(name) if name and hasattr(family.kernel, name) else instead
            for name in (*wanted, *constants)
        ]
    return made


def lacking(model: Any, kind: str) -> str | None:
    """Why a derivative of this kind is not known for all draws, or None.

    Parameters that do not move need none (Bernoulli's two values): one that is known will do
    here, and the kernel finds out about the others.
    """
    for family in map(family_of, model.free):
        kernel = family.kernel
        moving = [name for name, domain in kernel.PARAMETERS.items() if domain != "count"]
        if kind == "score" and hasattr(kernel, "unusable"):
            name = family.__name__
            return f"the score of {name} has no variance at some parameters, which the state gives"
        if not any(hasattr(kernel, f"{kind}_{name}") for name in moving):
            return family.missing(kind, moving[0]) if moving else None
    return None


def index_of(numbers: list[int], phantoms: bool, baseline: float) -> np.ndarray:
    """See `kernels/user/free_derivative.py`."""
    bits = int(np.float64(baseline).view("i8"))
    rows = [(-1, number, 0) for number in numbers]
    return np.array([(len(numbers), int(phantoms), bits), *rows], dtype=np.int64).ravel()
