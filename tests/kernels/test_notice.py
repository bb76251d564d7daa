"""Who waits for the compiler is told, once; pipes stay clean."""

import io
import subprocess
import sys

import pytest
from fastgrad.kernels.jit import notice


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def watched(monkeypatch):
    monkeypatch.setattr(notice, "watched", lambda: True)


def test_what_takes_long_is_said_once(watched, capsys):
    told = notice.Notice(patience=0.02)
    told.begin("replicate", "/cache")
    told._timer.join()
    told.end()
    told.begin("another", "/cache")
    assert told._timer is None
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "compiling replicate" in said


def test_what_is_quick_is_not_said(watched, capsys):
    told = notice.Notice(patience=60.0)
    told.begin("replicate", "/cache")
    waiting = told._timer
    told.end()
    waiting.join()
    assert capsys.readouterr().err == ""


def test_pipes_stay_clean_unless_asked(monkeypatch):
    monkeypatch.delenv("FASTGRAD_VERBOSE", raising=False)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert notice.watched()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not notice.watched()
    monkeypatch.setenv("FASTGRAD_VERBOSE", "1")
    assert notice.watched()


def test_starting_does_not_load_the_statistics_of_scipy():
    program = (
        "import sys, fastgrad as fg; fg.gradient, fg.SingleServerQueue, fg.Simulation; "
        "print([m for m in ('scipy.stats', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
