"""`explain` and the support matrix say what the runs then do."""

import json
import re

import pytest

import fastgrad as fg
from fastgrad import api
from fastgrad.distributions.families import DISTRIBUTIONS
from fastgrad.distributions.support import MATRIX, support_matrix
from fastgrad.methods import METHODS
from fastgrad.results.explanation import NOWHERE


def exponential(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 2)


def uniform(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Uniform(0.0, theta), 2)


def coin(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Bernoulli(theta), 2)


def coin_and_constant(theta):
    return fg.SingleServerQueue(fg.Deterministic(theta), fg.Bernoulli(theta), 2)


def kink(theta):
    return fg.SingleServerQueue(fg.Deterministic(0.5), fg.Deterministic(theta), 2)


def shift_only(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(1.0), 2) + theta


class Reached(Exception):
    """The run would begin."""


@pytest.mark.parametrize("build", [exponential, uniform, coin, coin_and_constant, kink])
def test_valid_is_what_runs(build, monkeypatch):
    def reached(*arguments, **options):
        raise Reached

    monkeypatch.setattr(api, "run", reached)
    for entry in fg.explain(build, 0.5):
        wanted = Reached if entry.valid else fg.NotApplicable
        others = [e for e in fg.explain(build, 0.5, [entry.method]) if not e.valid]
        if others:  # another place of the same parameter refuses
            wanted = fg.NotApplicable
        with pytest.raises(wanted):
            fg.gradient(build, 0.5, entry.method, replications=64)


RECOMMENDED = [
    (exponential, "ipa"),
    (uniform, "ipa"),
    (coin, "spa"),
    (coin_and_constant, "auto"),
    (kink, None),
    (shift_only, "ipa"),
]


@pytest.mark.parametrize(("build", "method"), RECOMMENDED)
def test_recommended(build, method):
    assert fg.explain(build, 0.5).recommended == {"theta": method}


def test_each_component_and_place_has_a_verdict_by_each_method():
    def build(theta):
        return fg.SingleServerQueue(
            fg.Exponential(theta["a"]), fg.Uniform(theta["a"], theta["b"]), 2
        )

    made = fg.explain(build, {"a": 1.0, "b": 2.0})
    found = {(entry.parameter, entry.place) for entry in made}
    assert found == {("a", "interarrival.mean"), ("a", "service.low"), ("b", "service.high")}
    assert len(list(made)) == len(found) * len(METHODS)


def test_a_component_that_only_shifts_is_exact_but_for_differences():
    verdicts = {entry.method: entry for entry in fg.explain(shift_only, 1.0)}
    assert {entry.place for entry in verdicts.values()} == {NOWHERE}
    assert verdicts["ipa"].unbiased
    assert verdicts["lr"].unbiased
    assert not verdicts["fd"].unbiased


def test_second_derivatives_are_asked_about_separately():
    first = {e.method: e.valid for e in fg.explain(exponential, 0.5)}
    second = {e.method: e.valid for e in fg.explain(exponential, 0.5, order=2)}
    assert first["ipa"]
    assert not second["ipa"]
    assert second["lr"]


def test_prints_and_dumps():
    made = fg.explain(uniform, 0.5, ["ipa", "lr"])
    lines = str(made).splitlines()
    assert lines[0] == "theta: use 'ipa'"
    assert re.match(r"service\.high +lr +no +no +the support", lines[-1])
    plain = json.loads(json.dumps(made.to_dict()))
    assert plain["recommended"] == {"theta": "ipa"}
    assert plain["entries"][1]["valid"] is False


def matrix():
    """{(distribution, parameter): cells by method}, and the notes."""
    table, _, notes = support_matrix().partition("\n\n")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    names, cells = rows[0][1:], {}
    distribution = ""
    for title, *marks in rows[2:]:
        named = re.fullmatch(r"(?:\*\*(\w+)\*\* )?`([^`]+)`", title)
        distribution = named[1] or distribution
        cells[distribution, named[2]] = dict(zip(names, marks, strict=True))
    return cells, notes.strip().splitlines()


def test_the_matrix_has_every_parameter_and_method():
    cells, _ = matrix()
    wanted = {
        (name, parameter)
        for name, kind in DISTRIBUTIONS.items()
        for parameter in kind.kernel.PARAMETERS
    }
    wanted |= {("Discrete", "values[i]"), ("Discrete", "probabilities[i]")}
    wanted |= {("Mixture", "weights[i]"), ("Mixture", "components[i].mean")}
    wanted |= {("Mixture", 'weights[i], representation="single"')}
    composed = ("Affine", "Truncated")  # of any distribution: examples stand in the table
    assert all(any(name == kind for kind, _ in cells) for name in composed)
    cells = {key: row for key, row in cells.items() if key[0] not in composed}
    assert set(cells) == wanted
    assert all(list(row) == list(MATRIX) for row in cells.values())


def test_the_matrix_knows_what_is_known():
    cells, _ = matrix()
    exponential = cells["Exponential", "mean"]
    assert all(exponential[name] == "✓" for name in ("ipa", "lr", "wd natural", "wd hahn-jordan"))
    assert exponential["cd"] == "≈"
    assert cells["Uniform", "high"]["ipa"] == "✓"
    assert cells["Uniform", "high"]["lr"].startswith("[")
    assert cells["Bernoulli", "p"]["ipa"].startswith("[")
    assert cells["Deterministic", "value"]["wd natural"].startswith("[")
    assert cells["Discrete", "probabilities[i]"]["spa"] == "✓"
    assert cells["Discrete", "values[i]"]["lr"].startswith("[")
    weights = cells["Mixture", "weights[i]"]
    assert all(weights[name] == "✓" for name in ("spa", "lr", "wd natural", "wd hahn-jordan"))
    assert weights["gs"] == "≈"
    assert weights["ipa"].startswith("[")
    assert cells["Mixture", 'weights[i], representation="single"']["ipa"] == "✓"


def test_every_number_in_the_matrix_has_its_reason():
    cells, notes = matrix()
    used = {int(mark[1:-1]) for row in cells.values() for mark in row.values() if mark[0] == "["}
    assert used == set(range(1, len(notes) + 1))
    assert all(note.startswith(f"{i}. ") for i, note in enumerate(notes, start=1))
