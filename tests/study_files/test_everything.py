"""A walk through the catalogue: study files know everything, with every argument.

What is new and not in everything.toml fails here by name.
"""

import ast
import dataclasses
import inspect
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from fastgrad.kernels.user.function import UserFunction

import fastgrad as fg
from fastgrad import finance
from fastgrad.cli.catalogue import arguments, everything
from fastgrad.cli.templates import EXAMPLES, template
from fastgrad.core.tracer import value_of
from fastgrad.distributions.families import DISTRIBUTIONS, Distribution
from fastgrad.optimise.api import minimize
from fastgrad.optimise.choice import ALGORITHMS
from fastgrad.settings import Settings
from fastgrad.study_files.kinds import is_code, methods, models, parameters, records, wholes
from fastgrad.study_files.methods import algorithm, method
from fastgrad.study_files.plans import NOT_IN_FILES, read_minimize
from fastgrad.study_files.study_file import NOT_IN_FILES as NO_SETTINGS
from fastgrad.study_files.study_file import read_study
from fastgrad.study_files.values import Reader

GIVEN = tomllib.loads(Path(__file__).with_name("everything.toml").read_text())
THETA = {"a": 0.5, "b": 2.0}
CODE = """
def g(x, u): return x
def clinic(x, p): return {"idle": x.lateness[0], "wait": p.interval}
def paid(path, p): return path[0] - p.strike
def prepaid(rate, age, left, p): return p.speed
"""


def lines(section):
    return GIVEN[section].strip().splitlines()


def named(line):
    return line.partition("(")[0]


def keywords(line):
    """The arguments of a line, as syntax trees."""
    call = ast.parse(line[len(named(line)) :].join(["f", ""]), mode="eval").body
    return {word.arg: word.value for word in call.keywords}


KINDS = {**DISTRIBUTIONS, **records(), **wholes()}
LINES = [line for section in ("distributions", "records", "models") for line in lines(section)]


@pytest.mark.parametrize(
    ("known", "section"),
    [(DISTRIBUTIONS, "distributions"), (records(), "records"), (wholes(), "models"),
     (fg.methods.METHODS | {"best": fg.Best()}, "methods"), (ALGORITHMS, "algorithms")],
    ids=["distributions", "records", "models", "methods", "algorithms"],
)  # fmt: skip
def test_nothing_is_left_out(known, section):
    written = {}
    for line in lines(section):
        written.setdefault(named(line), set()).update(keywords(line))
    beside = {"Ratio"} if section == "records" else set()  # which stands with the models
    assert written.keys() | beside == set(known) | beside
    for name, found in written.items():
        kind = known[name] if isinstance(known[name], type) else type(known[name])
        assert found == set(parameters(kind)), name


def test_no_setting_and_no_option_of_minimize_is_left_out():
    asked = [field.name for field in dataclasses.fields(Settings)]
    asked = {"replications", "precision", "relative", "order", *asked} - {*NO_SETTINGS}
    assert set(GIVEN["settings"]) == asked
    refused = {"control", "importance"}  # with the reason, in files as in Python
    options = set(inspect.signature(minimize).parameters) - {*NOT_IN_FILES} - refused
    assert set(GIVEN["minimize"]) == options | {"goal"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = tmp_path_factory.mktemp("code")
    (folder / "mine.py").write_text(CODE)
    return Reader(THETA, folder, allow_code=True)


def table_of(name, given):
    by = "name" if "kind" in given else "kind"  # a payoff is a call or a put
    return {by: name, **{key: as_table(value) for key, value in given.items()}}


def as_table(node):
    """What TOML has for a piece of Python."""
    match node:
        case ast.Constant(value=None):
            return "none"
        case ast.Constant(value=value):
            return value
        case ast.Call(func=ast.Name(id=name), keywords=words) if name in KINDS:
            return table_of(name, {word.arg: word.value for word in words})
        case ast.List(elts=entries):
            return [as_table(entry) for entry in entries]
        case ast.Dict(keys=keys, values=values):
            return {str(k.value): as_table(v) for k, v in zip(keys, values, strict=True)}
        case ast.Call(func=ast.Attribute(value=of, attr="repeat"), args=[count]):
            return as_table(of) | {"repeat": count.value}
        case ast.UnaryOp(operand=ast.Constant()):
            return ast.literal_eval(node)
    return ast.unparse(node)


def python(line, folder):
    """The same by Python itself."""
    space = {"exp": np.exp, "sqrt": np.sqrt, **THETA}
    space |= {name: getattr(fg, name, None) or getattr(finance, name) for name in KINDS}
    code = {}
    exec(CODE, code)
    for name in ("g", "clinic", "paid", "prepaid"):
        line = line.replace(f"'mine.py:{name}'", name)
    return eval(line, space | code)


def same(one, other):
    if isinstance(one, UserFunction):
        return one.function.__name__ == other.function.__name__
    if callable(one) and not isinstance(one, fg.Model):
        return one.__name__ == other.__name__
    if type(one) is not type(other):
        return isinstance(one, (int, float)) and one == pytest.approx(other, rel=1e-15)
    if isinstance(one, Distribution):
        return one.kind == other.kind and list(one.values) == list(other.values)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        return np.array_equal(value_of(one), value_of(other))
    if hasattr(one, "__dict__") and not isinstance(one, type(math)):
        left, right = vars(one), vars(other)
        keep = [key for key in left if not key.startswith("_")]
        return all(same(left[key], right[key]) for key in keep)
    return one == other


@pytest.mark.parametrize("line", LINES, ids=[named(line) for line in LINES])
def test_text_and_table_make_what_python_makes(line, reader):
    expected = python(line, reader.folder)
    table = table_of(named(line), keywords(line))
    read = reader.model if named(line) in wholes() else reader.value
    ways = [read("entry", table)]
    if not is_code(KINDS[named(line)]):
        ways.append(reader.expression("entry", line))
    for make in ways:
        assert same(make(THETA), expected)


@pytest.mark.parametrize("line", lines("methods") + lines("algorithms"))
def test_methods_and_algorithms(line):
    read = method if line in lines("methods") else algorithm
    options = {key: ast.literal_eval(value) for key, value in keywords(line).items()}
    kinds = methods() | {name: type(one) for name, one in ALGORITHMS.items()}
    made = read({"name": named(line), **options})
    assert repr(made) == repr(kinds[named(line)](**options))
    if "-" not in named(line) and not named(line)[0].isdigit():  # which Python cannot write
        assert repr(read(line)) == repr(made)
    assert repr(read(line.replace(named(line), type(made).__name__, 1))) == repr(made)


def test_settings_and_minimize_reach_the_calls(tmp_path, reader):
    def builder(make):
        return lambda theta: make(theta)

    asked = read_minimize(GIVEN["minimize"], THETA, reader, builder)
    assert asked["bounds"]["a"] == (0.1, None)
    assert [type(one).__name__ for one in asked["constraints"]] == [
        "Simplex", "LinearConstraint", "Expected", "Expected",
    ]  # fmt: skip
    assert asked["constraints"][3].build(THETA).customers == 9
    text = "theta = {a = 0.5, b = 2.0}\n{}\n[model]\nkind = 'SingleServerQueue'\n"
    text += "interarrival = 'Exponential(b)'\nservice = 'Exponential(a)'\ncustomers = 3\n"
    source = Path(__file__).with_name("everything.toml").read_text()
    settings = source.partition("[settings]")[2].partition("[minimize]")[0]
    path = tmp_path / "study.toml"
    path.write_text(text.replace("{}", settings.replace('importance = "tilt"', ""), 1))
    found = read_study(path).settings
    assert found.keys() == GIVEN["settings"].keys() - {"importance"}  # not with antithetic
    name, late, alone = found["control"]
    assert name == "geometric"
    assert late.of == "late"
    assert late.mean_at(THETA) == 0.25
    assert alone.model_at(THETA).periods == 9
    assert repr(late) == "Control('late', a / b)"  # a store knows it again


def test_controls_are_those_of_python(tmp_path):
    text = """
theta = {m = 0.5}
method = "ipa"
replications = 2000
control = {of = "late", mean = "exp(-1.0 / m)"}
[model]
kind = "SingleServerQueue"
interarrival = "Exponential(1.0)"
service = "Exponential(m)"
customers = 1
measure = {time = "Mean()", late = "Tail(1.0)"}
"""
    path = tmp_path / "study.toml"
    path.write_text(text.replace('"ipa"', '"lr"'))
    study = read_study(path)
    found = fg.gradient(study.build, study.theta, "lr", **study.settings)["time"]
    control = fg.Control("late", lambda theta: np.exp(-1.0 / theta["m"]))
    known = fg.gradient(study.build, study.theta, "lr", 2000, control=control)["time"]
    assert found.gradient == known.gradient
    bad = {
        "3": "control must be a name",
        "{of = 'late'}": "mean is missing",
        "{of = 'late', maen = 1}": "did you mean 'mean'",
    }
    for given, message in bad.items():
        path.write_text(text.replace('{of = "late", mean = "exp(-1.0 / m)"}', given))
        with pytest.raises(ValueError, match=message):
            read_study(path)


def test_an_objective_may_be_a_ratio_of_outputs(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("""
theta = {s = 1.0}
objective = "2 * model['cost'] / model['met']"
[model]
kind = "Inventory"
s = "s"
S = "s + 2"
demand = "Exponential(1.0)"
periods = 5
backlog = 3
measure = {cost = "cost", met = "fill"}
""")
    study = read_study(path)
    model = study.build({"s": 1.0})
    assert type(model).__name__ == "Affine"
    assert type(model.model).__name__ == "Ratio"


@pytest.mark.parametrize("name", everything())
def test_every_argument_is_listed_with_words(name):
    for one in arguments(everything()[name]):
        assert one["about"] or one["type"], one["name"]


def test_every_model_has_a_template_that_says_all_its_arguments():
    assert EXAMPLES.keys() == models().keys()
    for name, kind in models().items():
        text = template(name, "study.toml")
        for argument in parameters(kind):
            assert f"\n# {argument}: " in text
