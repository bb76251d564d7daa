"""Second derivatives by smoothing, path by path, as slowly as their formulas read."""

import numpy as np
from network_cases import paths


def queue(gaps, services, density, d_gap, d_service, at_border):
    """Σ f(T_n) (T_n - A_{n+1})'² L_n / N for one path; X and A linear in θ.

    d_gap, d_service: dA and dX on the path; at_border: dA where A = T_n, a function.
    """
    count = len(services)
    system, slope = [services[0]], [d_service[0]]
    for n in range(1, count):
        wait = system[-1] - gaps[n - 1]
        carried = slope[-1] - d_gap[n - 1] if wait >= 0.0 else 0.0
        system.append(services[n] + max(wait, 0.0))
        slope.append(d_service[n] + carried)
    total = 0.0
    for n in range(count - 1):
        border = system[n]
        total += density(border) * (slope[n] - at_border(border)) ** 2 * busy(gaps, services, n + 1)
    return total / count


def busy(gaps, services, n):
    """Customers of the busy period that customer n opens."""
    length, left = 1, services[n]
    while n + length < len(services) and left >= gaps[n + length - 1]:
        left += services[n + length] - gaps[n + length - 1]
        length += 1
    return length


def network(arcs, x, means, best):
    """The Hessian estimate of one path by the means of exponential arcs, (arcs, arcs)."""
    count = len(arcs)
    sign = 1.0 if best is max else -1.0
    every = paths(arcs)

    def best_of(members):
        return best(members, key=lambda path: sum(x[k] for k in path)) if members else None

    half = np.zeros((count, count))
    for a in range(count):
        without = best_of([path for path in every if a not in path])
        if without is None:
            continue
        through = best([p for p in every if a in p], key=lambda p: sum(x[k] for k in p if k != a))
        border = sum(x[k] for k in without) - sum(x[k] for k in through if k != a)
        if border <= 0.0:
            continue
        rate = sign * np.exp(-border / means[a]) / means[a] * border / means[a]
        half[a, a] = rate * border / means[a]
        for b in range(count):
            if b != a:
                moved = ((b in through) - 1.0 * (b in without)) * x[b] / means[b]
                half[a, b] = rate * moved
    return 0.5 * (half + half.T)
