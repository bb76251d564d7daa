"""The ratio of two expectations of one run, E[A] / E[B], with its interval by the delta method."""

from __future__ import annotations

import numpy as np

from ..core.moments import Moments, Outcome


def quotient(outcome: Outcome, above: int, below: int) -> Outcome:
    """Of two measures of a run: the ratio, then its derivatives (A_i - r B_i) / E[B].

    The covariance is that of their linear forms in the outputs, J C Jᵀ.
    """
    covariance = outcome.moments.covariance
    if covariance is None:
        raise ValueError("a ratio needs the covariances of the run: give covariance=True")
    size, (a, b) = outcome.block, (above * outcome.block, below * outcome.block)
    mean, count = outcome.moments.mean, outcome.moments.count
    top, bottom = mean[a : a + size], mean[b : b + size]
    ratio = top[0] / bottom[0]
    values = np.concatenate([[ratio], (top[1:] - ratio * bottom[1:]) / bottom[0]])
    rows = np.arange(1, size)
    jacobian = np.zeros((size, len(mean)))
    jacobian[0, a] += 1.0 / bottom[0]
    jacobian[0, b] -= ratio / bottom[0]
    jacobian[rows, a + rows] += 1.0 / bottom[0]
    jacobian[rows, b + rows] -= ratio / bottom[0]
    jacobian[rows, a] -= bottom[1:] / bottom[0] ** 2
    jacobian[rows, b] -= (values[1:] - ratio * bottom[1:] / bottom[0]) / bottom[0]
    joint = jacobian @ covariance @ jacobian.T * (count - 1)
    total = np.stack([np.full(size, float(count)), values, np.diag(joint)])
    return Outcome(Moments(total, np.triu(joint)), outcome.unit, outcome.seconds, outcome.said)
