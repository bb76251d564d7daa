"""The command line: what it prints, its JSON, its errors, and how little --help needs."""

import json
import signal
import subprocess
import sys

import pytest
from scipy import stats
from typer.testing import CliRunner

import fastgrad as fg
from fastgrad.cli.__main__ import app
from fastgrad.core import engine

COMMANDS = (
    "demo", "compare", "run", "explain", "models", "doctor", "sweep", "minimize", "report", "new",
)  # fmt: skip
STUDY = """
theta = 0.5
methods = ["ipa", {name = "wd", representation = "hahn-jordan"}, "lr"]
replications = 2000
seed = 3
exact = 3.8

[model]
kind = "SingleServerQueue"
customers = 10
interarrival = {kind = "Exponential", mean = 1.0}
service = {kind = "Exponential", mean = "theta"}
"""
WRITTEN_OUT = {"ipa": "ipa", "wd": fg.WeakDerivative(representation="hahn-jordan"), "lr": "lr"}


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 10)


@pytest.fixture
def invoke():
    runner = CliRunner(env={"COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"})
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def study(tmp_path):
    """A function that writes a study file, with some text replaced."""

    def write(*replacements):
        text = STUDY
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "study.toml"
        path.write_text(text)
        return path

    return write


def test_help_names_every_command_and_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from fastgrad.cli.__main__ import main\n"
        "sys.argv = ['fastgrad', '--help']\n"
        "try: main()\n"
        "except SystemExit as stop: assert stop.code == 0\n"
        "heavy = {'numpy', 'numba', 'scipy', 'matplotlib', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(command in done.stdout for command in COMMANDS)


def test_version(invoke):
    assert invoke("--version").stdout.strip() == f"fastgrad {fg.__version__}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_json(invoke, command):
    assert "--json" in invoke(command, "--help").stdout


def test_run_prints_what_gradient_gives(invoke, study):
    path = study(('["ipa", {name = "wd", representation = "hahn-jordan"}, "lr"]', '["ipa"]'))
    alone = fg.gradient(queue, 0.5, "ipa", 2000, seed=3)
    plain = json.loads(invoke("run", path, "--json").stdout)
    assert plain["gradient"] == alone.gradient
    assert plain["confidence_interval"] == list(alone.confidence_interval())
    assert f"{alone.gradient:.6g}" in invoke("run", path).stdout


def test_run_uses_auto_and_takes_options_above_the_file(invoke, study):
    assert json.loads(invoke("run", study(), "--json").stdout)["method"] == "auto"
    done = invoke("run", study(), "--method", "lr", "--replications", 500, "--seed", 9, "--json")
    plain = json.loads(done.stdout)
    assert (plain["method"], plain["replications"], plain["seed"]) == ("lr", 500, 9)


def test_compare_prints_every_method(invoke, study, tmp_path):
    picture = tmp_path / "a.png"
    done = invoke("compare", study(), "--plot", picture)
    assert done.exit_code == 0
    assert all(f"\n {label} " in done.stdout for label in WRITTEN_OUT)
    assert "z exact" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_compare_json_is_the_comparison_and_nothing_else(invoke, study):
    done = invoke("compare", study(), "--json")
    plain = json.loads(done.stdout)
    assert done.stderr == ""
    for label, method in WRITTEN_OUT.items():
        alone = fg.gradient(queue, 0.5, method, 2000, seed=3)
        assert plain["methods"][label]["gradient"] == alone.gradient


def test_compare_lists_refused_methods(invoke, study):
    path = study(('"Exponential", mean = "theta"', '"Uniform", low = 0, high = "theta"'))
    done = invoke("compare", path)
    assert done.exit_code == 0
    assert "lr: not applicable: service.high" in done.stdout
    assert "support" in json.loads(invoke("compare", path, "--json").stdout)["refused"]["lr"]


def test_explain(invoke, study):
    plain = json.loads(invoke("explain", study(), "--json").stdout)
    assert plain["recommended"] == {"theta": "ipa"}
    assert "theta: use 'ipa'" in invoke("explain", study()).stdout


def test_models_lists_models_and_distributions(invoke):
    plain = json.loads(invoke("models", "--json").stdout)
    found = {entry["name"]: entry["parameters"] for entry in plain["distributions"]}
    assert found["Uniform"] == ["low", "high"]
    assert "SingleServerQueue" in {entry["name"] for entry in plain["models"]}
    text = invoke("models").stdout
    assert all(name in text for name in found)


def test_doctor(invoke):
    plain = json.loads(invoke("doctor", "--json").stdout)
    assert plain["versions"]["fastgrad"] == fg.__version__
    assert set(plain) == {"versions", "threads", "processor", "cache", "extras", "advice"}
    text = invoke("doctor").stdout
    assert plain["processor"]["llvm_name"] in text
    assert "→" in text or "all is well" in text


def test_demo_agrees_with_the_exact_values_and_draws(invoke, tmp_path):
    picture = tmp_path / "demo.png"
    done = invoke("demo", "--replications", 20_000, "--plot", picture, "--json")
    plain = json.loads(done.stdout)
    scores = [
        abs(part["z_exact"])
        for point in plain["points"]
        for method in point["methods"].values()
        for part in method["components"]
    ]
    assert len(plain["points"]) == 3
    # The step of a difference leaves a bias of a quarter of a standard error at most.
    assert max(scores) <= stats.norm.isf(1e-6 / (2 * len(scores))) + 0.25
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert plain["plot"] == str(picture)


def test_demo_prints_a_table_for_each_utilisation(invoke, tmp_path):
    done = invoke("demo", "--replications", 500, "--plot", tmp_path / "demo.png")
    assert done.exit_code == 0
    for utilisation in ("0.3", "0.5", "0.9"):
        assert f"utilisation {utilisation}, exact" in done.stdout
    assert done.stdout.count("wd hahn-jordan") == 3


def test_demo_without_matplotlib_still_prints(invoke, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = invoke("demo", "--replications", 500, "--plot", tmp_path / "demo.png")
    assert done.exit_code == 0
    assert 'pip install "fastgrad[plots]"' in done.stdout


MEAN = 'mean = "theta"'
BAD = [
    (("theta = 0.5", "theta = "), "Invalid value"),
    (("theta = 0.5", "# no theta"), "theta is missing"),
    (("theta = 0.5", 'theta = "half"'), "theta must be a number"),
    (("seed = 3", "sed = 3"), "unknown key 'sed', did you mean 'seed'? known: model"),
    (("seed = 3", "seed = -3"), "seed must be between"),
    (("2000", "1"), "replications must be 2 or more"),
    (('"ipa", ', '"ipo", '), "unknown method 'ipo', did you mean 'ipa'? known: fd"),
    (('"wd", rep', '"wx", rep'), "unknown name 'wx'"),
    (
        ("representation =", "representatoin ="),
        "unknown key 'representatoin', did you mean 'representation'?",
    ),
    (('"SingleServerQueue"', '"Queue"'), "unknown kind 'Queue', did you mean '"),
    (
        ('"Exponential", mean = "theta"', '"Exponental"'),
        "unknown kind 'Exponental', did you mean 'Exponential'? known: ",
    ),
    ((MEAN, 'rate = "theta"'), "unknown key 'rate'; known: mean"),
    ((", " + MEAN, ""), "model.service: Exponential needs mean"),
    (("customers = 10", "customers = 0"), "customers must be 1 or more"),
    (("mean = 1.0", "mean = -1.0"), "mean must be a positive number"),
    (
        (MEAN, 'mean = "thta"'),
        "unknown name 'thta', did you mean 'theta'? known: theta (in 'thta')",
    ),
    ((MEAN, "mean = \"__import__('os')\""), "unknown function '__import__'"),
    ((MEAN, 'mean = "theta.real"'), "only numbers"),
    ((MEAN, 'mean = "theta + 1/0"'), "cannot be computed"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input_is_one_line_and_exit_code_2(invoke, study, change, message):
    done = invoke("compare", study(change))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


def test_a_missing_file_is_one_line(invoke, tmp_path):
    done = invoke("run", tmp_path / "none.toml", "--json")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "none.toml: No such file" in done.stderr


def test_not_applicable_is_one_line_and_exit_code_2(invoke, study):
    path = study(('"Exponential", mean = "theta"', '"Uniform", low = 0, high = "theta"'))
    done = invoke("run", path, "--method", "lr")
    assert done.exit_code == 2
    assert "not applicable" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def ctrl_c(monkeypatch):
    """Ctrl-C when the third chunk of replications was merged."""
    merge, merged = engine.merge_leaves, []

    def merge_and_interrupt(*arguments):
        merge(*arguments)
        merged.append(arguments)
        if len(merged) == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(engine, "merge_leaves", merge_and_interrupt)


def test_ctrl_c_reports_what_was_done(invoke, study, ctrl_c):
    done = invoke("run", study(("2000", "10_000_000")), "--method", "ipa")
    assert done.exit_code == 130
    assert "dE[Y]/dθ by ipa" in done.stdout
    assert done.stderr.startswith("interrupted after")


def test_ctrl_c_in_json_reports_what_was_done(invoke, study, ctrl_c):
    done = invoke("run", study(("2000", "10_000_000")), "--method", "ipa", "--json")
    assert done.exit_code == 130
    plain = json.loads(done.stdout)
    assert plain["interrupted"]
    assert 0 < plain["replications"] < 10_000_000


def test_ctrl_c_before_anything_was_done(invoke, study, monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "merge_leaves", stop)
    done = invoke("compare", study())
    assert done.exit_code == 130
    assert done.stdout == ""
    assert "before any method was done" in done.stderr


def test_one_gradient_stands_beside_its_exact_value(tmp_path, invoke, study):
    path = study(("exact = 3.8", ""), ("replications", 'method = "ipa"\nreplications'))
    path.write_text(path.read_text().replace("methods =", "# methods ="))
    found = json.loads(invoke("run", path, "--json").stdout)
    assert found["exact"] == pytest.approx(fg.exact.mm1(1.0, 0.5, 10).d_service, rel=1e-8)
    page = (tmp_path / "study-results" / "report.html").read_text()
    assert "z exact" in page
    assert f"{found['exact']:.6g}" in page
    assert "exact gradient: " in invoke("run", path).stdout


def test_a_narrow_terminal_has_the_columns_that_matter():
    from fastgrad.cli.output import fitting
    from fastgrad.results.side_by_side import COLUMNS

    columns = [column for column in COLUMNS if column.key != "parameter"]
    row = {
        "method": "ipa", "gradient": 3.80011, "standard_error": 0.0035, "variance": 3.767,
        "interval": "[3.7932, 3.807]", "seconds": 2.68, "variance_time": 3.37e-06, "z": None,
    }  # fmt: skip
    assert fitting([row], columns, 116) == (columns, [])
    kept, left = fitting([row], columns, 48)
    assert [column.key for column in kept] == ["method", "gradient", "standard_error", "interval"]
    assert left == ["seconds", "variance", "z", "var x time"]


@pytest.mark.parametrize("columns", [50, 140])
def test_a_narrow_display_cuts_nothing(monkeypatch, columns):
    import io

    from rich import console as module

    from fastgrad.cli.display import Display

    monkeypatch.setenv("COLUMNS", str(columns))
    real, page = module.Console, io.StringIO()
    monkeypatch.setattr(
        module, "Console", lambda stderr: real(file=page, force_terminal=True, width=columns)
    )
    with Display(12, 1000) as show:
        show("theta = 0.3, ipa: running")
        show.widest, show.before, show.running = 0.0056, 123_456, 1.0
        show.cell(None)
        show.bar.refresh()
    shown = " ".join(page.getvalue().split())
    assert "1/12, 123,456 done, 1.23e+05/s" in shown
    assert "worst ± 0.0056" in shown
