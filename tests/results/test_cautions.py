"""Warnings of estimates: where they come from and where they are shown."""

import json
import warnings

import pytest

import fastgrad as fg
from fastgrad.results import cautions

SENTENCE = "customers of this queue are not what they seem"


class Cautious(fg.SingleServerQueue):
    """A queue that has something to say."""

    def cautions(self):
        """One sentence, twice."""
        return [SENTENCE, SENTENCE]


def _cautious(theta):
    return Cautious(fg.Exponential(1.0), fg.Exponential(theta), customers=3)


def _queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers=3)


def _both(x, p):
    return x.a * p.scale, x.a + p.scale


class Wary(fg.IPA):
    """A method that has something to say."""

    def cautions(self, study):
        """One sentence with the name of the place."""
        return [f"{slot.place} is wary" for slot in study.slots]


@pytest.fixture
def issued():
    """The warnings issued in the test."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def test_an_estimate_without_reason_says_nothing(issued):
    estimate = fg.gradient(_queue, 0.5, "ipa", 1000)
    assert estimate.warnings == estimate.performance.warnings == ()
    assert estimate.to_dict()["warnings"] == []
    assert "warning" not in str(estimate)
    assert fg.simulate(_queue(0.5), 1000).warnings == ()
    assert not issued


def test_a_models_sentence_is_shown_everywhere_and_issued_once_at_the_users_line(issued):
    estimate = fg.gradient(_cautious, 0.5, "ipa", 1000)
    assert estimate.warnings == (SENTENCE,)
    assert str(estimate).endswith(f"warning: {SENTENCE}")
    assert json.loads(json.dumps(estimate.to_dict()))["warnings"] == [SENTENCE]
    assert [row["warnings"] for row in estimate.components()] == [(SENTENCE,)]
    assert [(w.category, str(w.message), w.filename) for w in issued] == [
        (fg.EstimateWarning, SENTENCE, __file__)
    ]


def test_a_value_says_it_too_and_a_model_inside_another(issued):
    estimate = fg.simulate(2.0 * _cautious(0.5) + 1.0, 1000)
    assert estimate.warnings == (SENTENCE,)
    assert str(estimate).splitlines()[1:] == [f"warning: {SENTENCE}"]
    assert estimate.to_dict()["warnings"] == [SENTENCE]
    assert [w.filename for w in issued] == [__file__]


def test_methods_add_to_what_models_say(issued):
    estimate = fg.gradient(_cautious, 0.5, Wary(), 1000)
    assert estimate.warnings == (SENTENCE, "service.mean is wary")
    assert [str(w.message) for w in issued] == [f"{SENTENCE}; service.mean is wary"]


def test_comparisons_and_sweeps_name_the_method(issued):
    points = fg.sweep(_queue, [0.4, 0.5], methods=[Wary(), "cd"], replications=1000)
    assert [comparison.warnings for comparison in points] == [
        {"ipa": ("service.mean is wary",)}
    ] * 2
    assert "warning: ipa: service.mean is wary" in str(points[0])
    said = [row["warnings"] for row in points.rows()]
    assert said == [("service.mean is wary",), ()] * 2
    assert [str(w.message) for w in issued] == [
        f"theta = {theta}, ipa: service.mean is wary" for theta in (0.4, 0.5)
    ]
    assert {w.filename for w in issued} == {__file__}


def test_several_outputs_name_the_output(issued):
    def build(theta):
        return fg.Simulation(_both, {"a": fg.Exponential(1.0)}, {"scale": theta})

    estimates = fg.gradient(build, 0.5, Wary(), 1000)
    assert estimates.warnings == {0: ("scale is wary",), 1: ("scale is wary",)}
    assert str(estimates).splitlines()[-2:] == [
        "warning: 0: scale is wary",
        "warning: 1: scale is wary",
    ]
    assert [row["warnings"] for row in estimates.rows() if row["parameter"] != "E[Y]"] == [
        ("scale is wary",)
    ] * 2
    assert len(issued) == 2


def test_sentences_are_said_once_and_in_order():
    assert cautions.joined(["b", "a"], ["a", "c"]) == ("b", "a", "c")
