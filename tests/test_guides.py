"""The guides work when followed literally, in a copy of the package."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r"```\{code-block\} python\n:caption: (.+?)\n(.*?)\n```", re.DOTALL)


def follow(guide: Path, copy: Path) -> Path:
    """Do what the guide says in the copy; the script of its last step."""
    script = copy / "try_it.py"
    for caption, code in BLOCK.findall(guide.read_text()):
        if caption == "try it":
            before = script.read_text() if script.exists() else ""
            script.write_text(f"{before}{code}\n")
            continue
        name, what = re.fullmatch(r"(\S+) \((.+)\)", caption).groups()
        target = copy / name.replace("kernels/", "fastgrad/kernels/", 1)
        if what == "new":
            assert not target.exists(), f"{name} is new in the guide but exists"
            target.write_text(code + "\n")
        else:
            after = what.removeprefix("after ")
            lines = target.read_text().splitlines()
            at = next(i for i, line in enumerate(lines) if line.strip().startswith(f"{after}:"))
            target.write_text("\n".join([*lines[: at + 1], code, *lines[at + 1 :]]) + "\n")
    return script


@pytest.mark.slow
def test_the_readme_runs_as_it_stands(capsys):
    """All its Python, one block after the other, with fewer replications."""
    text, names = (ROOT / "README.md").read_text(), {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        fewer = block.replace("1_000_000", "20_000").replace("precision=0.01", "precision=0.1")
        exec(compile(fewer, "README.md", "exec"), names)
    assert "dE[Y]/dθ by ipa at 0.5" in capsys.readouterr().out


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_guide(guide: Path, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "fastgrad", tmp_path / "fastgrad", ignore=ignored)
    shutil.copytree(ROOT / "kernels", tmp_path / "fastgrad" / "kernels", ignore=ignored)
    script = follow(guide, tmp_path)
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
