"""Every example file runs, and every model has one."""

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fastgrad.cli.__main__ import app
from fastgrad.cli.templates import template
from fastgrad.study_files.kinds import models
from fastgrad.study_files.study_file import read_study

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
FILES = sorted(FOLDER.glob("*.toml"))
pytestmark = pytest.mark.filterwarnings("ignore::fastgrad.EstimateWarning")


def test_every_model_has_an_example():
    kinds = {tomllib.loads(path.read_text())["model"]["kind"] for path in FILES}
    assert kinds == set(models())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_runs_and_reports(path, tmp_path):
    given = ["--replications", "64", "--allow-code", "--json", "--output", str(tmp_path)]
    done = CliRunner().invoke(app, ["run", str(path), *given])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert "gradient" in found or found["points"]
    page = (tmp_path / "report.html").read_text()
    assert path.stem in page
    assert json.loads((tmp_path / "results.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["run", "compare", "sweep", "minimize", "explain", "report"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_command_takes_every_example_as_it_stands(path, verb, tmp_path):
    if verb in ("sweep", "minimize") and f"\n[{verb}]" not in path.read_text():
        pytest.skip(f"without [{verb}]")
    for beside in (path, FOLDER / "functions.py"):
        (tmp_path / beside.name).write_text(beside.read_text())
    done = CliRunner().invoke(app, [verb, str(tmp_path / path.name), "--allow-code"])
    assert done.exit_code == 0, done.stderr
    assert done.stdout
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", models())
def test_a_new_file_runs(name, tmp_path):
    (tmp_path / "model.py").write_text(
        "def g(x, u):\n    return x * u\n\n\n"
        "def clinic(x, p):\n    return x.visit[0] * p.interval\n"
    )
    path = tmp_path / "new.toml"
    for command in (["new", name, "--output", path], ["run", path, "--allow-code"]):
        done = CliRunner().invoke(app, [str(word) for word in command])
        assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize("name", models())
def test_a_new_file_is_a_study(name, tmp_path):
    (tmp_path / "model.py").write_text("def g(x, u):\n    return x\n\n\nclinic = g\n")
    path = tmp_path / "new.toml"
    path.write_text(template(name, path.name))
    study = read_study(path, allow_code=True)
    assert type(study.build(study.theta)).__name__ == name
