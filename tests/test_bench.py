"""The programs in bench/ still find what they use of the library; they are run by hand only."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
LOADING = """
import importlib, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    if path.stem in ("__main__", "conftest"):
        continue
    try:
        importlib.import_module(path.stem)
    except ModuleNotFoundError as missing:
        if (pathlib.Path(sys.argv[2]) / f"{missing.name}.py").exists():
            raise
"""


@pytest.mark.parametrize("folder", [BENCH, BENCH / "precision"])
def test_every_program_loads(folder):
    """But for those whose peers are not installed."""
    program = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(BENCH)!r}]\n{LOADING}"
    command = [sys.executable, "-W", "ignore", "-c", program, str(folder), str(BENCH)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
