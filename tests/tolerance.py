"""When an estimate agrees with an exact value: a tolerance that is derived, never tuned.

Of all comparisons of a file together, one in a million fails by chance: each of `cells` may be
off by z standard errors, where z is the normal quantile for 1e-6 / cells on both sides.
"""

import numpy as np
from scipy import stats

FAMILY_WISE = 1e-6


def bound(cells):
    """Standard errors that each of so many comparisons may be off by."""
    return float(stats.norm.isf(FAMILY_WISE / 2 / cells))


def accept(estimate, exact, cells, error=0.0):
    """The gradient (or the value, of an estimate without one) agrees with what is exact.

    exact: as the gradient, a dict by names of θ or a dict of dicts; names that are not in it are
    not compared. error: of `exact` itself, as it or one number for all.
    """
    found = getattr(estimate, "gradient", None)
    if found is None:
        found = estimate.value
    for name, value, wanted, spread, own in _cells(found, exact, estimate.standard_error, error):
        off = np.abs(np.asarray(value) - wanted)
        allowed = bound(cells) * np.asarray(spread) + own + 1e-12 * (1.0 + np.abs(wanted))
        assert np.all(off <= allowed), f"{name}: {value} for {wanted}, allowed {allowed}"


def _cells(found, exact, spread, error, name=""):
    if not isinstance(exact, dict):
        yield name, found, np.asarray(exact, dtype=float), spread, error
        return
    for key, wanted in exact.items():
        own = error[key] if isinstance(error, dict) else error
        yield from _cells(found[key], wanted, spread[key], own, f"{name} {key}".strip())
