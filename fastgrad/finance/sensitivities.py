"""Price and Greeks of an option, each by the method that varies least."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Callable
from typing import Any

from ..api import gradient
from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..errors import NotApplicable
from ..methods import METHODS, second_mixed
from ..methods.method import Method
from ..methods.scored_pathwise import ScorePathwise, ScoreSmoothed
from ..results.cautions import EstimateWarning, joined
from .greek_table import Greek, Greeks
from .option import Option, Undiscounted

PILOT = 8192  # replications for each method that is tried
ORDER = ("price", "delta", "gamma", "vega", "correlation", "rho", "theta", "vanna", "volga")
PILOT_SEED = 0x9E3779B9  # the pilots' seeds differ from the run's by this


def greeks(
    build: Callable[[Any], Option] | Option,
    at: Any = None,
    replications: int = 1_000_000,
    seed: int = 0,
    **settings: Any,
) -> Greeks:
    """Price, delta, gamma, vega, rho, theta, vanna and volga, each by its best valid method.

    A pilot tries every valid method for each number, and the one of least variance times work
    makes it; which one is told. All numbers are derivatives by the option's own parameters,
    whatever θ is: curves are shifted in parallel. Of several assets there are a delta, gamma, vega,
    vanna and volga of each, cross-gammas and the derivatives by all correlations.

    Parameters
    ----------
    build : callable or Option
        θ -> option, or an option.
    at : float, array or dict of floats
        θ, where `build` is a function.
    replications : int
        For each number.
    seed : int
    **settings
        As for `fastgrad.gradient`: sampler, antithetic, threads, executor, …

    Returns
    -------
    Greeks

    Raises
    ------
    TypeError, ValueError
        For what is not an option.
    """
    paid = _option(build, at)
    base = paid.dynamics.greek_parameters() | {"maturity": paid.maturity}
    found: dict[str, Greek] = {}
    said: list[tuple[str, ...]] = []
    run = _Run(paid, base, replications, seed, settings, said)
    first, second = paid.dynamics.greeks()
    for name, parameter in first.items():
        run.first(name, parameter, found)
    for name, pair in second.items():
        run.second(name, pair, found)
    ordered = sorted(found, key=lambda name: ORDER.index(name.partition("[")[0]))
    return Greeks({name: found[name] for name in ordered}, replications, joined(*said))


def _option(build: Any, at: Any) -> Undiscounted:
    if isinstance(build, Option):
        made: Any = build
    elif not callable(build):
        raise TypeError(f"greeks: build must be a function theta -> Option, got {build!r}")
    else:
        if at is not None:
            Theta(at)  # an error in its own words
        made = build(at)
    if not isinstance(made, Option):
        raise TypeError(f"greeks: build must return an Option, got {type(made).__name__}")
    paid: Any = made.model
    return paid


@dataclasses.dataclass
class _Run:
    """What all numbers of one option share."""

    paid: Undiscounted
    base: dict[str, float]
    replications: int
    seed: int
    settings: dict[str, Any]
    said: list[tuple[str, ...]]

    def build(self, theta: Any) -> Option:
        """The option at some of its parameters."""
        maturity = theta.get("maturity", self.paid.maturity)
        dynamics = self.paid.dynamics.moved({k: theta[k] for k in theta if k != "maturity"})
        return Option(dynamics, self.paid.payoff, maturity, self.paid.steps)

    def first(self, name: str, parameter: str, found: dict[str, Greek]) -> None:
        """One first derivative; the price comes with the delta."""
        candidates = [METHODS[m] for m in ("ipa", "spa", "lr", "wd")]
        made = self.best(name, (parameter,), candidates, 1, found)
        if made is None:
            return
        if "price" not in found:
            price = made.performance
            low, high = price.confidence_interval()
            found["price"] = Greek(
                "price", price.value, price.standard_error, low, high, made.method
            )  # fmt: skip
        sign = -1.0 if parameter == "maturity" else 1.0
        low, high = sorted(sign * end[parameter] for end in made.confidence_interval())
        value, error = sign * made.gradient[parameter], made.standard_error[parameter]
        found[name] = Greek(name, value, error, low, high, made.method)

    def second(self, name: str, pair: tuple[str, str], found: dict[str, Greek]) -> None:
        """One second derivative."""
        candidates: list[Method] = [ScoreSmoothed(), ScoreSmoothed("path")]
        candidates += [METHODS["spa"], ScorePathwise(), ScorePathwise("path")]
        candidates += [METHODS["lr"], METHODS["wd"]]
        made = self.best(name, tuple(dict.fromkeys(pair)), candidates, 2, found)
        if made is None:
            made = self.entry(pair)
        if made is None:
            return
        a, b = pair
        low, high = (end[a][b] for end in made.confidence_interval())
        found[name] = Greek(
            name, made.gradient[a][b], made.standard_error[a][b], low, high, made.method
        )  # fmt: skip

    def entry(self, pair: tuple[str, str]) -> Any:
        """By the mixed approach, which may have this entry of the Hessian and not all."""
        at, auto = {parameter: self.base[parameter] for parameter in pair}, METHODS["auto"]
        if auto.refusal(TracedModel(self.build, Theta(at), 2), order=2) is not None:
            return None
        made = self.estimate(auto, at, 2, self.replications, self.seed)
        return made if math.isfinite(made.gradient[pair[0]][pair[1]]) else None

    def best(
        self,
        name: str,
        parameters: tuple[str, ...],
        candidates: list[Method],
        order: int,
        found: dict[str, Greek],
    ) -> Any:
        """The estimate by the method whose pilot has the least variance times work."""
        at = {parameter: self.base[parameter] for parameter in parameters}
        traced = TracedModel(self.build, Theta(at), order)
        refusals = {method: method.refusal(traced, order=order) for method in candidates}
        valid = [method for method in candidates if refusals[method] is None]
        if not valid:
            nan = math.nan
            reason = f"none ({candidates[0].name}: {refusals[candidates[0]]})"
            if order == 2 and isinstance(mixed := second_mixed.assign(traced, traced.slots), str):
                reason = f"none ({mixed})"  # which looked at all pairs of places, one by one
            found[name] = Greek(name, nan, nan, nan, nan, reason)
            return None
        costs = [self.cost(traced, method, at, order) for method in valid]
        method = valid[costs.index(min(costs))]
        made = self.estimate(method, at, order, self.replications, self.seed)
        of_all = tuple(self.paid.cautions())  # said once, and not of each number
        own = [sentence for sentence in made.warnings if sentence not in of_all]
        self.said.append((*of_all, *(f"{name}: {sentence}" for sentence in own)))
        return made

    def cost(self, traced: TracedModel, method: Method, at: dict[str, float], order: int) -> float:
        """Variance of the wanted number in a pilot, times simulations a replication needs."""
        if len(at) == 1 and not traced.slots:
            return 0.0
        samples = min(PILOT, self.replications)
        try:
            made = self.estimate(method, at, order, samples, self.seed ^ PILOT_SEED)
        except NotApplicable:  # with the settings: a control goes with some methods only
            return math.inf
        variance = made.variance
        first, last = next(iter(at)), list(at)[-1]
        variance = variance[first] if order == 1 else variance[first][last]
        if variance == 0.0 and method.name not in ("spa", "lr-spa"):
            return math.inf  # nothing happened in the pilot
        draws = sum(traced.inputs[slot.which].draws for slot in traced.slots if slot.which >= 0)
        return float(variance) * (1.0 + 2.0 * draws**order if method.name == "wd" else 1.0)

    def estimate(
        self, method: Method, at: dict[str, float], order: int, replications: int, seed: int
    ) -> Any:
        """By one method; its warnings are said once, by the result."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EstimateWarning)
            return gradient(
                self.build, at, method, replications, seed, order=order, **self.settings
            )  # fmt: skip
