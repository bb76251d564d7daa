"""Users' functions with marked thresholds, and what is exactly true of them."""

import math

import numpy as np
from scipy import stats

import fastgrad as fg


def digital(x, p):
    rate, time = 0.05, 1.0
    drift = (rate - 0.5 * p.vol**2) * time
    price = p.spot * math.exp(drift + p.vol * math.sqrt(time) * x.z)
    return math.exp(-rate * time) * fg.step(price > p.strike)


def last_sojourn(x, p):
    time = 0.0
    for i in range(len(x.service)):
        time = x.service[i] + max(0.0, time - x.gap[i])
    return fg.step(time > p.limit)


def clinic(x, p):
    """Fraction of customers who wait longer than the limit."""
    free = clock = 0.0
    late = 0.0
    for i in range(len(x.service)):
        clock += x.gap[i]
        start = max(free, clock)
        if fg.step(start - clock > p.limit):
            late += 1.0
        free = start + x.service[i]
    return late / len(x.service)


def ruin(x, p):
    """Whether the capital falls below zero at one of the claims."""
    capital = p.capital
    for k in range(len(x.claim)):
        capital += p.premium * x.gap[k] - x.claim[k]
        if fg.step(capital < 0.0):
            return 1.0
    return 0.0


def inventory(x, p):
    level, total = p.s + p.q, 0.0
    for n in range(len(x.demand)):
        if fg.step(level < p.s):
            level = p.s + p.q
        level -= x.demand[n]
        total += max(level, 0.0) + 9.0 * max(-level, 0.0) + 5.0 * fg.step(level < p.s)
    return total / len(x.demand)


def network(a, b, c, d, e):
    second = max(b, a + c)
    return fg.step(max(a + d, second + e) > 5.0)


def late_project(x, p):
    second = max(x.b, x.a + x.c)
    return fg.step(max(x.a + x.d, second + x.e) > p.due)


def cusum(x, p):
    """Run length of a one-sided control chart."""
    chart = 0.0
    for n in range(len(x.sample)):
        chart = max(0.0, chart + x.sample[n] - 0.5)
        if fg.step(chart > p.limit):
            return n + 1.0
    return float(len(x.sample))


def shewhart(x, p):
    """Run length of a two-sided chart: one mark on each side, next to each other."""
    for n in range(len(x.sample)):
        if fg.step(x.sample[n] > p.limit) + fg.step(x.sample[n] < -p.limit) > 0.0:
            return n + 1.0
    return float(len(x.sample))


def replacement(x, p):
    """Cost of a cycle: a planned replacement at the age, or a failure before it."""
    return 1.0 + 4.0 * fg.step(x.life < p.age)


def american(x, p):
    """A call with one dividend, exercised just before it above a threshold."""
    rate, vol, time, dividend, strike = 0.05, 0.3, 0.5, 8.0, 100.0
    grow, spread = (rate - 0.5 * vol**2) * time, vol * math.sqrt(time)
    price = (p.spot - dividend * math.exp(-rate * time)) * math.exp(grow + spread * x.first)
    if fg.step(price + dividend > p.threshold):
        return math.exp(-rate * time) * max(price + dividend - strike, 0.0)
    return math.exp(-2.0 * rate * time) * max(
        price * math.exp(grow + spread * x.second) - strike, 0.0
    )


def seen(arrivals, load):
    """Probabilities that arrival n finds 0 … n - 1 customers in an M/M/1 queue, for each n."""
    p = load / (1.0 + load)
    q = 1.0 - p
    rows = [np.array([1.0 + 0.0 * load])]
    for _ in range(arrivals - 1):
        now = rows[-1]
        after = np.zeros(len(now) + 1, dtype=type(load))
        for k, probability in enumerate(now):
            after[0] += probability * q ** (k + 1)
            for j in range(1, k + 2):
                after[j] += probability * p * q ** (k + 1 - j)
        rows.append(after)
    return rows


def waits_longer(n, mean, limit, gap=1.0):
    """P(W_n > limit), for an M/M/1 queue: W_n is a sum of as many services as are found."""
    row = seen(n, mean / gap)[-1]
    terms = [(limit / mean) ** j / math.factorial(j) for j in range(n)]
    return np.exp(-limit / mean) * sum(row[k] * sum(terms[:k]) for k in range(1, n))


def complex_step(function, *at):
    """All partial derivatives of an analytic function."""
    made = []
    for k in range(len(at)):
        moved = [complex(value) for value in at]
        moved[k] += 1e-30j
        made.append(function(*moved).imag / 1e-30)
    return made


def two_sided(limit, horizon):
    """E min(T, horizon) of the Shewhart chart with standard normal samples, and d/dlimit."""
    inside = 1.0 - 2.0 * stats.norm.sf(limit)
    slope = 2.0 * stats.norm.pdf(limit)
    powers = np.arange(horizon)
    return np.sum(inside**powers), slope * np.sum(powers[1:] * inside ** (powers[1:] - 1))
