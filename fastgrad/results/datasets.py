"""Sweeps as labelled arrays of xarray."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..extras import require

# Of each method, component of the gradient and point; then of each method and point.
QUANTITIES = (
    "gradient",
    "standard_error",
    "low",
    "high",
    "variance",
    "variance_time",
    "z",
    "exact",
)
WHOLE = ("performance", "performance_error", "replications", "seconds")


def dataset(sweep: Any) -> Any:
    """(method, parameter, point), with the points as a grid where they are one."""
    xarray = require("xarray", "to_xarray()")
    rows = [row for row in sweep.rows() if row["reason"] is None]
    methods = list(dict.fromkeys(row["method"] for row in rows))
    parameters = list(dict.fromkeys(row["parameter"] for row in rows))
    shape = len(methods), len(parameters), len(sweep)
    arrays = {name: np.full(shape, np.nan) for name in QUANTITIES}
    wholes = {name: np.full((shape[0], shape[2]), np.nan) for name in WHOLE}
    for row in rows:
        m, p = methods.index(row["method"]), parameters.index(row["parameter"])
        for name, array in arrays.items():
            if row.get(name) is not None:
                array[m, p, row["point"]] = row[name]
        for name, whole in wholes.items():
            whole[m, row["point"]] = row[name]
    if np.isnan(arrays["exact"]).all():
        del arrays["exact"]
    values = np.array([sweep.vector(one) for one in sweep]).reshape(len(sweep), -1)
    taken = {*arrays, *wholes, "method", "parameter", "point"}
    names = [f"theta.{name}" if name in taken else name for name in sweep.names]
    made = xarray.Dataset(
        {name: (("method", "parameter", "point"), array) for name, array in arrays.items()}
        | {name: (("method", "point"), array) for name, array in wholes.items()},
        coords={"method": methods, "parameter": parameters, "point": np.arange(len(sweep))}
        | {name: ("point", values[:, k]) for k, name in enumerate(names)},
    )
    return _as_grid(made, [names[k] for k in sweep.moving()], values[:, sweep.moving()])


def _as_grid(made: Any, names: list[str], values: np.ndarray) -> Any:
    """The points by their parameters, if every combination is there once."""
    levels = [len(np.unique(values[:, k])) for k in range(len(names))]
    distinct = len({tuple(point) for point in values.tolist()})
    if not names or len(values) != int(np.prod(levels)) or distinct != len(values):
        return made
    return made.drop_vars("point").set_index(point=names).unstack("point") if len(names) > 1 else (
        made.drop_vars("point").swap_dims(point=names[0]))  # fmt: skip
