"""Every result becomes a table of pandas and of a notebook, says what it is, and can be pickled."""

import html
import pickle

import pandas
import pytest

import fastgrad as fg


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers=5)


def network(theta):
    arcs = [("s", "a"), ("s", "a"), ("a", "t")]
    return fg.ActivityNetwork(arcs, [fg.Exponential(t) for t in theta])


def made():
    yield fg.simulate(queue(0.5), 500, seed=1)
    yield fg.gradient(queue, 0.5, "ipa", 500, seed=1)
    yield fg.gradient(network, [1.0, 2.0, 3.0], "ipa", 500, seed=1)
    yield fg.gradient(lambda t: queue(t["m"]), {"m": 0.5}, "lr", 500, seed=1, order=2)
    yield fg.compare(queue, 0.5, ["ipa", "lr"], 500, seed=1)
    yield fg.sweep(queue, [0.4, 0.5], ["ipa", "lr"], 500, seed=1)
    yield fg.explain(queue, 0.5)
    yield fg.criticality(network([1.0, 2.0, 3.0]), 500, seed=1)


RESULTS = list(made())


@pytest.mark.parametrize("result", RESULTS, ids=lambda r: type(r).__name__)
def test_results_can_be_shown_and_kept(result):
    frame = result.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == len(result.rows()) > 0
    assert html.escape(str(result)) in result._repr_html_()
    assert "object at 0x" not in repr(result)
    again = pickle.loads(pickle.dumps(result))
    assert str(again) == str(result)


def test_parameters_of_which_the_same_is_said_are_explained_once():
    many = fg.explain(lambda t: network(list(t[:3])), at=[1.0, 2.0, 3.0])
    assert len(many.groups()) == 1
    assert str(many).count("use 'ipa'") == 1
