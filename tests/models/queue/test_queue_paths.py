"""Path by path: the kernels against slow oracles on the same random numbers."""

import numpy as np
import oracles
import pytest
from fastgrad.kernels.models.queue import single_server as kernel
from fastgrad.kernels.random.philox import METHOD, ROLE, WEAK
from oracles import input_uniforms, slope
from rows import row

import fastgrad as fg
from fastgrad.methods import differences

GAPS, SERVICES = 0, 1
SEED, REPLICATIONS, CUSTOMERS = 11, 300, 7
LANES = kernel.TILE

# (distribution, parameter): every parameter that has a derivative, in both places
CASES = [
    (fg.Exponential(0.8), "mean"),
    (fg.Erlang(3, 0.3), "scale"),
    (fg.Gamma(2.3, 0.35), "scale"),
    (fg.Weibull(1.7, 0.9), "scale"),
    (fg.LogNormal(-0.4, 0.6), "mu"),
    (fg.LogNormal(-0.4, 0.6), "sigma"),
    (fg.Normal(0.9, 0.4), "mean"),
    (fg.Normal(0.9, 0.4), "sd"),
    (fg.Uniform(0.3, 1.4), "low"),
    (fg.Uniform(0.3, 1.4), "high"),
    (fg.Deterministic(0.7), "value"),
]
NAMES = [f"{type(d).__name__}.{p}" for d, p in CASES]
PLACES = ["interarrival", "service"]
OTHER = fg.Exponential(0.85)

every_case = pytest.mark.parametrize(("distribution", "parameter"), CASES, ids=NAMES)
every_place = pytest.mark.parametrize("place", PLACES)


def queue_of(distribution, place, customers=CUSTOMERS):
    """The queue with this distribution in this place and OTHER in the other one."""
    pair = {"interarrival": OTHER, "service": OTHER, place: distribution}
    return fg.SingleServerQueue(**pair, customers=customers)


def build_of(distribution, parameter, place, customers=CUSTOMERS):
    """θ ↦ the queue with θ as this parameter."""

    def build(theta):
        changed = {
            **dict(zip(distribution.kernel.PARAMETERS, distribution.parameters, strict=True))
        }
        changed[parameter] = theta
        return queue_of(type(distribution)(**changed), place, customers)

    return build


def estimate(distribution, parameter, place, method, **options):
    at = getattr(distribution, parameter)
    options = {"replications": REPLICATIONS, "seed": SEED} | options
    return fg.gradient(build_of(distribution, parameter, place), at=at, method=method, **options)


def times_of(model, seed=SEED, replications=REPLICATIONS):
    """Interarrival and service times of every replication, by SciPy's quantiles."""
    return [
        oracles.variates(entry.distribution, input_uniforms(which, entry.draws, replications, seed))
        for which, entry in enumerate(model.inputs())
    ]


def kernel_times_of(model):
    """The same by the kernels, to the last bit."""
    return [
        row(
            entry.distribution,
            "variate",
            u=input_uniforms(which, entry.draws, REPLICATIONS, SEED).ravel(),
        ).reshape(entry.draws, REPLICATIONS)
        for which, entry in enumerate(model.inputs())
    ]


def agree(found, samples, relative):
    """The estimate is the mean of these samples, its variance theirs."""
    scale = np.sqrt(np.mean(samples**2)) + 1e-300
    assert abs(found.gradient - samples.mean()) <= relative * scale
    assert abs(found.variance - samples.var(ddof=1)) <= 4.0 * relative * scale**2


# The output


@every_place
@pytest.mark.parametrize("distribution", [d for d, _ in CASES], ids=NAMES)
def test_value_is_lindleys_recursion(distribution, place):
    model = queue_of(distribution, place)
    found = fg.simulate(model, REPLICATIONS, SEED)
    samples = oracles.output(*times_of(model))
    assert found.value == pytest.approx(samples.mean(), rel=1e-12)
    assert found.variance == pytest.approx(samples.var(ddof=1), rel=1e-11)


@pytest.mark.parametrize("customers", [1, 2, 40])
def test_value_of_any_number_of_customers(customers):
    model = fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.9), customers)
    gaps, services = times_of(model)
    assert len(gaps) == customers - 1
    found = fg.simulate(model, REPLICATIONS, SEED)
    assert found.value == pytest.approx(oracles.output(gaps, services).mean(), rel=1e-12)


# Direct methods


def tangents_of(distribution, parameter, u):
    """dX/dparameter with u held fixed, by differences of SciPy's quantiles."""
    step = 1e-3 * abs(getattr(distribution, parameter))
    return slope(lambda h: oracles.variates(oracles.moved(distribution, parameter, h), u), step)


@every_place
@every_case
def test_ipa_is_the_sum_over_busy_periods(distribution, parameter, place):
    model = queue_of(distribution, place)
    times = times_of(model)
    tangents = [np.zeros_like(rows) for rows in times]
    which = PLACES.index(place)
    u = input_uniforms(which, model.inputs()[which].draws, REPLICATIONS, SEED)
    tangents[which] = tangents_of(distribution, parameter, u)
    samples = oracles.busy_period_derivative(*times, *tangents)
    agree(estimate(distribution, parameter, place, "ipa"), samples, 1e-8)


def scores_of(distribution, parameter, x):
    """d ln f/dparameter at every x, by differences of SciPy's densities."""
    step = 1e-3 * abs(getattr(distribution, parameter))
    return slope(
        lambda h: oracles.by_scipy(oracles.moved(distribution, parameter, h)).logpdf(x), step
    )


@every_place
@every_case
@pytest.mark.parametrize("baseline", [False, 1.3])
def test_lr_is_the_output_times_the_sum_of_scores(distribution, parameter, place, baseline):
    method = fg.LikelihoodRatio(baseline=baseline)
    if isinstance(distribution, (fg.Uniform, fg.Deterministic)):
        with pytest.raises(fg.NotApplicable):
            estimate(distribution, parameter, place, method)
        return
    model = queue_of(distribution, place)
    times = times_of(model)
    total = scores_of(distribution, parameter, times[PLACES.index(place)]).sum(axis=0)
    samples = (oracles.output(*times) - float(baseline)) * total
    agree(estimate(distribution, parameter, place, method), samples, 1e-7)


def pairs_of(distribution, name, which, x):
    """(X⁺, X⁻) of every draw from the distribution's own function; both (draws, R)."""
    draws = len(x)
    fresh = input_uniforms(which + WEAK * ROLE, 2 * draws, REPLICATIONS, SEED)
    u = input_uniforms(which, draws, REPLICATIONS, SEED)
    v, w = np.ascontiguousarray(fresh[0::2]), np.ascontiguousarray(fresh[1::2])
    made = row(distribution, name, u=u.ravel(), x=x.ravel(), v=v.ravel(), w=w.ravel())
    return [part.reshape(x.shape) for part in made]


@every_place
@every_case
@pytest.mark.parametrize("representation", ["natural", "hahn-jordan"])
def test_wd_is_two_simulations_for_every_draw(distribution, parameter, place, representation):
    method = fg.WeakDerivative(representation)
    if isinstance(distribution, fg.Deterministic):
        with pytest.raises(fg.NotApplicable):
            estimate(distribution, parameter, place, method)
        return
    times = kernel_times_of(queue_of(distribution, place))
    name = f"{representation.replace('-', '_')}_{parameter}"
    pair = pairs_of(distribution, name, PLACES.index(place), times[PLACES.index(place)])
    differences = oracles.phantom_sum(*times, *pair, of_gaps=place == "interarrival")
    samples = distribution.constant(f"{name}_constant") * differences
    agree(estimate(distribution, parameter, place, method), samples, 1e-12)


@every_place
@pytest.mark.parametrize(("distribution", "parameter"), CASES[:-1], ids=NAMES[:-1])
def test_one_phantom_is_one_of_them(distribution, parameter, place):
    model, which = queue_of(distribution, place), PLACES.index(place)
    times = kernel_times_of(model)
    draws = model.inputs()[which].draws
    pair = pairs_of(distribution, f"natural_{parameter}", which, times[which])
    chosen = np.floor(draws * input_uniforms(METHOD * ROLE, 2, REPLICATIONS, SEED)[0]).astype(int)
    lanes = np.arange(REPLICATIONS)
    paths = []
    for part in pair:
        changed = [rows.copy() for rows in times]
        changed[which][chosen, lanes] = part[chosen, lanes]
        paths.append(oracles.output(*changed))
    constant = distribution.constant(f"natural_{parameter}_constant")
    samples = draws * constant * (paths[0] - paths[1])
    agree(
        estimate(distribution, parameter, place, fg.WeakDerivative(phantoms="one")), samples, 1e-12
    )


def test_common_measure_is_the_score():
    """2c Y (w⁺ - w⁻) on a sample of f itself is Y S: formulas of the weak derivative, 1.5."""
    for place in PLACES:
        weak = estimate(fg.Exponential(0.8), "mean", place, fg.WeakDerivative("common"))
        score = estimate(fg.Exponential(0.8), "mean", place, fg.LikelihoodRatio(baseline=False))
        assert (weak.gradient, weak.variance) == (score.gradient, score.variance)


# Indirect methods


def output_at(distribution, parameter, place, move, model_seed=SEED, first=0):
    changed = queue_of(oracles.moved(distribution, parameter, move), place)
    return oracles.output(
        *(
            oracles.variates(
                e.distribution, input_uniforms(k, e.draws, REPLICATIONS, model_seed, first)
            )
            for k, e in enumerate(changed.inputs())
        )
    )


@every_place
@every_case
def test_differences_are_differences_of_oracles(distribution, parameter, place):
    c = 0.05
    at, up, down = (output_at(distribution, parameter, place, s * c) for s in (0.0, 1.0, -1.0))
    forward = estimate(distribution, parameter, place, fg.ForwardDifference(c))
    agree(forward, (up - at) / c, 1e-10)
    central = estimate(distribution, parameter, place, fg.CentralDifference(c))
    agree(central, (up - down) / (2.0 * c), 1e-10)
    both = fg.SimultaneousPerturbation(c)  # one component: the direction cancels
    agree(estimate(distribution, parameter, place, both), (up - down) / (2.0 * c), 1e-10)


def test_independent_differences_use_runs_of_their_own():
    distribution, c = fg.Exponential(0.8), 0.05
    at, up, down = (
        output_at(distribution, "mean", "service", s * c, first=copy * 2**52)
        for copy, s in ((0, 0.0), (1, 1.0), (2, -1.0))
    )
    up_alone = output_at(distribution, "mean", "service", c, first=2**52)
    forward = estimate(distribution, "mean", "service", fg.ForwardDifference(c, common=False))
    agree(forward, (up_alone - at) / c, 1e-10)
    central = estimate(distribution, "mean", "service", fg.CentralDifference(c, common=False))
    agree(central, (up - down) / (2.0 * c), 1e-10)


@pytest.mark.parametrize("kind", ["rademacher", "hadamard", "gaussian"])
def test_directions_are_those_of_the_methods_own_stream(kind):
    """Three components, every replication at two points of its own."""
    at, c = np.array([1.0, 0.6, 0.2]), 0.01

    def build(theta):
        return fg.SingleServerQueue(
            fg.Exponential(theta[0]), fg.Normal(theta[1], theta[2]), CUSTOMERS
        )

    if kind == "hadamard":
        delta = differences.hadamard_signs(3, 0, REPLICATIONS)
    else:
        u = input_uniforms(METHOD * ROLE, 3, REPLICATIONS, SEED)
        delta = np.where(u < 0.5, -1.0, 1.0) if kind == "rademacher" else oracles.normal_ppf(u)
    u_gaps, u_services = (
        input_uniforms(k, draws, REPLICATIONS, SEED)
        for k, draws in ((0, CUSTOMERS - 1), (1, CUSTOMERS))
    )

    def output(theta):
        services = theta[1] + theta[2] * oracles.normal_ppf(u_services)
        return oracles.output(-theta[0] * np.log(u_gaps), services)

    quotient = (output(at[:, None] + c * delta) - output(at[:, None] - c * delta)) / (2.0 * c)
    weight = delta if kind == "gaussian" else 1.0 / delta
    method = fg.RandomDirections(c) if kind == "gaussian" else fg.SimultaneousPerturbation(c, kind)
    found = fg.gradient(build, at=at, method=method, replications=REPLICATIONS, seed=SEED)
    samples = quotient * weight
    scale = np.abs(samples).max()
    assert found.gradient == pytest.approx(samples.mean(axis=1), rel=0.0, abs=1e-9 * scale)
    assert found.variance == pytest.approx(samples.var(axis=1, ddof=1), rel=1e-8)


def test_antithetic_replications_are_means_of_mirrored_pairs():
    model = fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.8), CUSTOMERS)
    pairs = []
    for mirrored in (False, True):
        times = []
        for which, entry in enumerate(model.inputs()):
            u = input_uniforms(which, entry.draws, REPLICATIONS, SEED)
            times.append(oracles.variates(entry.distribution, 1.0 - u if mirrored else u))
        pairs.append(oracles.output(*times))
    samples = 0.5 * (pairs[0] + pairs[1])
    found = fg.simulate(model, 2 * REPLICATIONS, SEED, antithetic=True)
    assert found.value == pytest.approx(samples.mean(), rel=1e-12)
    assert found.variance == pytest.approx(2.0 * samples.var(ddof=1), rel=1e-11)
    assert found.replications == 2 * REPLICATIONS


def test_differences_along_a_path_tend_to_ipa():
    """At steps below the distance to the next tie, a path is linear in θ: no error is left.

    Lane by lane the central difference at step c equals IPA but for the lanes in which two
    customers come within c of each other; their share falls with c and ends at none.
    """
    model = fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.9), 12)
    gaps, services = times_of(model, replications=LANES * 40)
    derivative = oracles.busy_period_derivative(gaps, services, np.zeros_like(gaps), services / 0.9)
    shares = []
    for c in (0.1, 1e-2, 1e-3, 1e-6):
        up, down = (oracles.output(gaps, services * (1.0 + s * c / 0.9)) for s in (1.0, -1.0))
        error = np.abs((up - down) / (2.0 * c) - derivative)
        shares.append(np.mean(error > 1e-14 / c))
    assert np.all(np.diff(shares) <= 0.0)
    assert shares[0] > 0.1
    assert shares[-1] == 0.0
    kernel_mean = fg.gradient(
        lambda t: fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(t), 12),
        at=0.9, method="ipa", replications=LANES * 40, seed=SEED,
    ).gradient  # fmt: skip
    assert kernel_mean == pytest.approx(derivative.mean(), rel=1e-12)
