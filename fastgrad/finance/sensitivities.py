"""Price and Greeks of an option, each by the method that varies least."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..api import gradient
from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..errors import NotApplicable
from ..extras import require
from ..methods import METHODS
from ..methods.method import Method
from ..methods.scored_pathwise import ScorePathwise, ScoreSmoothed
from ..results.cautions import EstimateWarning, joined, lines
from ..results.shown import Shown
from ..results.text_table import Column, number, text_table
from .option import Option, Undiscounted

PILOT = 8192  # replications for each method that is tried
PILOT_SEED = 0x9E3779B9  # the pilots' seeds differ from the run's by this
# Parameter by parameter, and the sign: theta is by the passing of time.
FIRST = {"delta": "spot", "vega": "volatility", "rho": "rate", "theta": "maturity"}
SECOND = {
    "gamma": ("spot", "spot"),
    "vanna": ("spot", "volatility"),
    "volga": ("volatility", "volatility"),
}
ORDER = ("price", "delta", "gamma", "vega", "rho", "theta", "vanna", "volga")


class Greek(NamedTuple):
    """One number of an option.

    value, standard_error: not a number where no method is valid
    low, high: 95 % confidence interval
    method: its name, or why there is none
    """

    name: str
    value: float
    standard_error: float
    low: float
    high: float
    method: str


class Greeks(Shown):
    """Price and Greeks with their intervals; each is an attribute, and an item by its name.

    Attributes
    ----------
    price, delta, gamma, vega, rho, theta, vanna, volga : Greek
        Vega, rho, vanna and volga per unit of volatility or rate, not per cent; theta a year.
    replications : int
        Of each.
    warnings : tuple of str
    """

    _title = "price and Greeks"

    def __init__(self, found: dict[str, Greek], replications: int, said: tuple[str, ...]) -> None:
        self._found, self.replications, self.warnings = found, replications, said

    def __getitem__(self, name: str) -> Greek:
        return self._found[name]

    def __iter__(self) -> Iterator[Greek]:
        return iter(self._found.values())

    def __getattr__(self, name: str) -> Greek:
        if name.startswith("_") or name not in self._found:
            raise AttributeError(f"no Greek {name!r}; there are {', '.join(self._found)}")
        return self._found[name]

    def rows(self) -> list[dict[str, Any]]:
        """One row for each number."""
        return [greek._asdict() for greek in self]

    def __str__(self) -> str:
        columns = [
            Column("name", "greek", right=False),
            Column("value", "value", number(6)),
            Column("standard_error", "std. error", number(2)),
            Column("interval", "95 % interval", right=False),
            Column("method", "method", right=False),
        ]
        write = number(6)
        rows = [
            {**row, "interval": f"[{write(row['low'])}, {write(row['high'])}]"}
            if math.isfinite(row["value"])
            else {**row, "interval": ""}
            for row in self.rows()
        ]
        title = f"{self._title}, {self.replications:,} replications each"
        return "\n".join([title, *text_table(rows, columns), *lines(self.warnings)])

    def plot(self, path: str | None = None) -> Any:
        """Bars of the relative half-widths, with the method beside each (extra `plots`)."""
        require("matplotlib", "plot()")
        from matplotlib.figure import Figure

        known = [greek for greek in self if math.isfinite(greek.value) and greek.value != 0.0]
        figure = Figure(figsize=(6.0, 0.4 * len(known) + 1.2), layout="constrained")
        axes = figure.subplots()
        widths = [0.5 * (greek.high - greek.low) / abs(greek.value) for greek in known]
        axes.barh([f"{greek.name} ({greek.method})" for greek in known], widths)
        axes.invert_yaxis()
        axes.set_xlabel("95 % half-width, relative")
        if path is not None:
            figure.savefig(path)
        return figure


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
    whatever θ is: curves are shifted in parallel.

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
    for name, parameter in FIRST.items():
        run.first(name, parameter, found)
    for name, pair in SECOND.items():
        run.second(name, pair, found)
    return Greeks({n: found[n] for n in ORDER if n in found}, replications, joined(*said))


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
            return
        a, b = pair
        low, high = (end[a][b] for end in made.confidence_interval())
        found[name] = Greek(
            name, made.gradient[a][b], made.standard_error[a][b], low, high, made.method
        )  # fmt: skip

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
            found[name] = Greek(name, nan, nan, nan, nan, reason)
            return None
        costs = [self.cost(traced, method, at, order) for method in valid]
        method = valid[costs.index(min(costs))]
        made = self.estimate(method, at, order, self.replications, self.seed)
        self.said.append(tuple(f"{name}: {sentence}" for sentence in made.warnings))
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
