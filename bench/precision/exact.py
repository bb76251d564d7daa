"""Two gradients that `fastgrad.exact` does not have."""

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.signal import fftconvolve
from scipy.special import gammaincc

STEP = 1e-5


def ruin_gradient(capital, premium, mean, claims):
    """d/dmean of the probability that one of the first claims ruins the insurer.

    Claims and gaps are exponential. Read backwards, the deepest loss is the work that the next
    customer of an M/M/1 queue finds, and the number that customers find is a Markov chain.
    """

    def probability(mean):
        leave = premium / (premium + mean)  # a customer leaves before the next one comes
        found = np.zeros(claims + 2)
        found[0] = 1.0
        for _ in range(claims):
            after = np.zeros_like(found)
            for left in range(1, claims + 2):
                there = np.arange(left, claims + 2)  # with the one who came
                after[left] = found[there - 1] @ leave ** (there - left) * (1.0 - leave)
            after[0] = 1.0 - after.sum()
            found = after
        return found[1:] @ gammaincc(np.arange(1, claims + 2), capital / mean)

    return (probability(mean + STEP) - probability(mean - STEP)) / (2.0 * STEP)


def arithmetic_asian(spot, strike, rate, volatility, maturity, steps, points=16384):
    """Delta and vega of a call on the mean of prices at the ends of equal steps.

    The mean is S e^{X_1} (1 + e^{X_2} (1 + …)) / steps with X the log-returns: the distribution of
    its logarithm follows from the last step to the first by convolutions on a grid.
    """
    dt, grid = maturity / steps, np.linspace(-2.5, np.log(steps) + 2.5, points)
    width = grid[1] - grid[0]
    offset = (np.arange(points) - points // 2) * width
    positive = np.maximum(grid, 1e-9)

    def delta_and_price(volatility):
        drift, sd = (rate - 0.5 * volatility**2) * dt, volatility * np.sqrt(dt)

        def normal(x):
            return np.exp(-0.5 * ((x - drift) / sd) ** 2) / (sd * np.sqrt(2.0 * np.pi))

        density = normal(grid)
        for _ in range(steps - 1):  # of ln(1 + e^w), then a step on
            slope = np.where(grid > 1e-9, -1.0 / np.expm1(-positive), 0.0)
            density = np.interp(np.log(np.expm1(positive)), grid, density, 0.0, 0.0) * slope
            # The middle of the full convolution, where offset is 0.
            density = fftconvolve(density, normal(offset))[points // 2 :][:points] * width
        total, discount = np.log(strike * steps / spot), np.exp(-rate * maturity)
        paid = above(total, density * np.exp(grid) * spot / steps)
        return discount * paid / spot, discount * (paid - strike * above(total, density))

    def above(limit, values):
        part = cumulative_trapezoid(values, dx=width, initial=0.0)
        return part[-1] - np.interp(limit, grid, part)

    prices = [delta_and_price(volatility + h)[1] for h in (1e-3, -1e-3)]
    return np.array([delta_and_price(volatility)[0], (prices[0] - prices[1]) / 2e-3])
