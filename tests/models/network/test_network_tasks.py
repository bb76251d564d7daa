"""Projects as people keep them: a row a task, its predecessors in a column, three points."""

import pickle

import pandas
import pytest

import fastgrad as fg

PROJECT = """\ufeffTask;Predecessors;Duration
A;;3
B;-;2
C;A;"Exponential(2.0)"
D;A, B;4
E;C;1
F;"B,D";2
"""


@pytest.fixture
def project(tmp_path):
    file = tmp_path / "project.csv"
    file.write_text(PROJECT, encoding="utf-8")
    return file


def value(model):
    return fg.simulate(model, 2000, seed=1).value


def by_hand(c):
    """Start to finish through A-C-E or through D (after A and B), then F."""
    return max(3.0 + c + 1.0, max(3.0, 2.0) + 4.0 + 2.0)


def test_a_project_is_the_network_it_means(project):
    model = fg.ActivityNetwork(project)
    assert model.names()[:6] == list("ABCDEF")
    arcs = [("s", "1"), ("1", "2"), ("2", "t"), ("s", "t")]
    constant = fg.Deterministic
    same = [constant(3.0), fg.Exponential(2.0), constant(1.0), constant(9.0)]
    plain = fg.simulate(fg.ActivityNetwork(arcs, same), 200_000, seed=1)
    mine = fg.simulate(model, 200_000, seed=1)
    error = (plain.standard_error**2 + mine.standard_error**2) ** 0.5
    assert abs(plain.value - mine.value) <= 5.0 * error
    assert by_hand(2.0) == 9.0


def test_durations_by_task(project):
    def build(theta):
        means = {"A": 3.0, "B": 2.0, "C": theta, "D": 4.0, "E": 1.0, "F": 2.0}
        return fg.ActivityNetwork(project, {t: fg.Exponential(m) for t, m in means.items()})

    found = fg.gradient(build, 2.0, "ipa", 2000, seed=1)
    table = fg.criticality(build(2.0), 2000, seed=1)
    assert found.gradient == pytest.approx(table.slope[2], rel=1e-12)
    assert [row["arc"] for row in table.rows()] == list("ABCDEF")  # no dummies
    assert "6 arcs" in str(table)
    assert pickle.loads(pickle.dumps(build(2.0).arcs))[0].label == "A"


def test_three_points(tmp_path):
    table = pandas.DataFrame({
        "activity": ["A", "B"], "depends_on": [None, "A"],
        "optimistic": [1, 2], "most_likely": [2, 2], "pessimistic": [6, 2],
    })  # fmt: skip
    model = fg.ActivityNetwork(table)
    assert type(model.durations[0]).__name__ == "PERT"
    found = fg.simulate(model, 200_000, seed=1)
    assert abs(found.value - (2.5 + 2.0)) <= 5.0 * found.standard_error  # (1 + 4 * 2 + 6) / 6


BAD = {
    "unknown": ("task,predecessors,duration\nA,,1\nB,X,1\n", "waits for 'X', which is no task"),
    "twice": ("task,predecessors,duration\nA,,1\nA,,1\n", "two tasks are named 'A'"),
    "cycle": ("task,predecessors,duration\nA,B,1\nB,A,1\n", "cycle"),
    "no durations": ("task,predecessors\nA,\nB,A\n", "give durations="),
    "bad": ("task,predecessors,duration\nA,,Exponential(-1.0)\n", "the duration of A"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_projects(name, tmp_path):
    text, message = BAD[name]
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises((TypeError, ValueError), match=message):
        fg.ActivityNetwork(tmp_path / "bad.csv")
