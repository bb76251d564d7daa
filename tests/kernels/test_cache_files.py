"""A cache that heals itself, trusts only its owner, and never stops a run."""

import errno
import os
import pickle
import stat
import subprocess
import sys
import time
import warnings

import pytest
from fastgrad.kernels.jit import cache, cache_files

from fastgrad.cli import doctor

NAME = "f-module-1-0123456789abcdef.py311.0.fgc"
PAYLOAD = bytes(range(256)) * 8
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root can give a file away")


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("FASTGRAD_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache_files, "_said", set())
    return tmp_path / "cache"


@pytest.fixture
def file(folder):
    assert cache_files.write(NAME, PAYLOAD)
    return folder / NAME


def advice():
    return " ".join(doctor.examine().advice)


def test_what_was_written_is_read_and_only_the_owner_can_look(folder, file):
    assert cache_files.read(NAME) == PAYLOAD
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(folder) == [NAME]


def test_reading_marks_a_file_as_used(file):
    os.utime(file, (0, 0))
    cache_files.read(NAME)
    assert file.stat().st_mtime > time.time() - 60.0


def test_no_damage_is_read(folder, file):
    whole = file.read_bytes()
    flipped = []
    for bit in range(0, 8 * len(whole), 7):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        flipped.append(bytes(changed))
    truncated = [whole[:size] for size in range(0, len(whole), 13)]
    for damaged in [*flipped, *truncated, whole + b"\0", b"\0" * len(whole)]:
        file.write_bytes(damaged)
        assert cache_files.read(NAME) is None
        assert not file.exists()


def test_a_file_under_the_name_of_another_is_not_read(folder, file):
    file.rename(folder / f"g{NAME}")
    assert cache_files.read(f"g{NAME}") is None


def test_nothing_that_is_no_file_is_opened(folder, file):
    file.rename(folder / "elsewhere")
    file.symlink_to(folder / "elsewhere")
    assert cache_files.read(NAME) is None
    file.unlink(missing_ok=True)
    os.mkfifo(file)
    assert cache_files.read(NAME) is None


def test_doctor_sees_damaged_files(folder, file):
    assert doctor.examine().facts["cache"]["damaged_files"] == 0
    file.write_bytes(file.read_bytes()[:-1])
    assert doctor.examine().facts["cache"]["damaged_files"] == 1
    assert "1 damaged file" in advice()


class Planted:
    """Unpickled, it leaves a trace."""

    def __init__(self, trace):
        self.trace = str(trace)

    def __reduce__(self):
        return os.mkdir, (self.trace,)


def planted(file, trace):
    """What somebody writes who knows the format."""
    file.write_bytes(cache_files.sealed(file.name, pickle.dumps(Planted(trace))))


@needs_root
def test_a_file_of_another_user_is_not_loaded(folder, file):
    os.chown(file, 12345, -1)
    with pytest.warns(RuntimeWarning, match="belongs to another user"):
        assert cache_files.read(NAME) is None
    assert cache_files.write(NAME, PAYLOAD)  # compiled again, it is ours
    assert cache_files.read(NAME) == PAYLOAD


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_not_loaded(file, mode):
    file.chmod(mode)
    assert "may have been written by others" in advice()
    with pytest.warns(RuntimeWarning, match="can be written by other users"):
        assert cache_files.read(NAME) is None


@needs_root
def test_a_folder_of_another_user_is_neither_read_nor_written(folder, file):
    os.chown(folder, 12345, -1)
    assert "belongs to another user" in advice()
    with pytest.warns(RuntimeWarning, match="belongs to another user"):
        assert cache_files.read(NAME) is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it was said
        assert not cache_files.write(f"g{NAME}", PAYLOAD)
    assert os.listdir(folder) == [NAME]


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_folder_that_others_may_write_is_neither_read_nor_written(folder, file, mode):
    folder.chmod(mode)
    assert "can be written by other users" in advice()
    with pytest.warns(RuntimeWarning, match="can be written by other users"):
        assert cache_files.read(NAME) is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it was said
        assert not cache_files.write(f"g{NAME}", PAYLOAD)


def refusing(number):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("step", ["open", "replace", "mkdir"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_file_system_that_refuses_costs_no_run(monkeypatch, folder, file, step, number):
    monkeypatch.setattr(cache_files.os, step, refusing(number))
    quiet = number in (errno.EROFS, errno.EACCES)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(2):
            assert cache_files.write(f"g{NAME}", PAYLOAD) == (step == "mkdir")
    assert len(told) == (0 if quiet or step == "mkdir" else 1)
    monkeypatch.undo()


@pytest.fixture
def full_disk(tmp_path):
    """A file system of 64 KB, with 4 KB left."""
    place = tmp_path / "small"
    place.mkdir()
    if not ROOT or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "fg", place],
                                  capture_output=True).returncode:  # fmt: skip
        pytest.skip("no file system can be mounted here")
    try:
        (place / "cache").mkdir(mode=0o700)
        (place / "rest").write_bytes(bytes(60_000))
        yield place / "cache"
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk_leaves_nothing_behind(monkeypatch, full_disk):
    monkeypatch.setattr(cache_files, "_said", set())
    monkeypatch.setenv("FASTGRAD_CACHE_DIR", str(full_disk))
    with pytest.warns(RuntimeWarning, match="No space left"):
        assert not cache_files.write(NAME, bytes(100_000))
    assert os.listdir(full_disk) == []
    (full_disk.parent / "more").write_bytes(bytes(4096))
    assert "No space left" in advice()


def test_temporary_files_of_killed_processes_are_dropped(folder, file):
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    host = os.uname().nodename
    mine = folder / f"{NAME}.tmp.{host}.{os.getpid()}.00"
    dead = folder / f"{NAME}.tmp.{host}.{killed.pid}.00"
    elsewhere, old = folder / f"{NAME}.tmp.other.5.00", folder / f"{NAME}.tmp.abc"
    for path in (mine, dead, elsewhere, old):
        path.touch()
    os.utime(old, (0, 0))
    assert "2 temporary files" in advice()
    assert cache_files.prune() == 2
    assert {path.name for path in folder.iterdir()} == {NAME, mine.name, elsewhere.name}


def test_old_files_are_dropped(folder, file):
    os.utime(file, (0, 0))
    assert cache_files.prune() == 1
    assert os.listdir(folder) == []


PROGRAM = """
import fastgrad as fg
from fastgrad.user.pilots.paths import Paths

made = fg.Simulation(lambda x, p: 3.0 * x.s, {"s": fg.Exponential(1.0)})
paths = Paths(made, 1, 0, 16)
print(paths.outputs()[0] / paths.variates()[0, 0], made.operation("simulate").compiled.cache_hits)
"""


def run(folder):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True,
        env={**os.environ, "FASTGRAD_CACHE_DIR": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    factor, hits = done.stdout.split()
    assert float(factor) == pytest.approx(3.0)
    return int(hits), done.stderr


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A cache folder with the code of the program."""
    made = tmp_path_factory.mktemp("used") / "cache"
    assert run(made) == (0, "")
    assert run(made) == (1, "")
    return made


def test_a_run_heals_a_damaged_cache(used):
    for k, path in enumerate(sorted(used.iterdir())):
        whole = path.read_bytes()
        path.write_bytes(b"" if k % 2 else whole[:100] + b"?" + whole[101:])
    assert run(used) == (0, "")
    assert run(used) == (1, "")


def test_code_that_is_whole_but_of_something_else_is_compiled_again(used):
    for path in used.iterdir():
        path.write_bytes(cache_files.sealed(path.name, pickle.dumps(("a key", "code"))))
    assert run(used) == (0, "")
    assert run(used) == (1, "")


@needs_root
def test_planted_code_of_another_user_does_not_run(used, tmp_path):
    trace = tmp_path / "ran"
    for path in used.iterdir():
        planted(path, trace)
        os.chown(path, 12345, -1)
    hits, said = run(used)
    assert hits == 0
    assert "belongs to another user" in said
    assert not trace.exists()
    assert run(used) == (1, "")


def test_the_folder_is_made_when_something_is_kept_and_not_before(folder):
    assert cache_files.read(NAME) is None
    assert not folder.exists()
    assert cache.KernelCache(advice).cache_path == str(folder)
