"""Criticality: exact probabilities, Wilson's intervals, slopes, figures."""

import numpy as np
import pytest
from network_cases import ARCS, MEANS, random_arcs
from scipy import stats
from tolerance import bound

import fastgrad as fg

CELLS = 20  # comparisons in this file, at most
BOUND = bound(CELLS)


@pytest.fixture(scope="module")
def bridge():
    durations = [fg.Exponential(mean) for mean in MEANS["mixed"]]
    return fg.criticality(fg.ActivityNetwork(ARCS, durations), 200_000, seed=1)


def test_slopes_are_the_derivatives(bridge):
    exact = fg.exact.activity_network(ARCS, MEANS["mixed"]).gradient
    assert np.all(np.abs(bridge.slope - exact) < BOUND * bridge.slope_error)


def test_probabilities():
    """Of two parallel exponential arcs the one with mean a is longer with probability a/(a+b);
    every path has one arc of each cut."""
    durations = [fg.Exponential(1.0), fg.Exponential(3.0)]
    result = fg.criticality(fg.ActivityNetwork([("s", "t")] * 2, durations), 100_000, seed=2)
    error = result.standard_error
    assert np.all(np.abs(result.probability - [0.25, 0.75]) < BOUND * error)


def test_every_cut_is_crossed_once(bridge):
    p = bridge.probability
    for cut in ([0, 1], [3, 4], [1, 2, 3]):
        assert p[cut].sum() == pytest.approx(1.0, abs=1e-12)


def test_wilson_interval():
    """Against statistics from its definition, and inside (0, 1) for an arc never critical."""
    durations = [fg.Deterministic(1.0), fg.Uniform(2.0, 3.0)]
    result = fg.criticality(fg.ActivityNetwork([("s", "t")] * 2, durations), 100, seed=3)
    low, high = result.confidence_interval(0.95)
    z = stats.norm.isf(0.025)
    assert result.probability.tolist() == [0.0, 1.0]
    assert low[0] == pytest.approx(0.0, abs=1e-15)
    assert high[0] == pytest.approx(z * z / (100 + z * z))
    assert high[1] == pytest.approx(1.0, abs=1e-15)
    wanted = stats.binomtest(30, 100).proportion_ci(0.9, "wilson")
    result.probability = np.array([0.3])
    assert [float(end[0]) for end in result.confidence_interval(0.9)] == pytest.approx(wanted)


def test_figures_and_tables(bridge, tmp_path):
    bridge.plot(tmp_path / "network.png")
    bridge.plot_tornado(tmp_path / "tornado.png", share=0.2, most=3)
    assert (tmp_path / "network.png").stat().st_size > 20_000
    assert (tmp_path / "tornado.png").stat().st_size > 5_000
    assert list(bridge.to_frame()["arc"]) == bridge.names
    assert "P(critical)" in str(bridge)
    assert bridge.to_dict()["arcs"][0]["arc"] == "s->a"


def test_a_large_network(tmp_path):
    arcs = random_arcs(60, 150, seed=5)
    model = fg.ActivityNetwork(arcs, [fg.Exponential(1.0)] * 150, measure=fg.Tail(3.0))
    result = fg.criticality(model, 2_000, seed=4)
    start = [k for k, (a, _) in enumerate(arcs) if a == 0]
    assert result.probability[start].sum() == pytest.approx(1.0)
    result.plot(tmp_path / "large.png")


def test_only_networks():
    with pytest.raises(TypeError, match="needs an ActivityNetwork"):
        fg.criticality(fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), 3), 100)


@pytest.mark.parametrize("option", [{"control": "geometric"}, {"importance": "tilt"}])
def test_options_that_it_does_not_follow_are_refused(option):
    network = fg.ActivityNetwork(ARCS, [fg.Exponential(mean) for mean in MEANS["mixed"]])
    with pytest.raises(ValueError, match=f"criticality has no {next(iter(option))}="):
        fg.criticality(network, 1000, seed=1, **option)
