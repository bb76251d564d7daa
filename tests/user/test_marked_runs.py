"""Functions with marked thresholds in every kind of run."""

from concurrent.futures import ProcessPoolExecutor

import marked_models as models
import numpy as np
import pytest

import fastgrad as fg

AT = {"gap": 1.0, "service": 0.7, "limit": 0.4}


def clinic(t):
    inputs = {
        "gap": fg.Exponential(t["gap"]).repeat(5),
        "service": fg.Exponential(t["service"]).repeat(5),
    }
    return fg.Simulation(models.clinic, inputs, {"limit": t["limit"]})


def estimate(build=clinic, method="spa", **settings):
    return fg.gradient(build, AT, method, replications=4000, seed=1, **settings)


def same(one, other, rtol=0.0):
    for name in AT:
        np.testing.assert_allclose(one.gradient[name], other.gradient[name], rtol=rtol)
        np.testing.assert_allclose(one.variance[name], other.variance[name], rtol=rtol)


def test_other_processes():
    with ProcessPoolExecutor(1) as pool:
        same(estimate(), estimate(executor=pool))


def test_uncompiled_functions_are_smoothed_compiled():
    def build(t):
        model = clinic(t)
        return fg.Simulation(
            models.clinic,
            {e.name: e.distribution.repeat(e.draws) for e in model.sources},
            model.reals,
            debug=True,
        )

    same(estimate(), estimate(build))


def test_a_scaled_and_shifted_model():
    plain = estimate()
    other = estimate(lambda t: 2.0 * clinic(t) + 3.0 * t["limit"])
    for name in AT:
        assert other.gradient[name] == pytest.approx(
            2.0 * plain.gradient[name] + 3.0 * (name == "limit"), rel=1e-12
        )


def both(x, p):
    late = models.clinic(x, p)
    return {"late": late, "twice": 2.0 * late}


def test_several_outputs():
    def build(t):
        model = clinic(t)
        inputs = {e.name: e.distribution.repeat(e.draws) for e in model.sources}
        return fg.Simulation(both, inputs, model.reals)

    found, plain = estimate(build), estimate()
    same(found["late"], plain, rtol=1e-12)
    for name in AT:
        assert found["twice"].gradient[name] == pytest.approx(2.0 * plain.gradient[name], rel=1e-12)


@pytest.mark.parametrize("method", ["ipa", "spa"])
def test_second_derivatives_are_refused(method):
    with pytest.raises(fg.NotApplicable):
        fg.gradient(clinic, AT, method, 1000, order=2)


def test_all_methods_agree():
    found = fg.compare(
        lambda mean: clinic({**AT, "service": mean}),
        0.7,
        ["spa", "lr", "wd", "auto"],
        40_000,
        seed=2,
    )
    gradients = [found[name].gradient for name in ("spa", "lr", "wd", "auto")]
    errors = [found[name].standard_error for name in ("spa", "lr", "wd", "auto")]
    assert gradients[3] in gradients[:3]
    for gradient, error in zip(gradients[1:3], errors[1:3], strict=True):
        assert abs(gradient - gradients[0]) <= 5.5 * np.hypot(error, errors[0])
    assert errors[0] < min(errors[1:3])


@pytest.mark.parametrize("marks", [0, -1, 2.5, "all"])
def test_how_many_marks_must_be_a_count(marks):
    with pytest.raises((TypeError, ValueError), match="SPA: marks"):
        fg.SPA(marks=marks)
