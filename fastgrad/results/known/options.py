"""Options whose price has a closed form under the dynamics that are simulated.

Heston's model is not among them: its scheme has a bias, which an exact price would show as an error
of the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.tracer import value_of


def undiscounted(model: Any) -> float | None:
    """What an option pays at maturity, in its units: its price before both."""
    dynamics, payoff, maturity = model.dynamics, model.payoff, model.maturity
    find = KNOWN.get((type(dynamics).__name__, type(payoff).__name__))
    if find is None or getattr(dynamics, "cash_dividends", None) or _changes(dynamics):
        return None
    found = find(dynamics, payoff, float(value_of(maturity)), model.steps)
    scale = dynamics.discount(maturity) * (model.unit if payoff.degree else 1.0)
    return None if found is None else float(found.price / value_of(scale))


def _changes(dynamics: Any) -> bool:
    """Whether rates or volatilities are others from step to step."""
    if type(dynamics).__name__ != GEOMETRIC:
        return False
    given = (dynamics.rate, dynamics.volatility, dynamics.dividend)
    return any(isinstance(each, (list, tuple)) and len(each) > 1 for each in given)


def _number(given: Any) -> float:
    return float(value_of(given[0] if isinstance(given, (list, tuple)) else given))


def _plain(holder: Any, *names: str) -> dict[str, float]:
    return {name: _number(getattr(holder, name)) for name in names}


def _market(dynamics: Any, maturity: float) -> dict[str, float]:
    names = ("spot", "rate", "volatility", "dividend")
    return {**_plain(dynamics, *names), "maturity": maturity}


def _european(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import black_scholes

    market = _market(dynamics, maturity)
    return black_scholes(**market, **_plain(payoff, "strike"), kind=payoff.kind)


def _digital(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import digital_option

    market = _market(dynamics, maturity) | _plain(payoff, "strike")
    return digital_option(**market, kind=payoff.kind, pays=payoff.pays)


def _asian(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import geometric_asian

    if payoff.average != "geometric":
        return None
    market = _market(dynamics, maturity)
    return geometric_asian(**market, **_plain(payoff, "strike"), steps=steps, kind=payoff.kind)


def _barrier(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import barrier_option

    if payoff.monitoring != "continuous":
        return None
    market, levels = _market(dynamics, maturity), _plain(payoff, "strike", "barrier")
    return barrier_option(**market, **levels, style=payoff.style, kind=payoff.kind)


def _lookback(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import lookback_option

    if payoff.monitoring != "continuous":
        return None
    strike = None if payoff.strike is None else float(value_of(payoff.strike))
    return lookback_option(**_market(dynamics, maturity), kind=payoff.kind, strike=strike)


def _merton(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import merton_jumps

    jumps = _plain(dynamics, "intensity", "jump_mean", "jump_deviation")
    market = _market(dynamics, maturity)
    return merton_jumps(**market, **jumps, **_plain(payoff, "strike"), kind=payoff.kind)


def _two(dynamics: Any, maturity: float) -> dict[str, float] | None:
    """The market of two prices."""
    spots, volatilities = (
        [float(value_of(v)) for v in given] for given in (dynamics.spot, dynamics.volatility)
    )
    if len(spots) != 2:
        return None
    yields = [float(value_of(each)) for each in dynamics.dividend]
    between = float(value_of(dynamics.correlation[0][1]))
    return {
        "spot": spots[0], "other": spots[1], "volatility": volatilities[0],
        "other_volatility": volatilities[1], "dividend": yields[0],
        "other_dividend": yields[1], "correlation": between,
        "maturity": maturity,
    }  # fmt: skip


def _best_of(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import best_of_option

    market = _two(dynamics, maturity)
    if market is None:
        return None
    rest = _plain(dynamics, "rate") | _plain(payoff, "strike")
    worst = type(payoff).__name__ == "WorstOf"
    return best_of_option(**market, **rest, kind=payoff.kind, worst=worst)


def _exchange(dynamics: Any, payoff: Any, maturity: float, steps: int) -> Any:
    from ...exact import exchange_option

    market = _two(dynamics, maturity)
    if market is None or float(value_of(payoff.strike)) != 0.0 or payoff.kind != "call":
        return None
    return exchange_option(**market)


GEOMETRIC, SEVERAL = "GeometricBrownianMotion", "CorrelatedAssets"
KNOWN: dict[tuple[str, str], Callable[[Any, Any, float, int], Any]] = {
    (GEOMETRIC, "European"): _european,
    (GEOMETRIC, "Digital"): _digital,
    (GEOMETRIC, "Asian"): _asian,
    (GEOMETRIC, "Barrier"): _barrier,
    (GEOMETRIC, "Lookback"): _lookback,
    ("MertonJumps", "European"): _merton,
    (SEVERAL, "BestOf"): _best_of,
    (SEVERAL, "WorstOf"): _best_of,
    (SEVERAL, "Spread"): _exchange,
}
