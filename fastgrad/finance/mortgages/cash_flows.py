"""Rates and cash flows as plain functions, compiled like users' own: see `walk` and `rule`.

Rates get the records of the simulation and give two rows: the short rate at the beginning of each
period, and the logarithm of the discount factor up to its end. Rules of prepayment get the rate,
the age of the loans in years at the end of the period, which share of the scheduled balance is
left, and p; they give the share that is prepaid a year.
"""

import math

import numpy as np


def vasicek_rates(x, p):  # type: ignore[no-untyped-def]
    """Of `Vasicek` without a curve on top."""
    made = np.empty((2, len(x.moves)))
    rate, log = p.rate_now, 0.0
    for k in range(len(x.moves)):
        after = p.rate_keep * rate + x.moves[k]
        log -= p.rate_before * rate + p.rate_after * after + p.rate_constant
        made[0, k] = rate
        made[1, k] = log
        rate = after
    return made


def shifted_rates(x, p):  # type: ignore[no-untyped-def]
    """Of `Vasicek`, with a curve on top."""
    made = vasicek_rates(x, p)
    total = 0.0
    for k in range(len(x.moves)):
        shift = 0.0
        for key in range(len(p.key_rates)):
            if p.key_shares[key, k] != 0.0:
                shift += p.key_rates[key] * p.key_shares[key, k]
        total += shift * p.period
        made[0, k] += shift
        made[1, k] -= total
    return made


def no_prepayment(rate, age, left, p):  # type: ignore[no-untyped-def]
    """Nothing but what is scheduled."""
    return 0.0


def refinancing(rate, age, left, p):  # type: ignore[no-untyped-def]
    """Of `RefinancingIncentive`."""
    gain = p.coupon - rate - p.prepay_threshold
    share = p.prepay_base + p.prepay_span / (1.0 + math.exp(-p.prepay_steepness * gain))
    if p.prepay_seasoning > 0.0:
        share *= min(age / p.prepay_seasoning, 1.0)
    return share * (1.0 - p.prepay_burnout * (1.0 - left))


def benchmark(rate, age, left, p):  # type: ignore[no-untyped-def]
    """Of `PSA`: 0.2 % more each month, for thirty months."""
    return 0.06 * p.prepay_speed * min(age / 2.5, 1.0)


def security_paid(walk, rule):  # type: ignore[no-untyped-def]
    """The function of both: what one unit of balance pays, discounted.

    The scheduled balance and the level payment are those of loans without prepayment; `left` of
    them are still there, and pay as much (formulas of level annuities).
    """

    def paid(x, p):  # type: ignore[no-untyped-def]
        path = walk(x, p)
        periods = path.shape[1]
        due = p.coupon * p.period
        level = due / (1.0 - (1.0 + due) ** -float(periods))
        fee = p.servicing * p.period
        balance, left, value = 1.0, 1.0, 0.0
        for k in range(periods):
            end = (k + 1) * p.period
            share = rule(path[0, k], p.age + end, left, p)
            if not 0.0 <= share <= 1.0:
                raise ValueError("the share that is prepaid a year must be between 0 and 1")
            after = balance * (1.0 + due) - level
            if k + 1 == periods:
                after = 0.0
            prepaid = 1.0 - (1.0 - share) ** p.period
            flow = left * (level - fee * balance + prepaid * after)
            value += flow * math.exp(path[1, k] - p.spread * end)
            left *= 1.0 - prepaid
            balance = after
        return value

    return paid
