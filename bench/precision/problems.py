"""Eight gradients whose true values are known, each built once for the library.

The peers do the same work from the constants below. A component counts as known to 1 % when its
95 % half-width is a hundredth of its scale: its own size, or for the 13 arcs, some of which
hardly matter, that of the largest.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from exact import arithmetic_asian, ruin_gradient

import fastgrad as fg
from fastgrad import exact, finance

CUSTOMERS, GAP = 100, 1.0
SERVICE = 0.5
STATIONS = [0.5, 0.6, 0.7]
ARCS = [(tail - 1, head - 1) for tail, head in fg.problems.NETWORK]  # nodes from 0, in order
NODES = 9
MEANS = np.linspace(0.5, 2.0, len(ARCS))
LATE = 12.0  # the threshold of the tail: P(Y > 12) = 0.09
PERIODS, S_LOW, Q, DEMAND = 100, 1.0, 2.0, 1.0
PRICES = (1.0, 9.0, 5.0)  # holding, backlog, order
SPOT, STRIKE, RATE, VOLATILITY, MATURITY, STEPS = 100.0, 100.0, 0.05, 0.2, 1.0, 50
CAPITAL, PREMIUM, CLAIM, CLAIMS = 5.0, 1.3, 1.0, 50


class Problem(NamedTuple):
    """A gradient to estimate.

    build, at: what `fg.gradient` takes. truth: its exact value. error: standard error of the
    truth, where that was simulated by other code. scale: of each component.
    """

    title: str
    build: Callable[[Any], Any]
    at: Any
    truth: np.ndarray
    scale: np.ndarray
    error: np.ndarray | float = 0.0


def queue(mean):
    return fg.SingleServerQueue(fg.Exponential(GAP), fg.Exponential(mean), CUSTOMERS)


def line(means):
    return fg.TandemQueue(fg.Exponential(GAP), [fg.Exponential(m) for m in means], CUSTOMERS)


def network(means):
    return fg.ActivityNetwork(ARCS, [fg.Exponential(m) for m in means])


def late(means):
    durations = [fg.Exponential(m) for m in means]
    return fg.ActivityNetwork(ARCS, durations, measure=fg.Tail(LATE))


def stock(q):
    return fg.Inventory(S_LOW, S_LOW + q, fg.Exponential(DEMAND), PERIODS, *PRICES)


def digital(spot):
    prices = finance.GeometricBrownianMotion(spot, RATE, VOLATILITY)
    return finance.Option(prices, finance.Digital(STRIKE), MATURITY)


def asian(theta):
    prices = finance.GeometricBrownianMotion(theta["spot"], RATE, theta["volatility"])
    return finance.Option(prices, finance.Asian(STRIKE), MATURITY, STEPS)


def ruin(x, p):
    capital = p.capital
    for _ in range(CLAIMS):
        capital += p.premium * x.gap.next() - x.claim.next()
        if fg.step(capital < 0.0):
            return 1.0
    return 0.0


def insurer(mean):
    return fg.Simulation(
        ruin,
        inputs={
            "claim": fg.Exponential(mean).stream(CLAIMS),
            "gap": fg.Exponential(1.0).stream(CLAIMS),
        },
        parameters={"capital": CAPITAL, "premium": PREMIUM},
    )


def _problem(title, build, at, truth, error=0.0, together=False):
    truth = np.atleast_1d(np.asarray(truth, dtype=float))
    size = np.abs(truth)
    return Problem(title, build, at, truth, np.full_like(size, size.max()) if together else size,
                   error)  # fmt: skip


def problems():
    """All of them by name; 1.5 s, most of it for the exact tail."""
    cost = exact.inventory(S_LOW, S_LOW + Q, DEMAND, PERIODS, *PRICES)
    paid = exact.digital_option(SPOT, STRIKE, RATE, VOLATILITY, MATURITY)
    greeks = arithmetic_asian(SPOT, STRIKE, RATE, VOLATILITY, MATURITY, STEPS)
    arcs = exact.activity_network(ARCS, MEANS), exact.activity_network(ARCS, MEANS, tail=LATE)
    delay = exact.mm1(GAP, SERVICE, CUSTOMERS).d_service
    # No closed form: 1,638,400 replications of queues_in_numpy.line, which shares no code.
    means = [3.631612, 5.364338, 8.529703], np.array([0.001762, 0.002924, 0.005179])
    both = {"spot": SPOT, "volatility": VOLATILITY}
    return {
        "queue": _problem("M/M/1, N = 100", queue, SERVICE, delay),
        "line": _problem("3 stations in line, N = 100", line, STATIONS, *means),
        "network": _problem("13 arcs, mean", network, MEANS, arcs[0].gradient, 0.0, True),
        "late": _problem("13 arcs, tail", late, MEANS, arcs[1].gradient, 0.0, True),
        "stock": _problem("(s, S) inventory, cost in q", stock, Q, cost.d_q),
        "digital": _problem("European digital, delta", digital, SPOT, paid.delta),
        "asian": _problem("50-step Asian, delta and vega", asian, both, greeks),
        "ruin": _problem("Ruin within 50 claims", insurer, CLAIM,
                         ruin_gradient(CAPITAL, PREMIUM, CLAIM, CLAIMS)),
    }  # fmt: skip
