"""JAX: jit, scan and forward derivatives of each replication, one chunk a core."""

import os
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
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

jax.config.update("jax_enable_x64", True)
LONG, SHORT = 1024, 16384  # paths in a chunk: long paths fill the cache (tried: 256 to 65536)


def ways(name):
    """Pathwise where the output is continuous, likelihood ratios where it jumps."""
    if name not in WAYS:
        return  # a path that jumps in q: differentiation says 0, and q is in no density
    method, gradient = WAYS[name]
    chunk = SHORT if name in ("network", "late", "digital") else LONG
    yield _way(method, "random", gradient, chunk)
    if name in ("digital", "asian"):
        yield _way(method, "antithetic", gradient, chunk, pair=True)


def _way(method, sampler, gradient, chunk, pair=False):
    """A way from gradient(draw) -> (d, n), draw(kind, shape) being (…, n) random numbers."""

    @jax.jit
    def sums(seed, number):
        key = jax.random.fold_in(jax.random.key(seed), number)

        def normal(*shape):
            z = jax.random.normal(key, (*shape, chunk // 2 if pair else chunk))
            return jnp.concatenate([z, -z], axis=-1) if pair else z

        def exponential(*shape):
            return jax.random.exponential(key, (*shape, chunk))

        found = gradient(normal, exponential)
        if pair:
            found = 0.5 * (found[:, : chunk // 2] + found[:, chunk // 2 :])
        return jnp.array([found.sum(axis=1), (found**2).sum(axis=1)])

    def run(count, seed):
        chunks = -(-count // (chunk * THREADS)) * THREADS
        with ThreadPoolExecutor(THREADS) as pool:
            total = sum(pool.map(lambda k: np.asarray(sums(seed, k)), range(chunks)))
        return from_sums(chunks * chunk // (2 if pair else 1), total)

    return Way(method, sampler, run, chunk * THREADS)


def _by(output, at):
    """Derivatives (d, n) of output(θ) -> (n,) by each component of θ."""
    return jnp.moveaxis(jax.jacfwd(output)(jnp.atleast_1d(jnp.asarray(at, float))), -1, 0)


def queue(normal, exponential):
    gaps, services = exponential(2, CUSTOMERS)

    def output(theta):
        def serve(state, draws):
            system, total = state
            system = theta[0] * draws[1] + jnp.maximum(system - draws[0], 0.0)
            return (system, total + system), None

        start = jnp.zeros_like(gaps[0]), jnp.zeros_like(gaps[0])
        return jax.lax.scan(serve, start, (gaps, services))[0][1] / CUSTOMERS

    return _by(output, SERVICE)


def line(normal, exponential):
    x = exponential(CUSTOMERS, 1 + len(STATIONS))

    def output(theta):
        def serve(state, draws):
            arrival, left, total = state
            arrival, left, reached = arrival + draws[0], [*left], arrival + draws[0]
            for k in range(len(STATIONS)):
                reached = left[k] = jnp.maximum(left[k], reached) + theta[k] * draws[1 + k]
            return (arrival, tuple(left), total + reached - arrival), None

        zero = jnp.zeros_like(x[0, 0])
        start = zero, (zero,) * len(STATIONS), zero
        return jax.lax.scan(serve, start, x)[0][2] / CUSTOMERS

    return _by(output, STATIONS)


def _longest(durations):
    reached = [jnp.zeros_like(durations[0])] * NODES
    for k, (tail, head) in enumerate(ARCS):
        reached[head] = jnp.maximum(reached[head], reached[tail] + durations[k])
    return reached[-1]


def network(normal, exponential):
    x = exponential(len(ARCS))
    slopes = jax.grad(lambda durations: _longest(durations).sum())(MEANS[:, None] * x)
    return slopes * x


def late(normal, exponential):
    x = exponential(len(ARCS))
    return (_longest(MEANS[:, None] * x) > LATE) * (x - 1.0) / MEANS[:, None]


def digital(normal, exponential):
    deviation = VOLATILITY * np.sqrt(MATURITY)
    z = normal()
    price = SPOT * jnp.exp((RATE - 0.5 * VOLATILITY**2) * MATURITY + deviation * z)
    weight = np.exp(-RATE * MATURITY) / (SPOT * deviation)
    return (weight * (price > STRIKE) * z)[None]


def asian(normal, exponential):
    dt = MATURITY / STEPS
    z = normal(STEPS)

    def output(theta):
        drift = (RATE - 0.5 * theta[1] ** 2) * dt

        def step(state, draw):
            price, total = state
            price = price * jnp.exp(drift + theta[1] * np.sqrt(dt) * draw)
            return (price, total + price), None

        start = jnp.full_like(z[0], theta[0]), jnp.zeros_like(z[0])
        mean = jax.lax.scan(step, start, z)[0][1] / STEPS
        return np.exp(-RATE * MATURITY) * jnp.maximum(mean - STRIKE, 0.0)

    return _by(output, [SPOT, VOLATILITY])


def ruin(normal, exponential):
    claims, gaps = exponential(2, CLAIMS)

    def go(state, draws):
        capital, score, alive = state
        capital = capital + PREMIUM * draws[1] - CLAIM * draws[0]
        score = score + alive * (draws[0] - 1.0)
        return (capital, score, alive & (capital >= 0.0)), None

    start = (
        jnp.full_like(claims[0], CAPITAL),
        jnp.zeros_like(claims[0]),
        jnp.full(claims.shape[1], True),
    )
    (_, score, alive), _ = jax.lax.scan(go, start, (claims, gaps))
    return (jnp.where(alive, 0.0, score) / CLAIM)[None]


WAYS = {
    "queue": ("ipa", queue), "line": ("ipa", line), "network": ("ipa", network),
    "late": ("lr", late), "digital": ("lr", digital), "asian": ("ipa", asian), "ruin": ("lr", ruin),
}  # fmt: skip
