"""Options and their Greeks: any payoff under any dynamics, by every method.

import fastgrad as fg, fastgrad.finance as fin

def call(spot):
    prices = fin.GeometricBrownianMotion(spot, rate=0.05, volatility=0.2)
    return fin.Option(prices, fin.European(strike=100.0), maturity=1.0)

print(fg.gradient(call, at=100.0, replications=1_000_000))          # delta
"""

import importlib
from typing import Any

# The table of contents, as in fastgrad/__init__.py: to add one, write the file, add the line.
DYNAMICS_FILES = {
    "CorrelatedAssets": "correlated_assets",
    "GeometricBrownianMotion": "geometric_brownian_motion",
    "Heston": "heston",
    "MertonJumps": "merton_jumps",
}
PAYOFF_FILES = {
    "American": "american",
    "Asian": "asian",
    "Barrier": "barrier",
    "Basket": "basket",
    "BestOf": "best_of",
    "Digital": "digital",
    "European": "european",
    "Lookback": "lookback",
    "Payoff": "own",
    "Spread": "spread",
    "WorstOf": "best_of",
}
MORTGAGE_FILES = {
    "Durations": "durations",
    "MortgageBackedSecurity": "security",
    "PSA": "prepayments",
    "Prepayment": "prepayments",
    "RefinancingIncentive": "prepayments",
    "Vasicek": "vasicek",
    "durations": "durations",
}
_HOME = (
    {"Option": "option", "greeks": "sensitivities", "Greeks": "greek_table"}
    | {name: f"dynamics.{file}" for name, file in DYNAMICS_FILES.items()}
    | {name: f"payoffs.{file}" for name, file in PAYOFF_FILES.items()}
    | {name: f"mortgages.{file}" for name, file in MORTGAGE_FILES.items()}
)

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
