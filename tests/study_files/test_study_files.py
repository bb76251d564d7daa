"""Study files: text and tables alike, all that models take, errors that name the nearest word."""

import numpy as np
import pytest

import fastgrad as fg

QUEUE = """
theta = 0.5
[model]
kind = "SingleServerQueue"
customers = 3
interarrival = "Exponential(1.0)"
service = {service}
"""


@pytest.fixture
def read(tmp_path):
    def read(text, **options):
        path = tmp_path / "study.toml"
        path.write_text(text)
        return fg.read_study(path, **options)

    return read


t = 0.5
ALIKE = {
    '"Exponential(theta)"': fg.Exponential(t),
    '{kind = "Exponential", mean = "theta"}': fg.Exponential(t),
    '"Exponential(mean=theta)"': fg.Exponential(t),
    '"theta + 6.0 * Beta(2.0, 3.0)"': t + 6.0 * fg.Beta(2.0, 3.0),
    '{kind = "Affine", distribution = "Beta(2, 3)", shift = "theta", scale = 6.0}': (
        t + 6.0 * fg.Beta(2.0, 3.0)
    ),
    '"PERT(0, theta, 2)"': fg.PERT(0.0, t, 2.0),
    '"Truncated(Normal(theta, 1), low=0)"': fg.Truncated(fg.Normal(t, 1.0), low=0.0),
    '{kind = "Truncated", distribution = {kind = "Normal", mean = "theta", sd = 1}, low = 0}': (
        fg.Truncated(fg.Normal(t, 1.0), low=0.0)
    ),
    '"Discrete([1, 2], [theta, 1 - theta])"': fg.Discrete([1.0, 2.0], [t, 1.0 - t]),
    "\"Mixture([0.3, 0.7], [Uniform(0, theta), Uniform(theta, 2)], representation='single')\"": (
        fg.Mixture([0.3, 0.7], [fg.Uniform(0, t), fg.Uniform(t, 2)], representation="single")
    ),
    '"Gamma(2, exp(theta) / np.sqrt(2))"': fg.Gamma(2.0, np.exp(t) / np.sqrt(2)),
    '"Erlang(stages=3, scale=theta / 3)"': fg.Erlang(3, t / 3),
}


@pytest.mark.parametrize(("text", "distribution"), ALIKE.items())
def test_text_and_tables_make_what_python_makes(read, text, distribution):
    made = read(QUEUE.format(service=text)).build(0.5).service
    assert made.kind == distribution.kind
    assert list(made.values) == list(distribution.values)


BAD = [
    ('"Exponental(theta)"', "unknown function 'Exponental', did you mean 'Exponential'?"),
    ('"Exponential(men=theta)"', "unknown argument 'men', did you mean 'mean'?"),
    ('"Exponential(theta, 2)"', "Exponential: too many positional arguments"),
    ('"Exponential()"', "missing a required argument: 'mean'"),
    ('"Exponential(1.0)"', "no expression uses theta"),
    ('"__import__(theta)"', "unknown function '__import__'"),
    ('"Exponential(theta).__class__()"', "only NumPy functions may be called"),
    ('"Exponential(*theta)"', "only numbers"),
    ('"Exponential(lambda: theta)"', "only numbers"),
    ('{kind = "Exponetial", mean = "theta"}', "unknown kind 'Exponetial', did you mean 'Expone"),
    ('{kind = "Exponential", maen = "theta"}', "unknown key 'maen', did you mean 'mean'?"),
    ('{kind = "Exponential"}', "model.service: Exponential needs mean"),
    ('{mean = "theta"}', "no expression uses|must be a distribution"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_mistakes_name_the_nearest_word_in_one_line(read, text, message):
    with pytest.raises((ValueError, TypeError), match=message.replace("?", r"\?")) as refused:
        read(QUEUE.format(service=text)).build(0.5)
    assert "\n" not in str(refused.value)


def test_every_component_of_theta_must_be_used(read):
    with pytest.raises(ValueError, match=r"no expression uses theta\[1\]"):
        read(QUEUE.format(service='"Exponential(theta[0])"').replace("0.5", "[0.5, 1.0]"))
    with pytest.raises(ValueError, match="no expression uses b;"):
        read(QUEUE.format(service='"Exponential(a)"').replace("0.5", "{a = 1, b = 2}"))


def test_an_objective_is_an_expression_of_the_model(read):
    text = 'objective = "3 * model + 1 / theta"' + QUEUE.format(service='"Exponential(theta)"')
    study = read(text)

    def written_out(theta):
        queue = fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 3)
        return 3.0 * queue + 1.0 / theta

    found, known = (
        fg.gradient(build, 0.5, "ipa", 200).gradient for build in (study.build, written_out)
    )
    assert found == known
    with pytest.raises(ValueError, match="must contain the name model"):
        read(text.replace("3 * model + ", ""))


METHODS = [
    (
        '{name = "best", parts = ["ipa", "wd"]}',
        fg.Best(["ipa", "wd"]),
    ),
    ("\"wd(phantoms='one')\"", fg.WeakDerivative(phantoms="one")),
    ('{name = "cd", step = 0.1}', fg.CentralDifference(step=0.1)),
    ('"LikelihoodRatio(baseline=False)"', fg.LikelihoodRatio(baseline=False)),
]


@pytest.mark.parametrize(("text", "method"), METHODS)
def test_methods_with_options(read, text, method):
    study = read(f"methods = [{text}]" + QUEUE.format(service='"Exponential(theta)"'))
    assert repr(study.methods[0]) == repr(method)


def test_a_network_reads_its_arcs_and_measure(read):
    study = read("""
theta = {mean = 2.0, y = 9.0}
[model]
kind = "ActivityNetwork"
arcs = [["s", "a"], ["a", "t"], ["s", "t"]]
durations = ["Exponential(mean)", {kind = "Uniform", low = 1, high = 2}, "PERT(1, 2, 6)"]
measure = "Tail(y)"
""")
    made = study.build(study.theta)
    assert made.names() == ["s->a", "a->t", "s->t"]
    assert made.measure.y == 9.0


SWEEP = """
theta = {a = 1.0, b = 0.5, c = 2.0}
[model]
kind = "SingleServerQueue"
customers = 3
interarrival = "Gamma(c, a / c)"
service = "Exponential(b)"
[sweep]
"""


def test_sweeps_are_designs_around_theta(read):
    grid = read(SWEEP + "over = {a = [1, 2], b = [0.3, 0.4]}").points
    assert grid == [{"a": a, "b": b, "c": 2.0} for a in (1.0, 2.0) for b in (0.3, 0.4)]
    sobol = read(SWEEP + 'design = "sobol"\npoints = 8\nseed = 3\nover = {b = [0.3, 0.4]}').points
    assert sobol == [
        {"a": 1.0, "b": point["b"], "c": 2.0}
        for point in fg.design("sobol", points=8, seed=3, b=(0.3, 0.4))
    ]
    for line, message in [
        ("over = {d = [1, 2]}", "unknown parameter 'd'"),
        ("over = {a = [1, 2]}\ndesign = 'sobl'", "did you mean 'sobol'"),
        ("over = {a = [1, 2]}\ndesign = 'lhs'", "points is missing"),
        ("design = 'lhs'", "needs `over`"),
    ]:
        with pytest.raises(ValueError, match=message):
            read(SWEEP + line)


def test_minimize_reads_bounds_algorithms_and_constraints(read):
    study = read(
        SWEEP.replace("[sweep]", "[minimize]")
        + """
goal = "maximize"
bounds = {a = [0.5, 2], b = [0.1, inf], c = [1, 3]}
algorithm = {name = "spsa", measurements = 1}
constraints = [
  {kind = "Simplex", total = 1.5, of = ["a", "b"]},
  {kind = "Expected", at_most = 3.0, model = "SingleServerQueue(Exponential(a), Gamma(c, b), 3)"},
]
"""
    )
    asked = study.minimize
    assert asked["goal"] == "maximize"
    assert asked["bounds"] == {"a": (0.5, 2), "b": (0.1, None), "c": (1, 3)}
    assert asked["algorithm"].measurements == 1
    assert asked["constraints"][0].total == 1.5
    assert asked["constraints"][1].build(study.theta).service.values == (2.0, 0.5)
    with pytest.raises(ValueError, match="unknown algorithm 'adm', did you mean 'adam'"):
        read(SWEEP.replace("[sweep]", '[minimize]\nalgorithm = "adm"'))


CODE = """
theta = 0.5
[model]
kind = "Expectation"
function = "mine.py:g"
inputs = ["Exponential(theta)"]
"""


def test_code_is_run_only_where_it_is_allowed(read, tmp_path):
    flag = tmp_path / "it ran"
    (tmp_path / "mine.py").write_text(
        f"open({str(flag)!r}, 'w').close()\n\n\ndef g(x):\n    return x * x\n"
    )
    with pytest.raises(ValueError, match="--allow-code"):
        read(CODE)
    assert not flag.exists()
    study = read(CODE, allow_code=True)
    assert flag.exists()
    found = fg.gradient(study.build, 0.5, "ipa", 20_000, seed=1)
    # d(2 θ²)/dθ = 4 θ; five standard errors are 6e-7
    assert abs(found.gradient - 2.0) <= 5.0 * found.standard_error
    with pytest.raises(ValueError, match="has no function 'h'"):
        read(CODE.replace(":g", ":h"), allow_code=True)
    with pytest.raises(ValueError, match="no such file"):
        read(CODE.replace("mine", "yours"), allow_code=True)


def test_a_whole_model_may_be_code(read, tmp_path):
    (tmp_path / "built.py").write_text(
        "import fastgrad as fg\n\n\ndef queue(theta):\n"
        "    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 3)\n"
    )
    study = read('theta = 0.5\nbuild = "built.py:queue"\n', allow_code=True)
    assert study.build(0.25).service.values == (0.25,)


def test_inputs_of_a_function_repeat(read, tmp_path):
    (tmp_path / "mine.py").write_text("def g(x, p):\n    return x.a[0] + x.b.next() * p.c\n")
    study = read(
        """
theta = 0.5
[model]
kind = "Simulation"
function = "mine.py:g"
inputs = {a = "Exponential(theta).repeat(3)", b = {kind = "Normal", mean = 0, sd = 1, stream = 9}}
parameters = {c = "2 * theta"}
""",
        allow_code=True,
    )
    draws = [entry.draws for entry in study.build(0.5).inputs()]
    assert draws == [3, 9]


def test_an_executor_is_a_kind_and_its_workers(read):
    queue = QUEUE.format(service='"Exponential(theta)"')
    assert read("executor = 'mpi'\n" + queue).executor == {"kind": "mpi"}
    study = read("executor = {kind = 'processes', workers = 2}\n" + queue)
    with study.workers() as executor:
        assert executor._max_workers == 2
    with read(queue).workers() as executor:
        assert executor is None
    for text, message in {
        "'process'": "did you mean 'processes'",
        "{kind = 'processes', workers = 0}": "workers must be 1 or more",
        "{kind = 'processes', worker = 2}": "did you mean 'workers'",
        "'dask'": "dask needs scheduler",
        "3": "unknown kind 3",
    }.items():
        with pytest.raises(ValueError, match=message):
            read(f"executor = {text}\n" + queue)


def test_several_measures_are_outputs(read):
    study = read(
        """
theta = {s = 1.0, y = 2.0}
[model]
kind = "Inventory"
s = "s"
S = "s + y"
demand = "Exponential(1.0)"
periods = 5
holding = 1
backlog = 3
measure = {cost = "cost", met = "fill"}
"""
    )
    assert study.build(study.theta).outputs() == ("cost", "met")
    tails = QUEUE.format(service='"Exponential(theta)"') + (
        'measure = {mean = "Mean()", late = {kind = "Tail", y = "2 * theta"}}'
    )
    assert read(tails).build(0.5).choosing("late").measure.y == 1.0
