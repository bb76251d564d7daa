"""`compare`: the same estimates as `gradient`, their tests of agreement, and what is refused."""

import json
import math
import sys

import pytest
from scipy import stats

import fastgrad as fg
from fastgrad.methods import method_of
from fastgrad.results import comparison as module
from fastgrad.results.labels import labelled

AT = {"interarrival": 1.0, "service": 0.5}
METHODS = ["cd", "ipa", "lr", "wd", fg.WeakDerivative(representation="hahn-jordan")]
HAHN_JORDAN = "wd hahn-jordan"
REPLICATIONS = 20_000


def queue(theta):
    return fg.SingleServerQueue(
        fg.Exponential(theta["interarrival"]), fg.Exponential(theta["service"]), 10
    )


def uniform_queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Uniform(0.0, theta), 2)


@pytest.fixture(scope="module")
def comparison():
    value = fg.exact.mm1(1.0, 0.5, 10)
    exact = {"interarrival": value.d_interarrival, "service": value.d_service}
    return fg.compare(queue, AT, METHODS, REPLICATIONS, seed=5, exact=exact)


def test_estimates_are_those_of_gradient(comparison):
    for label, method in labelled(METHODS).items():
        alone = fg.gradient(queue, AT, method, REPLICATIONS, seed=5)
        assert comparison[label].gradient == alone.gradient
        assert comparison[label].variance == alone.variance


def test_is_a_mapping_from_labels(comparison):
    assert list(comparison) == ["cd", "ipa", "lr", "wd", HAHN_JORDAN]
    assert len(comparison) == 5
    assert "lr" in comparison
    assert "sp" not in comparison
    with pytest.raises(KeyError):
        comparison["sp"]


def test_every_method_agrees_with_the_exact_value(comparison):
    rows = comparison.rows()
    # The step of cd leaves a bias of a quarter of a standard error at most.
    bound = stats.norm.isf(1e-6 / (2 * len(rows))) + 0.25
    assert all(abs(row["z_exact"]) <= bound for row in rows)


def test_agreement_is_tested_against_the_most_precise_unbiased_method(comparison):
    for i, name in enumerate(AT):
        errors = {label: comparison[label].standard_error[name] for label in comparison}
        unbiased = {label: error for label, error in errors.items() if label != "cd"}
        reference = min(unbiased, key=unbiased.get)
        assert comparison.reference(i) == reference
        for row in comparison.rows():
            if row["parameter"] != name:
                continue
            label = row["method"]
            if label == reference:
                assert row["z"] is None
                continue
            off = comparison[label].gradient[name] - comparison[reference].gradient[name]
            assert row["z"] == pytest.approx(off / math.hypot(errors[label], errors[reference]))


def test_a_biased_method_is_no_reference_unless_all_are(comparison):
    assert fg.compare(queue, AT, ["fd", "lr"], 1000).reference() == "lr"
    both = fg.compare(queue, AT, ["fd", "cd"], 1000)
    assert both.reference() in ("fd", "cd")


def test_variance_time_is_what_a_second_leaves_of_the_squared_error(comparison):
    for row in comparison.rows():
        squared_error = row["standard_error"] ** 2
        assert row["variance_time"] == pytest.approx(squared_error * row["seconds"])


def test_compilation_and_warming_up_are_not_in_the_time(monkeypatch):
    clock = [0.0]

    def slow_at_first(build, at, method, **options):
        clock[0] += 1.0 if options["replications"] == REPLICATIONS else 1000.0
        return fg.gradient(build, at, method, replications=64)

    monkeypatch.setattr(module, "gradient_quietly", slow_at_first)
    monkeypatch.setattr(module.time, "perf_counter", lambda: clock[0])
    made = fg.compare(queue, AT, ["ipa", "lr"], REPLICATIONS)
    assert made.seconds == {"ipa": 1.0, "lr": 1.0}


def test_refused_methods_are_listed_with_their_reason():
    made = fg.compare(uniform_queue, 1.0, ["ipa", "lr"], 1000)
    assert list(made) == ["ipa"]
    assert "support" in made.refused["lr"]
    assert "lr" not in made
    with pytest.raises(KeyError, match="not applicable"):
        made["lr"]
    last = made.rows()[-1]
    assert last["method"] == "lr"
    assert last["gradient"] is None
    assert "lr: not applicable" in str(made)


def test_all_refused_is_an_error():
    with pytest.raises(fg.NotApplicable, match="support"):
        fg.compare(uniform_queue, 1.0, ["lr"], 1000)


def test_prints_a_table(comparison):
    text = str(comparison)
    lines = text.splitlines()
    assert "20,000 replications" in lines[0]
    for heading in ("std. error", "95 % interval", "variance", "seconds", "var x time", "z exact"):
        assert heading in lines[1]
    for label in comparison:
        assert sum(line.split("  ")[0] == label for line in lines) == len(AT)
    assert comparison.reference() in lines[-1]


def test_to_dict_is_json_and_holds_the_tests(comparison):
    plain = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert plain["theta"] == AT
    assert plain["methods"]["ipa"]["gradient"] == comparison["ipa"].gradient
    first = plain["methods"]["lr"]["components"][0]
    assert first["z_exact"] == comparison.rows()[4]["z_exact"]


def test_to_frame_has_a_row_for_each_method_and_component(comparison):
    frame = comparison.to_frame()
    assert list(frame["method"].unique()) == list(comparison)
    assert len(frame) == 5 * len(AT)
    assert list(frame[frame["method"] == "ipa"]["at"]) == list(AT.values())


def test_plot_writes_a_picture(comparison, tmp_path):
    path = tmp_path / "compared.png"
    comparison.plot(path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("package", "extra", "use"),
    [
        ("pandas", "tables", lambda made, path: made.to_frame()),
        ("matplotlib", "plots", lambda made, path: made.plot(path / "a.png")),
    ],
)
def test_missing_extras_are_named_in_one_line(
    comparison, monkeypatch, tmp_path, package, extra, use
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError) as caught:
        use(comparison, tmp_path)
    assert f'pip install "fastgrad[{extra}]"' in str(caught.value)
    assert "\n" not in str(caught.value)


def test_second_derivatives_have_a_row_for_each_pair():
    value = fg.exact.mm1(1.0, 0.5, 2)
    exact = [[value.d2_interarrival, value.d2_mixed], [value.d2_mixed, value.d2_service]]

    def pair(theta):
        return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), 2)

    made = fg.compare(pair, [1.0, 0.5], ["lr"], REPLICATIONS, seed=2, order=2, exact=exact)
    rows = made.rows()
    assert [row["exact"] for row in rows] == [exact[0][0], exact[0][1], exact[1][1]]
    bound = stats.norm.isf(1e-6 / (2 * len(rows)))
    assert all(abs(row["z_exact"]) <= bound for row in rows)


@pytest.mark.parametrize("exact", [1.0, [1.0], {"service": 1.0}, {"a": 1.0, "b": 2.0}])
def test_exact_must_have_the_shape_of_theta(exact):
    with pytest.raises(ValueError, match="exact"):
        fg.compare(queue, AT, ["ipa"], 1000, exact=exact)


def test_interrupt_keeps_what_is_done(monkeypatch):
    real = module.gradient_quietly

    def stopped(build, at, method, **options):
        if method.name == "lr":
            raise fg.Interrupted("stop", None)
        return real(build, at, method, **options)

    monkeypatch.setattr(module, "gradient_quietly", stopped)
    with pytest.raises(fg.Interrupted, match="interrupted in lr") as caught:
        fg.compare(queue, AT, ["ipa", "lr", "wd"], 1000)
    assert list(caught.value.estimate) == ["ipa"]


LABELS = [
    (["ipa", "lr"], ["ipa", "lr"]),
    ([fg.WeakDerivative(representation="hahn-jordan")], ["wd"]),
    (["wd", fg.WeakDerivative(representation="hahn-jordan")], ["wd", HAHN_JORDAN]),
    (["lr", fg.LikelihoodRatio(baseline=False)], ["lr", "lr baseline=False"]),
    (["ipa", "ipa", fg.IPA()], ["ipa", "ipa #2", "ipa #3"]),
    ("ipa", ["ipa"]),
    (fg.WeakDerivative(phantoms="one"), ["wd"]),
]


@pytest.mark.parametrize(("given", "labels"), LABELS)
def test_labels_tell_methods_apart(given, labels):
    made = labelled(given)
    assert list(made) == labels
    asked = given if isinstance(given, list) else [given]
    assert list(made.values()) == [method_of(one) for one in asked]


def test_methods_must_be_known_and_at_least_one():
    with pytest.raises(ValueError, match="at least one"):
        labelled([])
    with pytest.raises(ValueError, match="unknown method 'ipo'"):
        labelled(["ipa", "ipo"])
