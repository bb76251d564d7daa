"""Code compiled from a file that was edited meanwhile is not kept under the file's new name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path

import numpy as np

import fastgrad as fg
from fastgrad.kernels.distributions import exponential

file = Path(exponential.__file__)
if "edit" in sys.argv:
    file.write_text(file.read_text().replace("return -mean * log", "return -2.0 * mean * log"))
row = fg.Exponential.operation("variate").compiled.ctypes
arrays = [np.array([0.5]) for _ in range(7)]
arrays[4][0] = 1.0
row(1, 1, *(a.ctypes.data_as(t) for a, t in zip(arrays, row.argtypes[2:])))
print(arrays[5][0])
"""


def test_an_edit_during_the_run_does_not_poison_the_cache(tmp_path):
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "fastgrad", tmp_path / "fastgrad", ignore=ignored)
    shutil.copytree(ROOT / "kernels", tmp_path / "fastgrad" / "kernels", ignore=ignored)
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = os.environ | {"FASTGRAD_CACHE_DIR": str(tmp_path / "cache")}

    def run(*arguments: str) -> float:
        done = subprocess.run(
            [sys.executable, "script.py", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
        return float(done.stdout)

    once = run("edit")  # the old code, which was imported before the edit
    twice = run()  # the new code
    assert twice == 2.0 * once
