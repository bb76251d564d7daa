"""The section on marked thresholds prints what it says."""

import re
from pathlib import Path

import fastgrad as fg

PAGE = Path(__file__).parents[2] / "docs" / "user_models.md"


def test_the_documented_example(tmp_path, capsys):
    section = PAGE.read_text().split("## Marked thresholds")[1]
    code, printed = re.search(
        r"```python\n(.*?)```\n\n```text\n(.*?)```", section, re.DOTALL
    ).groups()
    path = tmp_path / "example.py"
    path.write_text(code)
    exec(compile(code, path, "exec"), {"fg": fg, "__name__": "__main__"})
    assert capsys.readouterr().out.strip() == printed.strip()
