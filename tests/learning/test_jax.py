"""A simulation as a function of JAX: the numbers of `gradient`, jit, loops, and a training."""

import numpy as np
import pytest

import fastgrad as fg

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def doubles():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 4)


def two(theta):
    return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), 3)


AT = np.array([1.0, 0.7])


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "cd"])
def test_value_and_gradient_are_the_estimate(method, compiled):
    f = fg.jax.function(two, method, 5000, 3)
    both = jax.value_and_grad(lambda theta: 3.0 * f(theta))
    value, slope = (jax.jit(both) if compiled else both)(AT)
    wanted = fg.gradient(two, AT, method, 5000, 3)
    assert value == 3.0 * wanted.performance.value
    np.testing.assert_array_equal(slope, 3.0 * wanted.gradient)
    assert f(AT) == pytest.approx(wanted.performance.value, rel=1e-12)


def test_calls_have_random_numbers_of_their_own():
    f = jax.jit(fg.jax.function(queue, "ipa", 2000, 5))
    assert f(0.7, 0) == f(0.7) != f(0.7, 1)
    assert f(0.7, 1) == f(0.7, 1)
    assert f(np.float32(0.7)).dtype == np.float32


def test_maps_over_points():
    f = fg.jax.function(two, "ipa", 2000)
    points = np.array([AT, [1.2, 0.5]])
    slopes = jax.vmap(jax.grad(f))(points)
    for point, slope in zip(points, slopes, strict=True):
        np.testing.assert_array_equal(slope, fg.gradient(two, point, "ipa", 2000).gradient)
    with pytest.raises(ValueError, match="one axis"):
        f(points)


def test_second_derivatives_are_refused_by_name():
    f = fg.jax.function(queue, "ipa", 1000)
    for twice in (jax.grad(jax.grad(f)), jax.jit(jax.grad(jax.grad(f))), jax.hessian(f)):
        with pytest.raises((fg.NotApplicable, TypeError), match=r"double backward|custom_vjp"):
            twice(0.7)
    with pytest.raises(fg.NotApplicable, match="double backward"):
        jax.grad(jax.grad(f))(0.7)


def test_training_under_jit_reaches_the_known_optimum():
    """Gains 0.5 / (10 + k); an error of 0.003 in the gradient's mean moves the optimum by less."""
    problem = fg.problems.mm1(customers=10)
    f = fg.jax.function(problem.build, "ipa", 2000, seed=2)

    def step(number, theta):
        slope = jax.grad(f)(theta, number)
        return jax.numpy.clip(theta - 0.5 / (10.0 + number) * slope, 0.05, 0.95)

    found = jax.jit(lambda theta: jax.lax.fori_loop(0, 300, step, theta))(0.3)
    assert float(found) == pytest.approx(float(problem.optimum[0]), abs=0.01)
