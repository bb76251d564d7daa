"""`fastgrad doctor`: facts about this machine, and advice for every kind of trouble."""

import importlib.metadata
import json
import os
from pathlib import Path

import numba
import pytest
from fastgrad.kernels.jit import stamps

from fastgrad.cli import doctor


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("FASTGRAD_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_versions_are_the_installed_ones():
    versions = doctor.examine().facts["versions"]
    for package in doctor.PACKAGES:
        assert versions[package] == importlib.metadata.version(package)


def test_the_report_is_json():
    plain = json.loads(json.dumps(doctor.examine().to_dict(), allow_nan=False))
    assert plain["threads"]["used"] == numba.config.NUMBA_NUM_THREADS


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="no other way to know")
def test_the_vector_width_is_that_of_the_processor():
    flags = next(
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")
    ).split()
    width = 512 if "avx512f" in flags else 256 if "avx" in flags else 128
    assert doctor.examine().facts["processor"]["vector_bits"] == width


def file_of(folder, module, stamp, size, suffix=".nbc"):
    path = folder / f"loop-{module}-12-{stamp}.py311.1{suffix}"
    path.write_bytes(bytes(size))


def test_an_empty_cache_is_said_to_be_empty(folder):
    made = doctor.examine()
    assert made.facts["cache"]["folder"] == str(folder)
    assert made.facts["cache"]["files"] == 0
    assert any("nothing is compiled yet" in line for line in made.advice)


def test_files_of_today_and_of_older_sources_are_told_apart(folder):
    file_of(folder, "distributions.exponential", stamps.stamp_of("distributions.exponential"), 100)
    file_of(folder, "distributions.exponential", "0" * 16, 7)
    file_of(folder, "a_users.module", "0" * 16, 11)
    found = doctor.examine().facts["cache"]
    assert (found["files"], found["bytes"]) == (3, 118)
    assert (found["old_files"], found["old_bytes"]) == (1, 7)


def test_much_old_code_gets_advice():
    found = {
        "folder": "here", "distrust": None, "writable": True, "files": 3, "bytes": 3,
        "old_files": 1, "old_bytes": 300_000_000, "damaged_files": 0, "foreign_files": 0,
        "temporary_files": 0,
    }  # fmt: skip
    assert "300 MB" in doctor._about_cache(found)[0]
    assert doctor._about_cache(found | {"old_bytes": 7}) == []


def test_a_cache_that_cannot_be_written_gets_advice(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FASTGRAD_CACHE_DIR", str(tmp_path / "file" / "cache"))
    made = doctor.examine()
    assert not made.facts["cache"]["writable"]
    assert any("FASTGRAD_CACHE_DIR" in line for line in made.advice)


def test_looking_changes_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("FASTGRAD_CACHE_DIR", str(tmp_path / "not" / "there"))
    assert doctor.examine().facts["cache"]["writable"]
    assert os.listdir(tmp_path) == []


THREADS = [
    ({"cores": 8, "used": 2}, "only 2 of 8 cores"),
    ({"cores": 2, "used": 8}, "NUMBA_NUM_THREADS=2"),
]


@pytest.mark.parametrize(("threads", "advice"), THREADS)
def test_threads_that_do_not_fit_get_advice(threads, advice):
    (line,) = doctor._about_threads(threads)
    assert advice in line


def test_nothing_wrong_means_no_advice():
    assert doctor._about_threads({"cores": 2, "used": 2}) == []
    assert doctor._about_extras({"pandas": "2.2"}) == []


def test_missing_extras_get_advice():
    (line,) = doctor._about_extras({"pandas": None, "matplotlib": "3.10"})
    assert 'pip install "fastgrad[tables]"' in line


def test_an_interpreter_instead_of_a_compiler_gets_advice(monkeypatch):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    assert "NUMBA_DISABLE_JIT" in doctor._about_compiler()[0]
