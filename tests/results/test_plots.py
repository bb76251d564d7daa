"""Labels of curves: never on top of each other, never without their method's look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("matplotlib")

from fastgrad.methods import METHODS
from fastgrad.results.plots.labels import apart, coinciding
from fastgrad.results.plots.style import looks

heights = st.lists(st.floats(0.0, 400.0), min_size=1, max_size=12)


@given(heights)
def test_labels_are_apart_inside_and_in_order(given_heights):
    placed = apart(given_heights, 15.0, 0.0, 400.0)
    order = np.argsort(given_heights, kind="stable")
    assert np.all(np.diff(np.array(placed)[order]) >= 15.0 - 1e-9)
    assert min(placed) >= 0.0
    assert max(placed) <= 400.0 + 1e-9


def test_labels_that_are_apart_stay_where_they_are():
    assert apart([10.0, 200.0, 30.0], 15.0, 0.0, 400.0) == [10.0, 200.0, 30.0]


def test_two_equal_heights_move_by_half_the_distance_each():
    assert apart([100.0, 100.0], 20.0, 0.0, 400.0) == [90.0, 110.0]


def test_curves_that_cannot_be_told_apart_share_a_label():
    x = np.array([0.0, 1.0])
    curves = {
        "a": (x, np.array([1.0, 10.0])),
        "b": (x, np.array([1.0, 5.0])),
        "c": (x, np.array([1.001, 10.0])),
    }
    assert coinciding(curves) == [["a", "c"], ["b"]]


def test_every_method_has_a_look_and_variants_differ():
    variants = {name: name for name in METHODS} | {"wd one": "wd", "wd hahn-jordan": "wd"}
    made = looks(variants)
    assert set(made) == set(variants)
    assert len({made[label] for label in ("wd", "wd one", "wd hahn-jordan")}) == 3
