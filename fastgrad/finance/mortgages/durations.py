"""Price, durations and convexities of a mortgage-backed security."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...api import gradient
from ...core.quotient import linear
from ...core.run import Outcome
from ...core.theta import Theta
from ...results.cautions import joined
from ..checks import check_number
from ..greek_table import Greek, Greeks
from .security import MortgageBackedSecurity

KEYS = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0)  # years: those up to the maturity
# Of every number: the parameter that it is a derivative by, relative to the price.
FIRST = {"duration": "curve", "short_rate_duration": "rate", "spread_duration": "spread"}
SECOND = {"convexity": "curve", "short_rate_convexity": "rate"}


class Durations(Greeks):
    """Price, durations and convexities with intervals; each an attribute and an item by name.

    Attributes
    ----------
    price : Greek
        Of a balance of 1.
    duration, convexity : Greek
        -P'/P and P''/P by a parallel shift of the yield curve.
    short_rate_duration, short_rate_convexity : Greek
        The same by the short rate now, which returns to its mean.
    spread_duration : Greek
        -P'/P by the spread.
    vega : Greek
        P' by the volatility of the short rate.
    key_rate_durations, key_rate_convexities : dict of float to Greek
        By the maturity of the key rate, in years; items have names such as "duration 5".
    convexity_matrix, convexity_errors : array
        P''/P by two key rates, and standard errors.
    replications : int
    warnings : tuple of str
    """

    _title = "price, durations and convexities"
    key_rate_durations: dict[float, Greek]
    key_rate_convexities: dict[float, Greek]
    convexity_matrix: np.ndarray
    convexity_errors: np.ndarray


def durations(
    build: Callable[[Any], MortgageBackedSecurity] | MortgageBackedSecurity,
    at: Any = None,
    key_rates: Sequence[float] | None = None,
    replications: int = 10_000,
    seed: int = 0,
    method: Any = "ipa",
    **settings: Any,
) -> Durations:
    """Price, durations and convexities of a mortgage-backed security, per key rate too.

    Three runs on the same paths: first derivatives, second ones by the curve and the short
    rate, second ones by all pairs of key rates. Ratios have intervals by the delta method, from
    the joint covariance with the price.

    Parameters
    ----------
    build : callable or MortgageBackedSecurity
        θ -> security, or a security.
    at : float, array or dict of floats
        θ, where `build` is a function.
    key_rates : sequence of float, optional
        Maturities in years, above 0; by default 1, 2, 3, 5, 7, 10, 20 and 30 up to the maturity.
    replications, seed : int
        Of each run.
    method : str or Method
        That has first and second derivatives.
    **settings
        As for `fastgrad.gradient`.

    Returns
    -------
    Durations

    Raises
    ------
    TypeError, ValueError
        For what is not such a security.
    """
    security = _security(build, at)
    times = _times(key_rates, security)
    names = [f"duration {time:g}" for time in times]
    run = _Run(security, times, dict(zip(names, times, strict=True)))
    settings = {**settings, "covariance": True}

    def estimate(at: dict[str, float], order: int) -> Any:
        return gradient(run.build, at, method, replications, seed, order=order, **settings)

    moved = {"curve": 0.0, **security.short_rate.greek_parameters(), "spread": run.spread}
    first = estimate({**moved, **dict.fromkeys(names, 0.0)}, 1)
    second = estimate({"curve": 0.0, "rate": moved["rate"]}, 2)
    keys = estimate(dict.fromkeys(names, 0.0), 2)
    return _gathered(run, first, second, keys)


@dataclasses.dataclass
class _Run:
    """The security, and what is moved."""

    security: MortgageBackedSecurity
    times: list[float]
    keys: dict[str, float]

    @property
    def spread(self) -> float:
        """Now."""
        return float(self.security.spread)

    def build(self, theta: Any) -> MortgageBackedSecurity:
        """The security at some of its parameters."""
        given = {name: theta[name] for name in ("rate", "volatility") if name in theta}
        shifts = {time: theta[name] for name, time in self.keys.items() if name in theta}
        if "curve" in theta:  # the key rates add to one in every yield
            shifts = {time: shifts.get(time, 0.0) + theta["curve"] for time in self.times}
        rates = self.security.short_rate.moved(given, shifts)
        return self.security.moved(rates, theta.get("spread", self.security.spread))


def _gathered(run: _Run, first: Any, second: Any, keys: Any) -> Durations:
    """All numbers of the three runs."""
    names, method = [row["parameter"] for row in first.components()], first.method
    falls = _relative(first._outcome, -1.0)
    curves, crosses = _relative(second._outcome, 1.0), _relative(keys._outcome, 1.0)

    def number(name: str, outcome: Outcome, place: int, by: str = method) -> Greek:
        value, half = float(outcome.moments.mean[place]), float(outcome.half_width(0.95)[place])
        error = float(outcome.moments.standard_error[place])
        return Greek(name, value, error, value - half, value + half, by)

    found = {"price": number("price", first._outcome, 0)}
    for name, parameter in FIRST.items():
        found[name] = number(name, falls, 1 + names.index(parameter))
    pairs = [row["parameter"] for row in second.components()]
    for name, parameter in SECOND.items():
        found[name] = number(name, curves, 1 + pairs.index(f"{parameter}, {parameter}"))
    found["vega"] = number("vega", first._outcome, 1 + names.index("volatility"))
    made = {}
    for name, time in run.keys.items():
        made[time] = found[name] = number(name, falls, 1 + names.index(name))
    size = len(run.keys)
    table, errors = np.zeros((size, size)), np.zeros((size, size))
    upper = np.triu_indices(size)
    for target, values in ((table, crosses.moments.mean), (errors, crosses.moments.standard_error)):
        target[upper] = values[1:]
        target.T[upper] = values[1:]
    bent = {}
    for place, (a, b) in enumerate(zip(*upper, strict=True)):
        if a == b:
            name = f"convexity {run.times[a]:g}"
            bent[run.times[a]] = found[name] = number(name, crosses, 1 + place)
    said = joined(*[one.warnings for one in (first, second, keys)])
    result = Durations(found, first.replications, said)
    result.key_rate_durations, result.key_rate_convexities = made, bent
    result.convexity_matrix, result.convexity_errors = table, errors
    return result


def _relative(outcome: Outcome, sign: float) -> Outcome:
    """Each derivative divided by the price, by the delta method."""
    mean = outcome.moments.mean
    values = np.concatenate([mean[:1], sign * mean[1:] / mean[0]])
    jacobian = np.eye(len(mean))
    jacobian[1:] *= sign / mean[0]
    jacobian[1:, 0] = -values[1:] / mean[0]
    return dataclasses.replace(outcome, moments=linear(outcome.moments, values, jacobian))


def _security(build: Any, at: Any) -> MortgageBackedSecurity:
    made = build
    if not isinstance(build, MortgageBackedSecurity):
        if not callable(build):
            raise TypeError(f"durations: build must be a function theta -> security, got {build!r}")
        if at is not None:
            Theta(at)  # an error in its own words
        made = build(at)
    if not isinstance(made, MortgageBackedSecurity):
        raise TypeError(
            f"durations: build must return a MortgageBackedSecurity, got {type(made).__name__}"
        )
    return made


def _times(given: Iterable[float] | None, security: MortgageBackedSecurity) -> list[float]:
    if given is None:
        short = [time for time in KEYS if time <= security.maturity]
        return short or [security.maturity]
    made = []
    for time in given:
        check_number("durations: key_rates: a maturity", time, positive=True)
        made.append(float(time))
    if not made or len(set(made)) < len(made):
        raise ValueError(f"durations: key_rates must be different maturities, got {made}")
    return sorted(made)
