"""Second derivatives of the queue against the exact Hessian."""

import numpy as np
import pytest
from tolerance import accept

import fastgrad as fg

CELLS = 2 * 2 * 3 * 4


@pytest.mark.parametrize("customers", [1, 2, 10])
@pytest.mark.parametrize("rho", [0.3, 0.9])
@pytest.mark.parametrize("baseline", [True, False])
def test_likelihood_ratio_finds_the_hessian(baseline, rho, customers):
    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), customers)

    est = fg.gradient(
        build, [1.0, rho], fg.LikelihoodRatio(baseline=baseline), 1_000_000, seed=4, order=2
    )
    exact = fg.exact.mm1(1.0, rho, customers)
    wanted = np.array([[exact.d2_interarrival, exact.d2_mixed], [exact.d2_mixed, exact.d2_service]])
    assert np.array_equal(est.gradient, est.gradient.T)
    accept(est, wanted, CELLS, error=1e-12)


def test_the_second_derivative_of_a_function_of_theta():
    """J(θ) = θ² J₁ by homogeneity, when the means are θ² a and θ² b: J'' = 2 J₁."""

    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(theta**2), fg.Exponential(0.5 * theta**2), 3)

    est = fg.gradient(build, 1.3, "lr", 4_000_000, seed=4, order=2)
    wanted = 2.0 * fg.exact.mm1(1.0, 0.5, 3).value
    accept(est, wanted, CELLS)


def test_methods_without_a_second_derivative_say_so():
    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Uniform(0.0, theta), 3)

    for method in ("ipa", "lr"):
        with pytest.raises(fg.NotApplicable) as caught:
            fg.gradient(build, 0.5, method, 100, order=2)
        assert "\n" not in str(caught.value)
