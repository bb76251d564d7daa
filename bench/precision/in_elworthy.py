"""elworthy: Bismut-Elworthy-Li weights in Rust; the normals are NumPy's, one chunk a core."""

import elworthy
import numpy as np
from pooled import way_of_sums
from problems import MATURITY, RATE, SPOT, STRIKE, VOLATILITY

CHUNK = 16384


def ways(name):
    """The digital's delta; its vega and Asian options have no weight in its Python interface."""
    if name != "digital":
        return
    discount = np.exp(-RATE * MATURITY)

    def sums(generator):
        motion = generator.standard_normal(CHUNK)
        motion *= np.sqrt(MATURITY)
        prices = SPOT * np.exp((RATE - 0.5 * VOLATILITY**2) * MATURITY + VOLATILITY * motion)
        _, delta, _, error = elworthy.price_and_delta_constant_flow(
            prices, motion, MATURITY, VOLATILITY * SPOT, "digital_call", STRIKE
        )
        delta, error = discount * delta, discount * error
        return CHUNK * np.array([[delta], [(CHUNK - 1) * error**2 + delta**2]])

    yield way_of_sums("lr", "random", sums, CHUNK)
