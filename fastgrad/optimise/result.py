"""What an optimisation returns: SciPy's result, with errors."""

from __future__ import annotations

from pathlib import Path as File
from typing import Any

import numpy as np
from scipy import stats
from scipy.optimize import OptimizeResult

from ..core.theta import Theta


class OptimizationResult(OptimizeResult):
    """A `scipy.optimize.OptimizeResult`: a dict whose keys are attributes too.

    Attributes
    ----------
    x : shape of `start`
        The answer.
    fun, fun_error : float
        The objective there and its standard error, from fresh random numbers.
    jac, jac_error : shape of `start`
        Its gradient there and the standard error.
    success : bool
    message : str
    nit, nfev : int
        Iterations, and estimates of the objective or its gradient.
    replications : int
        Paths simulated in all; a difference of two outputs counts as two.
    seconds : float
    algorithm, method : str
        Which were used, where "auto" was asked for too.
    path : Path
        Every iterate: `path.to_frame()`.
    gains : dict
        a, A, alpha, c, gamma of the last descent; for "saa" its sample sizes.
    gap : float
        Estimate of fun - min fun; not a number where nothing is known about it.
    gap_interval : (float, float)
        0 and an upper bound at 95 %.
    improvement : (float, float)
        fun(start) - fun(x) and its standard error, by common random numbers.
    expected : list of dict
        For each `fg.Expected`: value, error, interval, limit, and whether it is feasible.
    """

    def confidence_interval(self, level: float = 0.95) -> tuple[Any, Any]:
        """(low, high) of an interval for each component of θ*, each of the shape of `start`.

        Raises
        ------
        ValueError
            If the run says nothing about it: an interrupted run, an optimum on a constraint, or
            a budget too small for the curvature.
        """
        if not 0.0 < level < 1.0:
            raise ValueError(f"level must be between 0 and 1, got {level!r}")
        if self.covariance is None:
            raise ValueError(f"no confidence interval: {self.no_covariance}")
        theta: Theta = self._theta
        degrees = self._degrees
        half = stats.t.ppf(0.5 + 0.5 * level, degrees) * np.sqrt(np.diag(self.covariance))
        x = self._vector if self._centre is None else self._centre
        return theta.shaped(x - half), theta.shaped(x + half)

    def plot(self, path: str | File | None = None) -> Any:
        """Draw the iterates and the objective with its band (needs the extra `plots`).

        Parameters
        ----------
        path : str or Path, optional
            Where to save it; its ending says in which format.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from .plots import plot_result

        return plot_result(self, path)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts, for JSON; without the path."""
        kept = (
            "x", "fun", "fun_error", "jac", "jac_error", "success", "message", "nit", "nfev",
            "replications", "seconds", "algorithm", "method", "gains", "gap", "gap_interval",
            "improvement", "expected", "seed",
        )  # fmt: skip
        return {name: _plain(self[name]) for name in kept if name in self}

    def __str__(self) -> str:
        theta: Theta = self._theta
        lines = [f"{self.algorithm} ({self.method}): {self.message}"]
        ends = [""] * len(theta.names)
        if self.covariance is not None:
            low, high = (Theta(end).vector for end in self.confidence_interval())
            ends = [f"   95 % [{a:.6g}, {b:.6g}]" for a, b in zip(low, high, strict=True)]
        for name, value, end in zip(theta.names, self._vector, ends, strict=True):
            lines.append(f"{name:<12}{value:>12.6g}{end}")
        lines.append(f"objective   {self.fun:>12.6g} ± {self.fun_error:.2g}")
        gain, error = self.improvement
        lines.append(f"better than the start by {gain:.6g} ± {error:.2g}")
        if np.isfinite(self.gap):
            lines.append(f"gap {self.gap:.2g}, at most {self.gap_interval[1]:.2g} (95 %)")
        for entry in self.expected:
            lines.append(
                f"expected {entry['value']:.6g} ± {entry['error']:.2g}, "
                f"{entry['wanted']}: {entry['verdict']}"
            )
        lines.append(
            f"{self.nit} iterations, {self.replications:,} paths, {self.seconds:.2g} seconds"
        )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"OptimizationResult(x={self.x}, fun={self.fun:.6g}, success={self.success}, "
            f"algorithm={self.algorithm!r}, replications={self.replications})"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (np.floating, np.integer, np.bool_)):
        return value.item()
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value
