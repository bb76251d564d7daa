"""Files that are wrong: one clear line each, with what may stand there instead."""

import contextlib
import os
import subprocess
import tomllib

import pytest
from typer.testing import CliRunner

from fastgrad.cli.__main__ import app

GOOD = """
theta = 0.5
methods = ["ipa"]
replications = 100
[model]
kind = "SingleServerQueue"
customers = 3
interarrival = "Exponential(1.0)"
service = "Exponential(theta)"
"""
LONGEST = 420  # characters of a message, that of the file's path included


def swap(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


def setting(line):
    return swap("replications = 100", f"replications = 100\n{line}")


CASES = {
    # Words that nobody knows, the nearest one named.
    "a key": (swap("replications", "replicatons"), "did you mean 'replications'"),
    "a key of the model": (swap("customers", "custmers"), "did you mean 'customers'"),
    "a model": (swap("SingleServerQueue", "SingleServrQueue"), "did you mean 'SingleServerQueue'"),
    "a distribution": (swap("Exponential(theta)", "Exponental(theta)"), "mean 'Exponential'"),
    "a measure": (swap("customers = 3", "customers = 3\nmeasure = 'Tial(2)'"), "mean 'Tail'"),
    "an output": (swap("customers = 3", "customers = 3\noutput = 'sistem'"), "'system', 'wait'"),
    "a method": (swap('"ipa"', '"ipq"'), "did you mean 'ipa'"),
    "an option": (swap('"ipa"', '"cd(stp=0.1)"'), "did you mean 'step'"),
    "an executor": (setting("executor = 'procesess'"), "did you mean 'processes'"),
    "a key of the sweep": (GOOD + "[sweep]\novr = [0.3]\n", "did you mean 'over'"),
    "a key of minimize": (GOOD + "[minimize]\nbound = [0.1, 1]\n", "did you mean 'bounds'"),
    "a table": (swap("[model]", "[modl]"), "did you mean 'model'"),
    "a name in an expression": (swap("Exponential(theta)", "Exponential(thta)"), "mean 'theta'"),
    "a name in the objective": (setting("objective = 'modl + 1'"), "did you mean 'model'"),
    "an output in the objective": (setting("objective = \"model['x'] / model['y']\""), "unnamed"),
    "a parameter of the sweep": (GOOD + "[sweep]\nat = [{tetha = 1.0}]\n", "did you mean 'theta'"),
    # θ.
    "theta unused": (swap("Exponential(theta)", "Exponential(2.0)"), "no expression uses theta"),
    "no theta": (swap("theta = 0.5\n", ""), "theta is missing"),
    "theta as text": (swap("theta = 0.5", 'theta = "0.5"'), "theta must be a number"),
    "theta true": (swap("theta = 0.5", "theta = true"), "theta must be a number"),
    "a date": (swap("theta = 0.5", "theta = 2024-01-01"), "theta must be a number"),
    "no component": (swap("theta = 0.5", "theta = []"), "theta has no components"),
    "not finite": (swap("theta = 0.5", "theta = nan"), "theta must be finite"),
    "out of the model": (swap("theta = 0.5", "theta = -0.5"), "mean must be a positive number"),
    # Values that are none.
    "replications as text": (swap("= 100", '= "100"'), "replications must be a whole number"),
    "replications negative": (swap("= 100", "= -5"), "replications must be 1 or more"),
    "no budget": (swap("replications = 100\n", ""), "say how long to run"),
    "precision": (setting("precision = -0.1"), "precision must be a positive number"),
    "relative alone": (setting("relative = true"), "give that too"),
    "seed": (setting("seed = -1"), "seed must be between 0"),
    "sampler": (setting("sampler = 'sobl'"), "'pseudo', 'sobol' or 'lhs'"),
    "order": (setting("order = 3"), "order must be 1 or 2"),
    "importance": (setting("importance = 'tlt'"), "None or 'tilt'"),
    "control": (setting("control = 'geometrc'"), "has no control 'geometrc'"),
    "exact": (setting("exact = [1, 2]"), "exact must be numbers in the shape of theta"),
    "plot": (setting("plot = 3"), "plot must be text"),
    "title": (setting("title = 3"), "title must be text"),
    "no method": (swap('["ipa"]', "[]"), "methods must name at least one"),
    "a method of a number": (swap('"ipa"', "3"), "must be a name, a table"),
    "a method that is not valid": (swap('"ipa"', '"gs"'), "valid here: 'fd'"),
    "no distribution": (swap('"Exponential(theta)"', '"theta"'), "must be a distribution"),
    "too many arguments": (swap("(theta)", "(theta, 2)"), "too many positional arguments"),
    "no customers": (swap("customers = 3\n", ""), "give customers=100 or horizon"),
    "half a customer": (swap("= 3", "= 2.5"), "customers must be a whole number"),
    "not computable": (swap("(theta)", "(theta / 0)"), "cannot be computed"),
    "models multiplied": (setting("objective = 'model * model'"), "cannot be computed"),
    "levels as text": (GOOD + "[sweep]\nover = ['a']\n", "must be a number"),
    "points of another shape": (GOOD + "[sweep]\nat = [[0.1]]\n", "in the shape of theta"),
    "too many points": (
        GOOD + "[sweep]\nover = [0.1, 0.2]\ndesign = 'factorial'\npoints = 100000000\n",
        "at most 1,000,000",
    ),
    "a point out of the model": (
        GOOD + "[sweep]\nover = [0.1, -0.2]\n", "point 1 of the sweep, theta = -0.2"
    ),
    # Code.
    "code": (
        "theta = 0.5\n[model]\nkind = 'Expectation'\nfunction = 'm.py:g'\n"
        "inputs = ['Exponential(theta)']\n", "--allow-code",
    ),
    "a model of code": ("theta = 0.5\nbuild = 'm.py:queue'\n", "--allow-code"),
    # Too much of something.
    "a long number": (swap("customers = 3", f"customers = {'1' * 500}"), "of 500 digits"),
    "a very long number": (swap("= 0.5", f"= {'1' * 5000}"), "more than 4,300 digits"),
    "deep lists": (swap("= 0.5", f"= {'[' * 3000}{']' * 3000}"), "too deep inside one another"),
    "deep tables": (swap("= 0.5", f"= {'{a=' * 3000}1{'}' * 3000}"), "too deep"),
    "a deep expression": (swap("(theta)", f"({'-' * 490}theta)"), "more than 150 operations"),
    "a long expression": (swap("(theta)", f"({'theta+' * 6000}1)"), "at most 20000"),
    # No TOML.
    "no value": ("theta = \n", "Invalid value"),
    "twice": ("theta = 0.5\ntheta = 1\n", "Cannot overwrite a value"),
    "empty": ("", "model is missing"),
    "binary": ("theta = 0.5\x00\n", "Expected newline"),
}  # fmt: skip


@pytest.fixture
def invoke():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


def one_line(done, message):
    """Exit code 2, and one line on stderr that contains the message."""
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert len(done.stderr) < LONGEST + 100
    assert "Traceback" not in done.output
    assert done.stdout == ""


@pytest.mark.parametrize(("text", "message"), CASES.values(), ids=CASES.keys())
def test_one_clear_line(tmp_path, invoke, text, message):
    path = tmp_path / "study.toml"
    path.write_text(text)
    one_line(invoke("run", path, "--no-files"), message)
    assert list(tmp_path.iterdir()) == [path]


def test_a_number_of_the_limit_of_python_is_still_read():
    assert tomllib.loads(f"x = {'1' * 4300}")


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(GOOD)
    return path


def test_a_path_that_is_no_study(tmp_path, invoke):
    one_line(invoke("run", tmp_path), "Is a directory")
    one_line(invoke("run", tmp_path / "none.toml"), "No such file")
    path = tmp_path / "latin.toml"
    path.write_bytes(b"theta = 0.5 # \xe4\n")
    one_line(invoke("run", path), "can't decode byte 0xe4")


def test_a_store_that_is_no_store(tmp_path, invoke, good):
    for verb in ("run", "compare"):
        one_line(invoke(verb, good, "--store", tmp_path), "is a directory: give the name of a file")
        one_line(invoke(verb, good, "--store", tmp_path / "no" / "a.db"), "No such file")
        one_line(invoke(verb, good, "--store", good), "is not a store of fastgrad")
    assert good.read_text() == GOOD


def test_results_that_cannot_be_written_cost_no_result(tmp_path, invoke, good):
    (tmp_path / "taken").write_text("")
    done = invoke("run", good, "--output", tmp_path / "taken")
    assert done.exit_code == 0
    assert "E[Y] =" in done.stdout
    assert done.stderr.splitlines() == [f"nothing written to {tmp_path / 'taken'}: File exists"]


@pytest.fixture
def full(tmp_path):
    """A file system without any space."""
    folder = tmp_path / "full"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    with contextlib.suppress(FileNotFoundError):
        if subprocess.run(command, capture_output=True).returncode == 0:
            rest = os.open(folder / "rest", os.O_WRONLY | os.O_CREAT)
            with contextlib.suppress(OSError):
                while True:
                    os.write(rest, bytes(4096))
            os.close(rest)
            yield folder
            subprocess.run(["umount", str(folder)], check=True)
            return
    pytest.skip("no file system can be mounted here")


def test_no_space_left(full, invoke, good):
    done = invoke("run", good, "--output", full)
    assert done.exit_code == 0, done.output
    assert "E[Y] =" in done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert "No space left" in done.stderr
    one_line(invoke("compare", good, "--store", full / "a.db"), "cannot be opened")
    done = invoke("report", good, "--output", full / "a.html")
    one_line(done, "No space left")
    assert not (full / "a.html").exists()
