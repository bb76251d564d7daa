"""Phantoms of an inventory on given demands, against the slow recursion."""

import ctypes

import numpy as np
import pytest
from fastgrad.kernels.models.inventory import inventory as kernel
from inventory_oracle import paths

import fastgrad as fg

LANES = 16
PRICES = {"holding": 1.0, "backlog": 9.0, "fixed": 5.0, "unit": 0.7}


def call(model, x, first, second):
    """Output (lanes,) and Σ Y(X⁺) - Y(X⁻), (lanes,)."""
    values = [float(v) for v in model.structure().values()]
    structure = np.repeat(values, LANES)
    counts, index = model.counts(), np.zeros(1, np.int64)
    y, out = np.zeros(LANES), np.full(LANES, np.nan)
    work = np.full((model.work() + 1) * LANES, np.nan)
    real, whole = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_int64)
    rows = [np.ascontiguousarray(r) for r in (structure, x, first, second)]
    given = [r.ctypes.data_as(real) for r in rows]
    kernel.phantoms.compiled.ctypes(
        LANES, counts.ctypes.data_as(whole), counts.ctypes.data_as(whole), given[0], *given,
        index.ctypes.data_as(whole), y.ctypes.data_as(real), out.ctypes.data_as(real),
        work.ctypes.data_as(real),
    )  # fmt: skip
    return y, out


@pytest.mark.parametrize("measure", ["level", "cost", "service", "stockout", "fill"])
@pytest.mark.parametrize("lead", [0, 1, 3, 9])
def test_phantoms(measure, lead):
    periods = 8
    generator = np.random.default_rng(lead)
    x, plus, minus = generator.exponential(0.8, (3, periods, LANES))
    model = fg.Inventory(
        0.4, 1.9, fg.Exponential(0.8), periods, measure=measure, lead=lead, **PRICES
    )
    options = {"prices": tuple(PRICES.values()), "lead": lead, "mean": 0.8}
    y, out = call(model, x, plus, minus)
    np.testing.assert_allclose(y, paths(0.4, 1.9, x, measure, **options), rtol=1e-12, atol=1e-14)
    wanted = np.zeros(LANES)
    for n in range(periods):
        for sign, replaced in ((1.0, plus), (-1.0, minus)):
            changed = x.copy()
            changed[n] = replaced[n]
            wanted += sign * paths(0.4, 1.9, changed, measure, **options)
    np.testing.assert_allclose(out, wanted, atol=1e-11)
