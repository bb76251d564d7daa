"""Several measures of one run: the same bits as each alone, and their joint covariance."""

import numpy as np
import pytest

import fastgrad as fg

THETA = {"mean": 0.5, "weight": 2.0}


def outputs(x, p):
    return {"a": x.a * p.weight, "b": x.a + x.b * x.b, "sum": x.a * p.weight + x.a + x.b * x.b}


def build(theta):
    inputs = {"a": fg.Exponential(theta["mean"]), "b": fg.Exponential(1.0)}
    return fg.Simulation(outputs, inputs, {"weight": theta["weight"]})


def estimate(method="ipa", replications=5000, **options):
    return fg.gradient(build, THETA, method, replications, seed=3, **options)


@pytest.mark.parametrize("options", [{}, {"antithetic": True}, {"sampler": "sobol"}])
def test_each_measure_is_what_it_is_alone(options):
    found = estimate(**options)
    for name in found:
        alone = fg.gradient(
            lambda t, n=name: build(t).choosing(n), THETA, "ipa", 5000, 3, **options
        )
        assert found[name].gradient == alone.gradient
        assert found[name].variance == alone.variance


@pytest.mark.parametrize("options", [{}, {"antithetic": True}, {"sampler": "lhs"}])
def test_covariances_are_those_of_a_sum(options):
    """sum = a + b on every path, so that its row is the sum of theirs: to rounding."""
    found = estimate(**options)
    covariance = found.covariance
    assert covariance.shape == (9, 9)
    assert [name for name, _ in found.labels[::3]] == list(found)
    np.testing.assert_array_equal(covariance, covariance.T)
    size = np.sqrt(np.diag(covariance).max())
    np.testing.assert_allclose(
        covariance[6:], covariance[:3] + covariance[3:6], rtol=1e-10, atol=1e-10 * size
    )
    assert covariance[3, 3] == found["b"].performance.variance
    assert found["a"].covariance[1, 1] == found["a"].variance["mean"]


def test_covariances_do_not_depend_on_threads():
    one, two = (estimate(replications=20_000, threads=n).covariance for n in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_a_covariance_that_is_known():
    """cov(w A, A + B²) = w m² for exponential A of mean m: within five errors of a product."""
    found = estimate(replications=200_000)
    products = 20.0  # E[(w A)² (A + B²)²] is 18.3: the variance of a product is below it
    assert abs(found.covariance[0, 3] - 2.0 * 0.25) < 5.0 * np.sqrt(products / 200_000)


def test_one_measure_has_a_covariance_when_asked():
    def queue(mean):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), 5)

    plain = fg.gradient(queue, 0.5, "ipa", 3000)
    asked = fg.gradient(queue, 0.5, "ipa", 3000, covariance=True)
    assert plain.covariance is None
    assert asked.gradient == plain.gradient
    assert asked.covariance[0, 0] == plain.performance.variance
    assert abs(asked.covariance[0, 1]) <= np.sqrt(np.prod(np.diag(asked.covariance)))
