"""What the numbers of a run depend on, as one short hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import llvmlite
import numba
import numpy as np
import scipy

from .. import __version__
from ..kernels.jit.compile import Operation
from ..kernels.jit.stamps import FOUND, KERNELS
from ..kernels.user.function import UserFunction

if TYPE_CHECKING:
    from ..core.engine import Plan
    from ..settings import Settings

BYTES = 16


def run_digest(
    plan: Plan, settings: Settings, replication: int, last: int | None, shape: tuple
) -> bytes:
    """Of one run: model, parameters, estimator, seed and versions.

    Parameters
    ----------
    replication : int
        The first one.
    last : int or None
        How many points there are, if they are not random numbers: they depend on it.
    shape : tuple
        Of what is summed up.
    """
    digest = hashlib.blake2b(digest_size=BYTES)
    method, parameters, structure = plan.chunk(replication, 1)
    sampling: tuple = (settings.key, bool(settings.antithetic), settings.sampler, last)
    if plan.tilt is not None:
        sampling = (*sampling, plan.tilt.shift)
    for part in (
        tuple(versions().items()), plan.problem, plan.chain, type(method).__name__, method,
        parameters, structure, plan.leaf, replication, sampling, shape,
    ):  # fmt: skip
        _feed(part, digest.update)
    return digest.digest()


def digest_of(value: Any) -> str:
    """Of anything that a plan is made of, as text."""
    digest = hashlib.blake2b(digest_size=BYTES)
    _feed(value, digest.update)
    return digest.hexdigest()


_versions: dict[str, str] = {}


def versions() -> dict[str, str]:
    """Of everything that the last bit of a result depends on."""
    if not _versions:
        digest = hashlib.blake2b(digest_size=8)
        for path in sorted(FOUND):
            digest.update(str(path.relative_to(KERNELS)).encode() + b"\0" + FOUND[path])
        _versions.update({
            "fastgrad": __version__, "kernels": digest.hexdigest(), "numpy": np.__version__,
            "scipy": scipy.__version__, "numba": numba.__version__,
            "llvmlite": llvmlite.__version__,
        })  # fmt: skip
    return _versions


def _feed(value: Any, feed: Callable[[bytes], None]) -> None:
    """Feed a value to the hash, with its type, so that no two values look alike."""
    feed(type(value).__name__.encode() + b"\0")
    if isinstance(value, np.ndarray):
        feed(f"{value.dtype.str}{value.shape}".encode())
        feed(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, Operation):
        _feed(value.recipe, feed)
    elif isinstance(value, UserFunction):
        feed(value.digest.encode())
    elif isinstance(value, (tuple, list)):
        feed(f"{len(value)}\0".encode())
        for item in value:
            _feed(item, feed)
    elif callable(value):
        feed(f"{value.__module__}.{value.__qualname__}\0".encode())
    elif isinstance(value, bytes):
        feed(f"{len(value)}\0".encode() + value)
    else:  # a number, a string, None; with an address in it, it is new each time: never wrong
        feed(repr(value).encode() + b"\0")
