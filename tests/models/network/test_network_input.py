"""What an ActivityNetwork accepts and what it refuses, before any work."""

import networkx
import pandas
import pytest
from network_cases import ARCS

import fastgrad as fg

UNIT = [fg.Exponential(1.0)] * 5


def value(model):
    return fg.simulate(model, 1000, seed=1).value


def test_every_form_of_the_same_network(tmp_path):
    wanted = value(fg.ActivityNetwork(ARCS, UNIT))
    table = pandas.DataFrame(ARCS, columns=["from", "to"])
    assert value(fg.ActivityNetwork(table, UNIT)) == wanted
    table["duration"] = ["Exponential(1.0)"] * 5
    assert value(fg.ActivityNetwork(table)) == wanted
    table.to_csv(tmp_path / "arcs.csv", index=False)
    assert value(fg.ActivityNetwork(tmp_path / "arcs.csv")) == wanted
    graph = networkx.DiGraph()
    graph.add_edges_from([(a, b, {"duration": fg.Exponential(1.0)}) for a, b in ARCS])
    order = [ARCS.index(edge) for edge in graph.edges]
    assert order == [0, 1, 2, 3, 4]
    assert value(fg.ActivityNetwork(graph)) == wanted
    assert value(fg.ActivityNetwork(ARCS, dict.fromkeys(ARCS, UNIT[0]))) == wanted
    assert value(fg.ActivityNetwork(ARCS, fg.Exponential(1.0))) == wanted


BAD = {
    "cycle": ([("s", "a"), ("a", "b"), ("b", "a"), ("b", "t")], None, "cycle: a -> b -> a"),
    "loop": ([("s", "s"), ("s", "t")], None, "cycle: s -> s"),
    "dead end": ([("s", "a"), ("a", "s"), ("a", "t")], None, "cycle"),
    "two sources": ([("s", "t"), ("r", "t")], None, "exactly one source"),
    "two sinks": ([("s", "t"), ("s", "r")], None, "exactly one sink"),
    "two parts": ([("s", "t"), ("a", "b")], None, "exactly one source"),
    "no arcs": ([], [], "empty"),
    "too few": (ARCS, UNIT[:4], "5 arcs but 4 durations"),
    "not pairs": ([("s", "a", "t")], None, "must be"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_networks(name):
    arcs, durations, message = BAD[name]
    given = [fg.Exponential(1.0)] * len(arcs) if durations is None else durations
    with pytest.raises(ValueError, match=message):
        fg.ActivityNetwork(arcs, given)


def test_bad_arguments(tmp_path):
    with pytest.raises(TypeError, match="s->a must be a distribution"):
        fg.ActivityNetwork(ARCS, [1.0] * 5)
    with pytest.raises(ValueError, match="'longest' or 'shortest'"):
        fg.ActivityNetwork(ARCS, UNIT, path="critical")
    with pytest.raises(TypeError, match="measure must be"):
        fg.ActivityNetwork(ARCS, UNIT, measure=3.0)
    with pytest.raises(ValueError, match="finite"):
        fg.Tail(float("nan"))
    with pytest.raises(ValueError, match="no duration for b->t"):
        fg.ActivityNetwork(ARCS, dict.fromkeys(ARCS[:4], UNIT[0]))
    with pytest.raises(ValueError, match="not directed"):
        fg.ActivityNetwork(networkx.Graph([("s", "t")]), UNIT[:1])
    (tmp_path / "bad.csv").write_text("from,to,duration\ns,t,Exponential(-1.0)\n")
    with pytest.raises(ValueError, match="positive"):
        fg.ActivityNetwork(tmp_path / "bad.csv")
    (tmp_path / "bad.csv").write_text("from,to,duration\ns,t,__import__('os')\n")
    with pytest.raises(ValueError, match="not a distribution"):
        fg.ActivityNetwork(tmp_path / "bad.csv")
    with pytest.raises(ValueError, match="no column 'to'"):
        fg.ActivityNetwork(pandas.DataFrame({"from": ["s"]}), UNIT[:1])


@pytest.mark.parametrize("cut", [[0], [0, 1, 2], [0, 4], [("s", "t")], [9]])
def test_bad_cuts(cut):
    def build(theta):
        return fg.ActivityNetwork(ARCS, [fg.Exponential(theta)] * 5, measure=fg.Tail(3.0))

    with pytest.raises(ValueError, match="cut: "):
        fg.gradient(build, at=1.0, method=fg.SPA(cut=cut), replications=100)


@pytest.mark.parametrize("text", ["Exponential(-2)", "Exponential()", "Foo(1)", "long", "Gamma(1"])
def test_a_bad_duration_names_its_arc(text, tmp_path):
    file = tmp_path / "project.csv"
    file.write_text(f'from,to,duration\ns,a,Exponential(1.0)\na,t,"{text}"\n')
    with pytest.raises((TypeError, ValueError), match="duration of a->t"):
        fg.ActivityNetwork(file)
