"""The stubs say what the packages have: `python tests/stubs.py` writes them anew."""

from stubs import stubs


def test_stubs_are_those_of_the_tables():
    old = [file.name for file, text in stubs().items() if file.read_text() != text]
    assert not old, "run python tests/stubs.py"
