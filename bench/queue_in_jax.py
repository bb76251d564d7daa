"""The M/M/1 queue's IPA in JAX: jit, scan over customers, jvp by the mean service time.

Chunks of 1024 replications over two threads with all draws of a chunk made at once were the
fastest of those tried (256 to 16384; draws inside the scan; the generators rbg, unsafe_rbg).
"""

import os
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

CHUNK = 1024


def ipa(customers, threads):
    """A function (mean, replications) -> [E[Y], dE[Y]/dmean], over whole chunks."""

    def output(mean, key):
        def serve(state, draws):
            system, total = state
            gap, service = draws
            system = mean * service + jnp.maximum(system - gap, 0.0)
            return (system, total + system), None

        draws = jax.random.exponential(key, (2, customers, CHUNK))
        start = (jnp.zeros(CHUNK), jnp.zeros(CHUNK))
        (_, total), _ = jax.lax.scan(serve, start, tuple(draws))
        return total.mean() / customers

    @jax.jit
    def chunk(mean, key):
        return jax.jvp(lambda at: output(at, key), (mean,), (1.0,))

    def estimate(mean, replications, seed=1):
        keys = list(jax.random.split(jax.random.key(seed), -(-replications // CHUNK)))
        with ThreadPoolExecutor(threads) as pool:
            results = list(pool.map(lambda key: jax.block_until_ready(chunk(mean, key)), keys))
        return jnp.array(results).mean(axis=0)

    return estimate
