"""What all tests share: the exact values, and enough threads to test threads."""

import json
import os
import signal
from pathlib import Path

import pytest

# Before Numba is imported: two threads are two threads even on a machine with one core.
os.environ.setdefault("NUMBA_NUM_THREADS", str(max(2, os.cpu_count() or 1)))

# A shell without job control starts what it puts in the background deaf to Ctrl-C, for which
# some tests wait.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

VALUES = Path(__file__).with_name("reference_values.json")


@pytest.fixture(scope="session")
def reference():
    """reference(key): the exact value; reference.error(key): a bound on its error."""
    table = json.loads(VALUES.read_text())

    def value(key):
        return table[key]["value"]

    value.error = lambda key: table[key]["abs_error"]
    value.table = table
    return value


def pytest_configure(config):
    """Warnings are errors, but for those of estimates: most tests take as few replications as
    their derived tolerance allows, and then an interval may deserve one. The tests of warnings
    (results/test_cautions.py, results/test_coverage.py) ask for them by name."""
    config.addinivalue_line("filterwarnings", "ignore::fastgrad.EstimateWarning")
