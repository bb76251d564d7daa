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


@pytest.mark.parametrize("name", models())
def test_a_new_file_is_a_study(name, tmp_path):
    (tmp_path / "model.py").write_text("def g(x, u):\n    return x\n\n\nclinic = g\n")
    path = tmp_path / "new.toml"
    path.write_text(template(name, path.name))
    study = read_study(path, allow_code=True)
    assert type(study.build(study.theta)).__name__ == name
