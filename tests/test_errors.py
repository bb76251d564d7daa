"""Bad input: each a one-line error that says what is wrong and what to do."""

import math

import numpy as np
import pytest

import fastgrad as fg

OPTIONS = {"replications": 100, "seed": 1}


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 3)


def gradient(build=queue, at=0.5, method="ipa", **options):
    return fg.gradient(build, at, method, **(OPTIONS | options))


def one_line(caught, *words):
    """The message is one line and has these words."""
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message, message


# Distributions and models


@pytest.mark.parametrize("wrong", [math.nan, -1.0, 0.0, math.inf, -math.inf])
@pytest.mark.parametrize(
    "make",
    [
        fg.Exponential,
        lambda x: fg.Normal(1.0, x),
        lambda x: fg.LogNormal(0.0, x),
        lambda x: fg.Erlang(2, x),
        lambda x: fg.Gamma(x, 1.0),
        lambda x: fg.Gamma(1.0, x),
        lambda x: fg.Weibull(x, 1.0),
    ],
)
def test_numbers_outside_the_domain(make, wrong):
    with pytest.raises(ValueError, match="must be a positive number") as caught:
        make(wrong)
    one_line(caught, str(wrong))


@pytest.mark.parametrize("wrong", ["1", True, None, 1j, [1.0], np.array([1.0, 2.0])])
def test_parameters_that_are_not_a_number(wrong):
    with pytest.raises(TypeError, match="Exponential: mean must be") as caught:
        fg.Exponential(wrong)
    one_line(caught)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_real_parameters_must_be_finite(wrong):
    for make in (fg.Deterministic, lambda x: fg.Normal(x, 1.0), lambda x: fg.Uniform(x, 2.0)):
        with pytest.raises(ValueError, match="finite"):
            make(wrong)


def test_ends_in_the_wrong_order():
    for low, high in ((2.0, 1.0), (1.0, 1.0)):
        with pytest.raises(ValueError, match="low must be below high"):
            fg.Uniform(low, high)


@pytest.mark.parametrize("wrong", [0, 1.5, -2])
def test_stages_are_a_count(wrong):
    with pytest.raises(ValueError, match="whole number, 1 or more"):
        fg.Erlang(wrong, 1.0)


@pytest.mark.parametrize("wrong", [0, -1])
def test_no_customers(wrong):
    with pytest.raises(ValueError, match="customers must be 1 or more") as caught:
        fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), wrong)
    one_line(caught)


@pytest.mark.parametrize("wrong", [1.5, "3", True, math.nan, math.inf])
def test_customers_are_a_count(wrong):
    with pytest.raises(TypeError, match="customers must be a whole number") as caught:
        fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), wrong)
    one_line(caught)


def test_whole_numbers_may_be_written_as_floats():
    assert fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), 2.0).customers == 2
    assert gradient(replications=1e3).replications == 1000


@pytest.mark.parametrize("wrong", [1.0, None, fg.Exponential])
def test_a_place_needs_a_distribution(wrong):
    with pytest.raises(TypeError, match=r"must be a distribution such as Exponential\(1.0\)"):
        fg.SingleServerQueue(wrong, fg.Exponential(0.5), 3)


def test_models_take_finite_numbers_only():
    for wrong in (math.nan, math.inf):
        with pytest.raises(ValueError, match="finite"):
            queue(0.5) * wrong
        with pytest.raises(ValueError, match="finite"):
            queue(0.5) + wrong
    with pytest.raises(TypeError):
        queue(0.5) + "1"


# θ and build


@pytest.mark.parametrize("wrong", [math.nan, math.inf, [0.5, math.nan], {"a": math.inf}])
def test_theta_must_be_finite(wrong):
    with pytest.raises(ValueError, match="must be finite"):
        gradient(at=wrong)


@pytest.mark.parametrize("wrong", ["a", None, True, 1j, {"a": "b"}, {"a": [1.0]}, ["x"]])
def test_theta_must_be_numbers(wrong):
    with pytest.raises(TypeError, match="must be a number") as caught:
        gradient(at=wrong)
    one_line(caught)


@pytest.mark.parametrize(
    ("wrong", "says"), [([], "no components"), ({}, "no components"), ([[1.0]], "1-D")]
)
def test_theta_of_the_wrong_shape(wrong, says):
    with pytest.raises(ValueError, match=says):
        gradient(at=wrong)


def test_theta_of_another_shape_than_build_takes():
    with pytest.raises(TypeError, match="Exponential: mean must be one number, got an array"):
        gradient(at=[0.5])
    with pytest.raises(TypeError, match="give at= as an array or a dict"):
        gradient(lambda t: queue(t[0]))
    with pytest.raises(KeyError, match="no component 'service', only 'mean'"):
        gradient(lambda t: queue(t["service"]), at={"mean": 0.5})
    with pytest.raises(IndexError):
        gradient(lambda t: queue(t[1]), at=[0.5])


def test_theta_outside_the_model():
    with pytest.raises(ValueError, match=r"mean must be a positive number, got -0\.5"):
        gradient(at=-0.5)


@pytest.mark.parametrize("wrong", [None, 1.0, fg.Exponential(1.0)])
def test_build_must_return_a_model(wrong):
    with pytest.raises(TypeError, match="must return a model such as") as caught:
        gradient(lambda t: wrong)
    one_line(caught, "a number" if isinstance(wrong, float) else type(wrong).__name__)


@pytest.mark.parametrize("wrong", [3, queue(0.5)])
def test_build_must_be_a_function(wrong):
    with pytest.raises(TypeError, match="build must be a function") as caught:
        gradient(wrong)
    one_line(caught)


def test_simulate_needs_a_model():
    with pytest.raises(TypeError, match="needs a model"):
        fg.simulate(queue, 100)


def test_theta_that_was_turned_into_a_float():
    with pytest.raises(TypeError, match=r"np.exp, not math.exp") as caught:
        gradient(lambda t: queue(math.exp(t)))
    one_line(caught)


# Keyword arguments


@pytest.mark.parametrize("wrong", ["foo", "IPA", ""])
def test_unknown_method(wrong):
    with pytest.raises(ValueError, match="unknown method") as caught:
        gradient(method=wrong)
    one_line(caught, "'ipa'", "'lr'", "'wd'")


@pytest.mark.parametrize("wrong", [3, None, object])
def test_method_of_the_wrong_type(wrong):
    with pytest.raises(TypeError, match="method must be a name"):
        gradient(method=wrong)


def test_a_class_of_methods_is_a_method():
    assert gradient(method=fg.IPA).gradient == gradient(method="ipa").gradient


def test_unknown_keyword():
    with pytest.raises(TypeError, match="unknown argument 'treads'") as caught:
        gradient(treads=2)
    one_line(caught, "threads", "sampler", "antithetic")


def test_no_budget():
    for call in (lambda: gradient(replications=None), lambda: fg.simulate(queue(0.5))):
        with pytest.raises(ValueError, match=r"replications=1_000_000 or precision="):
            call()


@pytest.mark.parametrize("wrong", [0, -5])
def test_too_few_replications(wrong):
    with pytest.raises(ValueError, match="replications must be 1 or more"):
        gradient(replications=wrong)


@pytest.mark.parametrize("wrong", [1.5, "100", True, math.nan, math.inf])
def test_replications_are_a_count(wrong):
    with pytest.raises(TypeError, match="replications must be a whole number") as caught:
        gradient(replications=wrong)
    one_line(caught)


def test_one_antithetic_pair_has_no_variance():
    with pytest.raises(ValueError, match="replications=4 or more"):
        gradient(replications=2, antithetic=True)


@pytest.mark.parametrize("wrong", [-1, 2**64])
def test_seed_out_of_range(wrong):
    with pytest.raises(ValueError, match="seed must be between 0 and"):
        gradient(seed=wrong)


@pytest.mark.parametrize("wrong", [1.0, "1", True, None])
def test_seed_must_be_whole(wrong):
    with pytest.raises(TypeError, match="seed must be a whole number"):
        gradient(seed=wrong)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"threads": 0}, ValueError),
        ({"threads": 1.5}, ValueError),
        ({"threads": True}, ValueError),
        ({"sampler": "halton"}, ValueError),
        ({"sampler": None}, ValueError),
        ({"antithetic": "yes"}, TypeError),
        ({"antithetic": True, "sampler": "sobol"}, ValueError),
        ({"executor": 3}, TypeError),
        ({"progress": "bar"}, TypeError),
        ({"precision": 0.0}, ValueError),
        ({"precision": -1.0}, ValueError),
        ({"precision": math.nan}, ValueError),
        ({"precision": "fine"}, ValueError),
        ({"precision": True}, ValueError),
        ({"relative": True}, ValueError),
        ({"precision": 0.1, "sampler": "sobol"}, ValueError),
    ],
    ids=str,
)
def test_keyword_arguments_with_bad_values(options, error):
    with pytest.raises(error) as caught:
        gradient(**options)
    one_line(caught, *(list(options)[:1]))


@pytest.mark.parametrize("level", [0.0, 1.0, 95, math.nan])
def test_confidence_level(level):
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        gradient().confidence_interval(level)


# Methods


@pytest.mark.parametrize("step", [0.0, -1.0, [1.0, 2.0]])
@pytest.mark.parametrize("kind", [fg.ForwardDifference, fg.CentralDifference, fg.RandomDirections])
def test_steps(kind, step):
    with pytest.raises(ValueError, match="step must be one positive number"):
        gradient(method=kind(step=step))


def test_step_out_of_the_model():
    with pytest.raises(ValueError, match="leads outside the model"):
        gradient(method=fg.CentralDifference(step=0.6))


def test_options_of_methods():
    for make in (
        lambda: fg.WeakDerivative("other"),
        lambda: fg.WeakDerivative(phantoms=2),
        lambda: fg.SimultaneousPerturbation(directions="gaussian"),
    ):
        with pytest.raises(ValueError, match="must be"):
            make()


@pytest.mark.parametrize("wrong", ["no", None, "True"])
def test_an_option_that_no_kernel_can_take(wrong):
    """A string reached compiled code once, where it corrupted the heap."""
    for kind in (fg.ForwardDifference, fg.CentralDifference):
        with pytest.raises(TypeError, match="True or False"):
            gradient(method=kind(step=0.01, common=wrong))


def uniform_queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Uniform(0.0, theta), 3)


def test_likelihood_ratio_where_the_support_moves():
    with pytest.raises(fg.NotApplicable) as caught:
        gradient(uniform_queue, method="lr")
    error = caught.value
    assert isinstance(error, ValueError)
    assert error.method == "lr"
    assert "support" in error.reason
    assert "service.high" in error.reason
    assert {"ipa", "wd"} <= set(error.alternatives)
    assert "lr" not in error.alternatives
    one_line(caught, "'ipa'", "'wd'")
    for name in error.alternatives:
        gradient(uniform_queue, method=name)


def test_weak_derivative_of_a_moving_point():
    with pytest.raises(fg.NotApplicable) as caught:
        gradient(
            lambda t: fg.SingleServerQueue(fg.Exponential(1.0), fg.Deterministic(t), 3), method="wd"
        )
    assert "ipa" in caught.value.alternatives


def constant_queue(theta):
    return fg.SingleServerQueue(fg.Deterministic(1.0), fg.Deterministic(theta), 3)


@pytest.mark.parametrize("method", ["ipa", "fd", "cd", "sp", "rd", "lr", "wd", "auto"])
def test_the_kink_of_constant_times_is_refused(method):
    with pytest.raises(fg.NotApplicable, match="kink") as caught:
        gradient(constant_queue, at=1.0, method=method)
    one_line(caught)
    assert caught.value.alternatives == ()


@pytest.mark.parametrize("method", ["ipa", "fd", "cd", "sp", "rd", "lr", "wd", "auto"])
def test_theta_that_does_not_matter(method):
    est = gradient(lambda t: queue(0.5), method=method)
    assert (est.gradient, est.standard_error) == (0.0, 0.0)
    assert est.performance.value == fg.simulate(queue(0.5), **OPTIONS).value


def test_a_whole_number_has_no_derivative():
    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Erlang(theta, 0.2), 3)

    for method in ("ipa", "lr", "wd", "auto"):
        with pytest.raises(fg.NotApplicable, match="stages"):
            gradient(build, at=2.0, method=method)


def test_errors_survive_a_process_boundary():
    import pickle

    error = fg.NotApplicable("lr", "because", ("ipa",))
    again = pickle.loads(pickle.dumps(error))
    assert (again.method, again.reason, again.alternatives) == ("lr", "because", ("ipa",))


def test_unknown_names_of_the_package():
    with pytest.raises(AttributeError, match="no attribute 'IPa'"):
        fg.IPa  # noqa: B018
