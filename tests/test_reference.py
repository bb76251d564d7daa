"""The reference page names everything that is public."""

import importlib.util
from pathlib import Path

import pytest

import fastgrad as fg

FILE = Path(__file__).parents[1] / "docs" / "generate.py"


@pytest.fixture(scope="module")
def pages():
    found = importlib.util.spec_from_file_location("docs_generate", FILE)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_every_public_name_is_in_the_reference_once(pages):
    text = pages.reference()
    for name in fg._HOME:
        assert text.count(f"autoclass:: fastgrad.{name}\n") + text.count(
            f"autofunction:: fastgrad.{name}\n"
        ) == 1, name  # fmt: skip
    assert "## More" not in text, "a room without a heading: add it to SECTIONS"
    assert all(f"fastgrad.exact.{name}\n" in text for name in fg.exact.__all__)


def test_every_command_is_on_the_page(pages):
    text = pages.commands()
    for command in ("run", "compare", "sweep", "minimize", "explain", "report", "new", "models"):
        assert f"## `fastgrad {command}" in text
