"""The exact values of reference_values.json, and which of them a test has looked at."""

import json
from pathlib import Path

import pytest

REFERENCES = json.loads((Path(__file__).parent / "reference_values.json").read_text())
TESTED: set[str] = set()


def for_each(names):
    """Parametrize a test by names of reference values, which count as tested from now on."""
    names = list(names)
    TESTED.update(names)
    return pytest.mark.parametrize("name", names)


def value(name):
    """A reference value, or a list of them."""
    return REFERENCES[name]["value"]


def beginning(*prefixes):
    """All names that begin so."""
    return [name for name in REFERENCES if name.startswith(prefixes)]
