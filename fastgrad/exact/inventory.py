"""The (s, S) inventory: exact values for exponential demand.

Exponential demand with mean m: after an order the demands add up to gamma variables G_k, an
order falls after k demands with the Poisson probability P(G_{k-1} ≤ q < G_k), and so the
period at time n is k demands after the last order at n - k, which gives

    E c_n = Σ_k u_{n-k} ∫_0^q E c(S - x - D) dP(G_{k-1} ≤ x),

u_j the renewal probability of an order at the end of period j. The integrand is a
polynomial times exponentials on both sides of level 0: Gauss-Legendre quadrature is exact
to rounding, and derivatives are taken by complex steps, without cancellation.

With a lead time l, c is the mean over the demand of l + 1 periods (Erlang).
"""

from __future__ import annotations

import cmath
import dataclasses
import itertools

import numpy as np

NODES = 60
STEP = 1e-30


@dataclasses.dataclass(frozen=True)
class InventoryValue:
    """Exact value and derivatives.

    Attributes
    ----------
    value : float
        E[Y].
    d_s, d_q, d_mean : float
        By s with q = S - s fixed, by q with s fixed, and by the mean demand.
    """

    value: float
    d_s: float
    d_q: float
    d_mean: float


def inventory(
    s: float,
    S: float,
    mean: float,
    periods: int | None = None,
    holding: float = 0.0,
    backlog: float = 0.0,
    fixed: float = 0.0,
    unit: float = 0.0,
    measure: str = "cost",
    lead: int = 0,
) -> InventoryValue:
    """E[Y] of an inventory with exponential demand, and its derivatives.

    Parameters
    ----------
    s, S, mean : float
        Reorder point, order-up-to level, mean demand of a period.
    periods : int, optional
        N; without it, the steady state.
    holding, backlog, fixed, unit, measure, lead
        As for `Inventory`.

    Raises
    ------
    ValueError
        For s ≥ S, a mean that is not positive, or an unknown measure.
    """
    if not s < S or mean <= 0.0:
        raise ValueError(f"s < S and a positive mean are needed, got s={s}, S={S}, mean={mean}")
    prices = (holding, backlog, fixed, unit)

    def value(*point: complex) -> complex:
        s, q, m = point
        if periods is None:
            return _steady(s, q, m, prices, measure, lead)
        return _finite(s, q, m, prices, measure, lead, periods)

    point = (complex(s), complex(S - s), complex(mean))
    slopes = [
        value(*(p + 1j * STEP * (k == i) for k, p in enumerate(point))).imag / STEP
        for i in range(3)
    ]
    return InventoryValue(value(*point).real, *slopes)


def _steady(s: complex, q: complex, m: complex, prices: tuple, measure: str, lead: int) -> complex:
    """The demand since the last order has density 1/(m + q) on (0, q) and an atom m/(m + q)."""
    top = m / (m + q) * _mean_outcome(s + q, m, prices, measure, lead)
    nodes, weights = _rule(s + q, q)
    body = sum(
        w * _mean_outcome(s + q - x, m, prices, measure, lead)
        for x, w in zip(nodes, weights, strict=True)
    ) / (m + q)
    orders = prices[2] * m / (m + q) + prices[3] * m if measure == "cost" else 0.0
    return top + body + orders


def _finite(
    s: complex, q: complex, m: complex, prices: tuple, measure: str, lead: int, periods: int
) -> complex:
    """The mean over N periods; period n ends with the position of period n - lead."""
    nodes, weights = _rule(s + q, q)
    rise = [cmath.exp(-q / m)]  # P(k demands before the order): Poisson
    for k in range(1, periods + 1):
        rise.append(rise[-1] * (q / m) / k)
    order: list[complex] = [1.0 + 0.0j]  # u_j: an order at the end of period j
    for n in range(1, periods + 1):
        order.append(sum(order[n - k] * rise[k - 1] for k in range(1, n + 1)))
    # Mean outcome when k demands were taken since the order, without crossing q.
    values = [_mean_outcome(s + q - x, m, prices, measure, lead) for x in nodes]
    density = [cmath.exp(-x / m) / m for x in nodes]
    outcomes = [_mean_outcome(s + q, m, prices, measure, lead)]
    for k in range(1, periods):
        outcomes.append(sum(w * f * v for w, f, v in zip(weights, density, values, strict=True)))
        density = [f * (x / m) / k for f, x in zip(density, nodes, strict=True)]
    total: complex = 0.0
    for n in range(1, periods + 1):
        if n <= lead:  # nothing has arrived: S less n demands
            total += _mean_outcome(s + q, m, prices, measure, n - 1)
            continue
        past = n - lead  # the demands of the periods before this one moved the position
        total += sum(order[past - 1 - k] * outcomes[k] for k in range(past))
    if measure == "cost":
        total += prices[2] * sum(order[1:])
        total += prices[3] * _ordered(q, m, rise, order, periods)
    return total / periods


def _ordered(q: complex, m: complex, rise: list, order: list, periods: int) -> complex:
    """Units ordered in all periods: the demand, less what has gone since the last order."""
    missing: complex = 0.0
    for k in range(1, periods + 1):  # no order among the last k demands: E[G_k; G_k ≤ q]
        below = 1.0 - sum(rise[: k + 1])  # P(G_{k+1} ≤ q)
        missing += order[periods - k] * k * m * below
    return periods * m - missing


def _rule(top: complex, q: complex) -> tuple[list[complex], list[complex]]:
    """Gauss-Legendre on (0, q), split where the level S - x passes 0, in equal pieces."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    ends: list[complex] = [0.0, top, q] if 0.0 < top.real < q.real else [0.0, q]
    nodes: list[complex] = []
    weights: list[complex] = []
    for left, right in itertools.pairwise(ends):
        pieces = max(1, int(abs(right - left) // 10) + 1)
        for piece in range(pieces):
            a = left + (right - left) * piece / pieces
            half = 0.5 * (right - left) / pieces
            nodes += [a + half * (1.0 + node) for node in x]
            weights += [half * weight for weight in w]
    return nodes, weights


def _mean_outcome(level: complex, m: complex, prices: tuple, measure: str, lead: int) -> complex:
    """E g(level - G), G the demand of lead + 1 periods, but for ordering costs."""
    stages = lead + 1
    if measure == "level":
        return level - stages * m
    backlog = _mean_backlog(level, m, stages)
    if measure == "cost":
        return (prices[0] + prices[1]) * backlog + prices[0] * (level - stages * m)
    if measure == "fill":
        before = _mean_backlog(level, m, lead) if lead else max(-level.real, 0.0) * 1.0
        if not lead and level.real < 0.0:
            before = -level
        return 1.0 - (backlog - before) / m
    short = _tail(level, m, stages)
    if measure == "stockout":
        return short
    if measure == "service":
        return 1.0 - short
    known = "'level', 'cost', 'service', 'stockout' or 'fill'"
    raise ValueError(f"measure must be {known}, got {measure!r}")


def _tail(level: complex, m: complex, stages: int) -> complex:
    """P(G > level)."""
    if level.real <= 0.0:
        return 1.0 + 0.0j
    term, total = cmath.exp(-level / m), 0.0 + 0.0j
    for k in range(stages):
        total += term
        term *= (level / m) / (k + 1)
    return total


def _mean_backlog(level: complex, m: complex, stages: int) -> complex:
    """E (G - level)⁺."""
    if level.real <= 0.0:
        return stages * m - level
    return stages * m * _tail(level, m, stages + 1) - level * _tail(level, m, stages)
