"""Price, delta and vega of an Asian call vectorised over replications in NumPy, on several threads.

As it is usually written, whole paths at a time (chunks of 20,000 replications are the fastest of
1,000 to 100,000), and step by step in place (chunks of 16,384, the fastest of 512 to 65,536).
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

WHOLE, CHUNK = 20_000, 16_384


def whole_paths(replications, steps, spot, rate, volatility, maturity, strike, seed=1):
    """(price, delta, vega): their means over whole chunks, at least `replications`."""
    generator, dt = np.random.default_rng(seed), maturity / steps
    time, total = dt * np.arange(1, steps + 1), np.zeros(3)
    chunks = -(-replications // WHOLE)
    for _ in range(chunks):
        motion = np.sqrt(dt) * np.cumsum(generator.standard_normal((WHOLE, steps)), axis=1)
        prices = spot * np.exp((rate - 0.5 * volatility**2) * time + volatility * motion)
        mean = prices.mean(axis=1)
        paid = np.exp(-rate * maturity) * (mean > strike)
        slope = (prices * (motion - volatility * time)).mean(axis=1)
        total += paid @ (mean - strike), paid @ mean / spot, paid @ slope
    return total / (chunks * WHOLE)


def asian(generator, steps, spot, rate, volatility, maturity, strike):
    """(price, delta, vega) of one chunk: their sums."""
    dt = maturity / steps
    spread, drift = volatility * np.sqrt(dt), (rate - 0.5 * volatility**2) * dt
    log_price, slope, total, slopes = np.zeros((4, CHUNK))
    log_price += np.log(spot)
    normal, price = np.empty((2, CHUNK))
    for _ in range(steps):
        generator.standard_normal(out=normal)
        normal *= spread
        log_price += normal
        log_price += drift
        normal *= 1.0 / volatility
        slope += normal
        slope -= volatility * dt
        np.exp(log_price, out=price)
        total += price
        price *= slope
        slopes += price
    total /= steps
    paid = (total > strike) * np.exp(-rate * maturity)
    return paid @ (total - strike), paid @ total / spot, paid @ slopes / steps


def estimate(replications, threads, *numbers, seed=1):
    """The means of price, delta and vega over whole chunks, at least `replications`."""
    chunks = -(-replications // (CHUNK * threads))

    def work(stream):
        generator = np.random.Generator(np.random.SFC64(stream))
        return sum(np.array(asian(generator, *numbers)) for _ in range(chunks))

    streams = np.random.SeedSequence(seed).spawn(threads)
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, streams)) / (chunks * threads * CHUNK)
