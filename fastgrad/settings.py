"""The keyword arguments that every estimating function shares."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Executor
from typing import Any

import numba
import numpy as np


@dataclasses.dataclass(frozen=True)
class Settings:
    """The keyword arguments that every estimating function shares, checked."""

    seed: int = 0
    antithetic: bool = False
    sampler: str = "pseudo"
    threads: int | None = None
    executor: Executor | None = None
    progress: Any = False
    pilot_replications: int | None = None
    covariance: bool = False
    store: Any = None
    interval: str = "delta"
    control: Any = None
    importance: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, (int, np.integer)):
            raise TypeError(f"seed must be a whole number, got {self.seed!r}")
        if not 0 <= self.seed < 2**64:
            raise ValueError(f"seed must be between 0 and 2**64 - 1, got {self.seed}")
        if self.sampler not in ("pseudo", "sobol", "lhs"):
            raise ValueError(f"sampler must be 'pseudo', 'sobol' or 'lhs', got {self.sampler!r}")
        if self.interval not in ("delta", "jackknife"):
            raise ValueError(f"interval must be 'delta' or 'jackknife', got {self.interval!r}")
        if not isinstance(self.antithetic, (bool, np.bool_)):
            raise TypeError(f"antithetic must be True or False, got {self.antithetic!r}")
        if not isinstance(self.covariance, (bool, np.bool_)):
            raise TypeError(f"covariance must be True or False, got {self.covariance!r}")
        if not (isinstance(self.progress, (bool, np.bool_)) or callable(self.progress)):
            raise TypeError(f"progress must be True, False or a function, got {self.progress!r}")
        if self.antithetic and self.sampler != "pseudo":
            raise ValueError("antithetic=True goes with sampler='pseudo' only")
        if self.threads is not None and (
            isinstance(self.threads, bool)
            or not isinstance(self.threads, (int, np.integer))
            or self.threads < 1
        ):
            raise ValueError(f"threads must be a whole number, 1 or more, got {self.threads!r}")
        if self.pilot_replications is not None and (
            isinstance(self.pilot_replications, bool)
            or not isinstance(self.pilot_replications, (int, np.integer))
            or self.pilot_replications < 2
        ):
            raise ValueError(
                "pilot_replications must be a whole number, 2 or more, got "
                f"{self.pilot_replications!r}"
            )
        if self.store is not None and not hasattr(self.store, "recovered"):
            raise TypeError("store= is for gradient, simulate, compare, sweep and minimize")
        if self.importance not in (None, "tilt"):
            raise ValueError(f"importance must be None or 'tilt', got {self.importance!r}")
        if self.importance and self.antithetic:
            raise ValueError(
                "antithetic=True mirrors what importance='tilt' tilts: give one of them"
            )
        for one in self.controls:
            if not isinstance(one, str) and not hasattr(one, "mean_at"):
                raise TypeError(
                    "control must be a Control(model, mean), the name of a control that the model "
                    f"has, or a list of them, got {one!r}"
                )
        if self.executor is not None and not hasattr(self.executor, "submit"):
            raise TypeError(
                f"executor must be a concurrent.futures.Executor, got {self.executor!r}"
            )

    @property
    def controls(self) -> list[Any]:
        """Control variates: none, one or several."""
        if self.control is None:
            return []
        return [*self.control] if isinstance(self.control, (list, tuple)) else [self.control]

    @property
    def key(self) -> int:
        """The seed as a signed 64-bit integer, which is how kernels take it."""
        return int(self.seed) - 2**64 if self.seed >= 2**63 else int(self.seed)

    @property
    def planned(self) -> int | None:
        """Replications of the call that began the study in the store, if there is one."""
        return None if self.store is None else self.store.planned

    @property
    def recovered(self) -> float:
        """Seconds of earlier calls that a store made unnecessary."""
        return 0.0 if self.store is None else self.store.recovered

    @property
    def workers(self) -> int:
        """Threads to use: as asked, but never more than Numba has started."""
        available: int = numba.config.NUMBA_NUM_THREADS
        return min(self.threads or available, available)


def checked_settings(seed: int, options: dict[str, Any]) -> Settings:
    """The keyword arguments that all estimating functions share, or a clear error."""
    known = [field.name for field in dataclasses.fields(Settings)]
    for name in options:
        if name not in known:
            raise TypeError(f"unknown argument {name!r}; known: {', '.join(known)}")
    return Settings(seed=seed, **options)
