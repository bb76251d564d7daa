"""Draws whose distribution depends on the state, against exact enumeration."""

import itertools
import math

import numpy as np
import pytest

import fastgrad as fg

Z = 5.5
W, B = -0.5, 0.4


def walk(x, p):
    """Six steps up or down; where to is drawn by the state."""
    s, reward = 0.0, 0.0
    for _ in range(6):
        up = x.a.next(1.0 / (1.0 + math.exp(-(p.w * s + p.b))))
        s += 2.0 * up - 1.0
        reward -= (s - 2.0) ** 2
    return reward


def policy(theta, debug=False):
    return fg.Simulation(
        walk, {"a": fg.Bernoulli.stream(6)}, {"w": theta[0], "b": theta[1]}, debug=debug
    )


def enumerated():
    gradient = np.zeros(2)
    for path in itertools.product((0.0, 1.0), repeat=6):
        s = reward = 0.0
        probability, score = 1.0, np.zeros(2)
        for up in path:
            q = 1.0 / (1.0 + math.exp(-(W * s + B)))
            probability *= q if up else 1.0 - q
            score += (up - q) * np.array([s, 1.0])
            s += 2.0 * up - 1.0
            reward -= (s - 2.0) ** 2
        gradient += probability * reward * score
    return gradient


@pytest.mark.parametrize("method", ["lr", "wd", "auto", "cd"])
def test_a_policy_gradient(method):
    truth = enumerated()
    assert truth == pytest.approx([-4.46888, 20.66471], abs=1e-5)
    estimate = fg.gradient(policy, np.array([W, B]), method, replications=40_000, seed=1)
    bias = 0.02 * np.abs(truth) if method == "cd" else 0.0
    assert np.all(np.abs(estimate.gradient - truth) <= Z * estimate.standard_error + bias)


def test_ipa_is_refused():
    with pytest.raises(fg.NotApplicable):
        fg.gradient(policy, np.array([W, B]), "ipa", replications=1000)


def epidemic(x, p):
    """Chain-binomial: everybody escapes each of the infected; 4 susceptible, 2 infected."""
    s, i, total = 4.0, 2.0, 0.0
    for _ in range(3):
        new = x.new.next(s, 1.0 - (1.0 - p.beta) ** i)
        total += new
        s, i = s - new, new
    return total


def epidemic_exact(beta, s=4, i=2, steps=3):
    if steps == 0:
        return 0.0
    q = 1.0 - (1.0 - beta) ** i
    return sum(
        math.comb(s, k)
        * q**k
        * (1.0 - q) ** (s - k)
        * (k + epidemic_exact(beta, s - k, k, steps - 1))
        for k in range(s + 1)
    )


@pytest.mark.parametrize("method", ["lr", "wd"])
def test_a_chain_binomial_epidemic(method):
    def build(beta):
        return fg.Simulation(epidemic, {"new": fg.Binomial.stream(3)}, {"beta": beta})

    h = 1e-5
    truth = (epidemic_exact(0.2 + h) - epidemic_exact(0.2 - h)) / (2.0 * h)
    estimate = fg.gradient(build, 0.2, method, replications=40_000, seed=1)
    assert abs(estimate.gradient - truth) <= Z * estimate.standard_error + 1e-6
    mean = estimate.performance
    assert abs(mean.value - epidemic_exact(0.2)) <= Z * mean.standard_error


def growth(x, p):
    """Each time is exponential with the last one's half as mean, and a fresh rate."""
    t = p.start
    for _ in range(3):
        t = x.t.next(0.5 * t + p.rate)
    return t


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "auto"])
def test_a_chain_of_exponential_times(method):
    # E[T_k] = E[T_{k-1}] / 2 + rate
    def build(theta):
        return fg.Simulation(
            growth,
            {"t": fg.Exponential.stream(3)},
            {"start": theta["start"], "rate": theta["rate"]},
        )

    estimate = fg.gradient(build, {"start": 1.0, "rate": 0.7}, method, replications=40_000, seed=1)
    for name, truth in {"start": 0.125, "rate": 1.75}.items():
        error = estimate.standard_error[name]
        assert abs(estimate.gradient[name] - truth) <= Z * error, name


def test_second_derivatives_along_the_path_are_refused():
    def build(start):
        return fg.Simulation(growth, {"t": fg.Exponential.stream(3)}, {"start": start, "rate": 0.7})

    with pytest.raises(fg.NotApplicable, match="depend on the state"):
        fg.gradient(build, 1.0, "ipa", replications=1000, order=2)


def jumpy(x, p):
    return x.a.next(p.w) + (1.0 if x.u < p.w else 0.0)


def test_a_jump_beside_the_draws_is_seen():
    def build(w):
        return fg.Simulation(
            jumpy, {"a": fg.Bernoulli.stream(1), "u": fg.Uniform(0.0, 1.0)}, {"w": w}
        )

    for method in ("lr", "wd"):
        with pytest.raises(fg.NotApplicable, match="jumps"):
            fg.gradient(build, 0.4, method, replications=4000)


def test_plain_python_gives_the_same_path_derivatives():
    def build(theta, debug):
        own = {"start": theta[0], "rate": theta[1]}
        return fg.Simulation(growth, {"t": fg.Exponential.stream(3)}, own, debug=debug)

    compiled, plain = (
        fg.gradient(lambda t, d=d: build(t, d), np.array([1.0, 0.7]), "ipa", replications=300)
        for d in (False, True)
    )
    assert plain.gradient == pytest.approx(compiled.gradient, rel=1e-12)
    assert plain.standard_error == pytest.approx(compiled.standard_error, rel=1e-12)


@pytest.mark.parametrize(
    ("function", "stream", "complaint"),
    [
        (lambda x, p: x.a.next(), fg.Bernoulli.stream(2), r"x\.a\.next takes p, high, low: got 0"),
        (lambda x, p: x.a.next(0.1, 2.0), fg.Exponential.stream(2), "takes mean: got 2"),
        (lambda x, p: x.a.next(p.v), fg.Bernoulli.stream(2), "p must be one number, got 1-d array"),
        (lambda x, p: x.a.next(p.q), fg.Exponential(1.0).stream(2), "next takes no parameters"),
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_arguments_are_checked(function, stream, complaint, debug):
    own = {"q": 2.0, "v": np.array([0.1, 0.2])}
    model = fg.Simulation(function, {"a": stream}, own, debug=debug)
    with pytest.raises(TypeError, match=complaint):
        fg.simulate(model, 100)


@pytest.mark.parametrize("debug", [False, True])
def test_a_parameter_outside_its_domain_names_itself(debug):
    model = fg.Simulation(lambda x, p: x.a.next(2.0), {"a": fg.Bernoulli.stream(1)}, debug=debug)
    with pytest.raises(ValueError, match=r"x\.a\.next: p is outside its domain"):
        fg.simulate(model, 100)


def test_the_end_of_a_stream_names_itself():
    model = fg.Simulation(lambda x, p: x.a.next(0.1) + x.a.next(0.1), {"a": fg.Bernoulli.stream(1)})
    with pytest.raises(IndexError, match="no more draws"):
        fg.simulate(model, 100)


def test_families_with_lists_of_parameters_are_refused():
    with pytest.raises(TypeError, match="cannot have free parameters"):
        fg.Simulation(lambda x, p: 0.0, {"a": fg.Discrete.stream(1)})


def two_measures(x, p):
    up = x.a.next(p.w) + x.a.next(0.5 * p.w)
    return {"ups": up, "square": up * up * p.c}


@pytest.mark.parametrize("method", ["lr", "wd", "auto"])
def test_several_outputs_of_one_run(method):
    def build(theta):
        return fg.Simulation(
            two_measures, {"a": fg.Bernoulli.stream(2)}, {"w": theta[0], "c": theta[1]}
        )

    w, c = 0.6, 2.0  # E = 1.5 w; E[(A + B)²] = 1.5 w + w²
    both = fg.gradient(build, np.array([w, c]), method, replications=20_000, seed=1)
    exact = {"ups": [1.5, 0.0], "square": [c * (1.5 + 2.0 * w), 1.5 * w + w * w]}
    for name, truth in exact.items():
        error = np.abs(both[name].gradient - truth)
        assert np.all(error <= Z * both[name].standard_error + 1e-12), name
