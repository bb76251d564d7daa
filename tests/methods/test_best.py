"""The best combination of estimators: weights, no bias, never worse than its best part."""

import numpy as np
import pytest
from tolerance import bound

import fastgrad as fg
from fastgrad.methods.best import best_weights

N = 200_000
CELLS = 30  # comparisons in this file, at most
Z = bound(CELLS)


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 4)


def two(theta):
    return fg.SingleServerQueue(fg.Gamma(2.0, theta[0]), fg.Gamma(2.0, theta[1]), 3)


def product(x, y):
    return x * y + np.sin(x)


def expectation(theta):
    return fg.Expectation(product, [fg.Normal(theta, 1.0), fg.Exponential(theta)])


def scaled(theta):
    return theta * queue(theta) + theta**2


CASES = {
    "queue": (queue, 0.8),
    "two": (two, np.array([0.5, 0.4])),
    "expectation": (expectation, 0.7),
    "scaled": (scaled, 0.6),
}
SUBSETS = (None, ("ipa", "lr"), ("lr", "wd"), ("ipa", "lr", "wd"))


def test_two_parts_have_the_weights_of_the_formula():
    generator = np.random.default_rng(1)
    for _ in range(50):
        a = generator.standard_normal((2, 2))
        c = a @ a.T
        weights = best_weights(c[None], None)[:, 0]
        first = (c[1, 1] - c[0, 1]) / (c[0, 0] + c[1, 1] - 2.0 * c[0, 1])
        least = weights @ c @ weights
        assert weights.sum() == pytest.approx(1.0)
        if 0.0 in weights:  # a part alone: the combination is not clearly better
            assert np.linalg.det(c) / (c.sum() - 4 * c[0, 1]) > 0.97 * least
        else:
            assert weights[0] == pytest.approx(first, rel=1e-6)


def test_a_part_that_costs_more_than_it_saves_is_left_out():
    independent = np.diag([1.0, 1.0])[None]  # together half the variance at the cost of two
    assert np.count_nonzero(best_weights(independent, [1.0, 1.0])) == 1
    np.testing.assert_allclose(best_weights(independent, None)[:, 0], 0.5)
    opposed = np.array([[1.0, -0.9], [-0.9, 1.0]])[None]
    np.testing.assert_allclose(best_weights(opposed, [1.0, 1.0])[:, 0], 0.5)


def test_parts_without_variance():
    assert np.all(np.isfinite(best_weights(np.zeros((1, 3, 3)), [1.0, 1.0, 1.0])))
    same = np.ones((1, 2, 2))
    assert best_weights(same, [1.0, 1.0]).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("time", [True, False])
@pytest.mark.parametrize("parts", SUBSETS, ids=str)
@pytest.mark.parametrize("case", CASES)
def test_unbiased_and_never_worse_than_its_best_part(case, parts, time):
    build, at = CASES[case]
    est = fg.gradient(build, at, fg.Best(parts, time), N, seed=4)
    names = parts or ("ipa", "wd", "lr")
    alone = {name: fg.gradient(build, at, name, N, seed=4) for name in names}
    other = fg.gradient(build, at, names[0], N, seed=5)
    difference = np.abs(np.asarray(est.gradient) - other.gradient)
    error = np.hypot(est.standard_error, other.standard_error)
    assert np.all(difference <= Z * error)
    np.testing.assert_allclose(sum(est.weights.values()), 1.0)
    spread = {name: np.mean(np.log(one.variance)) for name, one in alone.items()}
    if not time:  # a pilot of 4,096 knows a variance of a light tail to a few per cent
        assert np.mean(np.log(est.variance)) <= min(spread.values()) + 0.1
    if len(est.weights) == 1:
        (name,) = est.weights
        np.testing.assert_array_equal(est.gradient, alone[name].gradient)


def test_a_combination_is_better_than_all_of_its_parts():
    est = fg.gradient(expectation, 0.7, fg.Best(("ipa", "lr", "wd"), time=False), N, seed=4)
    parts = [fg.gradient(expectation, 0.7, name, N, seed=4) for name in est.weights]
    assert len(parts) > 1
    assert est.variance < 0.95 * min(part.variance for part in parts)
    assert "weight of" in str(est)
    assert est.to_dict()["weights"] == est.weights


def test_by_name_and_in_comparisons():
    assert fg.gradient(queue, 0.8, "best", 20_000).method == "best"
    found = fg.compare(queue, 0.8, ["ipa", "best"], 20_000)
    assert set(found) == {"ipa", "best"}


def test_what_cannot_be_combined_is_refused():
    for parts in (("cd",), (), ("ipa", "ipa"), (fg.WeakDerivative("hahn-jordan"),)):
        with pytest.raises(ValueError, match="Best: parts must be"):
            fg.Best(parts)

    def uniform(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Uniform(0.0, theta), 4)

    with pytest.raises(fg.NotApplicable, match="lr: "):
        fg.gradient(uniform, 0.5, fg.Best(["ipa", "lr"]), 1000)
    assert "lr" not in fg.gradient(uniform, 0.5, "best", 1000).weights
    with pytest.raises(fg.NotApplicable, match="second"):
        fg.gradient(queue, 0.5, "best", 1000, order=2)
