"""Optimisation of options: what reduces variance at one θ is refused for its steps."""

import pytest

import fastgrad as fg
import fastgrad.finance as fin


@pytest.mark.parametrize("verb", [fg.minimize, fg.maximize])
def test_controls_and_tilts_are_refused_with_the_reason(verb):
    def build(k):
        return fin.Option(fin.GeometricBrownianMotion(100.0, 0.05, 0.2), fin.European(k), 1.0)

    with pytest.raises(ValueError, match="control=: its coefficients come from groups"):
        verb(build, 100.0, control="european")
    with pytest.raises(ValueError, match="importance=: a tilt belongs to the theta"):
        verb(build, 100.0, importance="tilt")
