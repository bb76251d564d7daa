"""PyTorch: a θ for every replication, differentiated backwards, one chunk a core.

Its own threads, all on one chunk, were slower (paths in a chunk of 1,024 to 16,384).
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from measure import Way, from_sums
from pooled import THREADS
from problems import (
    ARCS,
    CAPITAL,
    CLAIM,
    CLAIMS,
    CUSTOMERS,
    LATE,
    MATURITY,
    MEANS,
    NODES,
    PREMIUM,
    RATE,
    SERVICE,
    SPOT,
    STATIONS,
    STEPS,
    STRIKE,
    VOLATILITY,
)

CHUNK = 4096  # tried: 1024 to 65536
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def ways(name):
    """Pathwise where the output is continuous, likelihood ratios where it jumps."""
    if name not in WAYS:
        return  # a path that jumps in q: differentiation says 0, and q is in no density
    method, gradient = WAYS[name]
    yield _way(method, "random", gradient)
    if name in ("digital", "asian"):
        yield _way(method, "antithetic", gradient, pair=True)


def _way(method, sampler, gradient, pair=False):
    """A way from gradient(normal, exponential) -> (d, CHUNK)."""

    def sums(generator):
        def normal(*shape):
            if not pair:
                return torch.randn(*shape, CHUNK, generator=generator)
            z = torch.randn(*shape, CHUNK // 2, generator=generator)
            return torch.cat([z, -z], dim=-1)

        def exponential(*shape):
            return torch.empty(*shape, CHUNK).exponential_(generator=generator)

        found = gradient(normal, exponential)
        if pair:
            found = 0.5 * (found[:, : CHUNK // 2] + found[:, CHUNK // 2 :])
        return torch.stack([found.sum(dim=1), (found * found).sum(dim=1)]).numpy()

    def run(count, seed):
        rounds = -(-count // (CHUNK * THREADS))

        def work(stream):
            generator = torch.Generator().manual_seed(THREADS * seed + stream)
            return sum(sums(generator) for _ in range(rounds))

        with ThreadPoolExecutor(THREADS) as pool:
            total = sum(pool.map(work, range(THREADS)))
        return from_sums(rounds * THREADS * CHUNK // (2 if pair else 1), total)

    return Way(method, sampler, run, CHUNK * THREADS)


def _by(output, at):
    """Derivatives (d, CHUNK) of output(θ) -> (CHUNK,)."""
    theta = torch.tensor(np.atleast_1d(at))[:, None].expand(-1, CHUNK).clone().requires_grad_()
    output(theta).sum().backward()
    return theta.grad


def queue(normal, exponential):
    gaps, services = exponential(2, CUSTOMERS)

    def output(theta):
        system, total = torch.zeros(2, CHUNK)
        for n in range(CUSTOMERS):
            system = theta[0] * services[n] + torch.relu(system - gaps[n])
            total = total + system
        return total / CUSTOMERS

    return _by(output, SERVICE)


def line(normal, exponential):
    x = exponential(CUSTOMERS, 1 + len(STATIONS))

    def output(theta):
        arrival = torch.zeros(CHUNK)
        left, total = [arrival] * len(STATIONS), arrival
        for n in range(CUSTOMERS):
            reached = arrival = arrival + x[n, 0]
            for k in range(len(STATIONS)):
                reached = left[k] = torch.maximum(left[k], reached) + theta[k] * x[n, 1 + k]
            total = total + reached - arrival
        return total / CUSTOMERS

    return _by(output, STATIONS)


def _longest(durations):
    reached = [None] * NODES
    reached[0] = torch.zeros(CHUNK)
    for k, (tail, head) in enumerate(ARCS):
        there = reached[tail] + durations[k]
        reached[head] = there if reached[head] is None else torch.maximum(reached[head], there)
    return reached[-1]


def network(normal, exponential):
    x = exponential(len(ARCS))
    return _by(lambda theta: _longest(theta * x), MEANS)


def late(normal, exponential):
    x, means = exponential(len(ARCS)), torch.tensor(MEANS)[:, None]
    return (_longest(means * x) > LATE) * (x - 1.0) / means


def digital(normal, exponential):
    deviation = VOLATILITY * np.sqrt(MATURITY)
    z = normal()
    price = SPOT * torch.exp((RATE - 0.5 * VOLATILITY**2) * MATURITY + deviation * z)
    weight = np.exp(-RATE * MATURITY) / (SPOT * deviation)
    return (weight * (price > STRIKE) * z)[None]


def asian(normal, exponential):
    dt = MATURITY / STEPS
    motion = torch.cumsum(normal(STEPS), dim=0) * np.sqrt(dt)
    times = dt * torch.arange(1.0, STEPS + 1.0)[:, None]

    def output(theta):
        prices = theta[0] * torch.exp((RATE - 0.5 * theta[1] ** 2) * times + theta[1] * motion)
        return np.exp(-RATE * MATURITY) * torch.relu(prices.mean(dim=0) - STRIKE)

    return _by(output, [SPOT, VOLATILITY])


def ruin(normal, exponential):
    claims, gaps = exponential(2, CLAIMS)
    capital = CAPITAL + torch.cumsum(PREMIUM * gaps - CLAIM * claims, dim=0)
    ruined = torch.cummax((capital < 0.0).double(), dim=0).values
    before = torch.cat([torch.zeros(1, CHUNK), ruined[:-1]])  # claims until ruin have a score
    score = ((1.0 - before) * (claims - 1.0)).sum(dim=0) / CLAIM
    return (ruined[-1] * score)[None]


WAYS = {
    "queue": ("ipa", queue), "line": ("ipa", line), "network": ("ipa", network),
    "late": ("lr", late), "digital": ("lr", digital), "asian": ("ipa", asian), "ruin": ("lr", ruin),
}  # fmt: skip
