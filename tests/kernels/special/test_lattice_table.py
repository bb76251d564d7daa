"""Tables of whole-number quantiles give what the quantile itself gives."""

import numpy as np
import pytest
from fastgrad.kernels.special.lattice_table import UNKNOWN
from fastgrad.kernels.special.quantile_table import COEFFICIENTS
from rows import row

import fastgrad as fg

DISTRIBUTIONS = [
    fg.Poisson(0.3),
    fg.Poisson(20.0),
    fg.Poisson(300.0),
    fg.Binomial(10, 0.3),
    fg.Binomial(1000, 0.97),
    fg.Binomial(100, 1e-6),
    fg.NegativeBinomial(3, 0.2),
    fg.NegativeBinomial(50, 0.9),
]
WIDE = [fg.Poisson(1e6), fg.NegativeBinomial(2, 1e-4)]


def uniforms():
    """Inside, far out at both ends, and the numbers where cells and halves meet."""
    rng = np.random.default_rng(7)
    ends = 2.0 ** -rng.uniform(1.0, 53.0, 20_000)
    corners = 2.0 ** -np.arange(1.0, 60.0)
    near = np.concatenate([corners, np.nextafter(corners, 0.0), np.nextafter(corners, 1.0)])
    u = np.concatenate([rng.random(50_000), ends, 1.0 - ends, near, 1.0 - near])
    return u[(u > 0.0) & (u < 1.0)]


@pytest.mark.parametrize("distribution", [*DISTRIBUTIONS, *WIDE], ids=str)
def test_the_table_gives_the_same_value(distribution):
    u = uniforms()
    by_table = row(distribution, "variate_by_table", u=u, x=distribution.table())
    assert np.array_equal(by_table, row(distribution, "variate", u=u))


def test_a_table_knows_what_it_does_not_hold():
    """Cells with eight values or more, and more values than are worth a bisection."""
    cells = [
        distribution.table().reshape(-1, COEFFICIENTS)[:, 0]
        for distribution in (*DISTRIBUTIONS, *WIDE)
    ]
    unknown = [np.count_nonzero(first == UNKNOWN) / len(first) for first in cells]
    assert max(unknown[: len(DISTRIBUTIONS)]) < 0.05  # 50 cells below 2^-49 have no double in them
    assert unknown[len(DISTRIBUTIONS) :] == [1.0, 1.0]


def test_a_run_by_table():
    """Mean and variance of a Poisson variate."""
    model = fg.Expectation(lambda x: x, {"x": fg.Poisson(20.0)})
    estimate = fg.simulate(model, replications=100_000, seed=3)
    assert abs(estimate.value - 20.0) < 5.0 * np.sqrt(20.0 / 100_000)
    assert abs(estimate.variance / 20.0 - 1.0) < 5.0 * np.sqrt((2.0 + 1.0 / 20.0) / 100_000)
