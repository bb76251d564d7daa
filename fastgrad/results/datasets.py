"""Sweeps as labelled arrays of xarray."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..extras import require

# Of each output, method, component of the gradient and point; then all but the component.
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
    """(output, method, parameter, point), with the points as a grid where they are one.

    Output is a dimension where there are several.
    """
    xarray = require("xarray", "to_xarray()")
    rows = [row for row in sweep.rows() if row["reason"] is None]
    axes: dict[str, list[Any]] = {} if sweep.outputs is None else {"output": [*sweep.outputs]}
    for name in ("method", "parameter"):
        axes[name] = list(dict.fromkeys(row[name] for row in rows))
    axes["point"] = list(range(len(sweep)))
    arrays = _arrays(rows, QUANTITIES, axes)
    wholes = _arrays(rows, WHOLE, {k: v for k, v in axes.items() if k != "parameter"})
    if "exact" in arrays and np.isnan(arrays["exact"][1]).all():
        del arrays["exact"]
    values = np.array([sweep.vector(one) for one in sweep]).reshape(len(sweep), -1)
    taken = {*arrays, *wholes, *axes}
    names = [f"theta.{name}" if name in taken else name for name in sweep.names]
    made = xarray.Dataset(
        arrays | wholes,
        coords=axes | {name: ("point", values[:, k]) for k, name in enumerate(names)},
    )
    return _as_grid(made, [names[k] for k in sweep.moving()], values[:, sweep.moving()])


def _arrays(
    rows: list[dict[str, Any]], quantities: tuple[str, ...], axes: dict[str, list[Any]]
) -> dict[str, tuple]:
    """Each quantity as (dimensions, array), NaN where there is none."""
    shape = [len(values) for values in axes.values()]
    where = {name: {value: k for k, value in enumerate(values)} for name, values in axes.items()}
    made = {name: (tuple(axes), np.full(shape, np.nan)) for name in quantities}
    for row in rows:
        place = tuple(where[name][row[name]] for name in axes)
        for name, (_, array) in made.items():
            if row.get(name) is not None:
                array[place] = row[name]
    return made


def _as_grid(made: Any, names: list[str], values: np.ndarray) -> Any:
    """The points by their parameters, if every combination is there once."""
    levels = [len(np.unique(values[:, k])) for k in range(len(names))]
    distinct = len({tuple(point) for point in values.tolist()})
    if not names or len(values) != int(np.prod(levels)) or distinct != len(values):
        return made
    return made.drop_vars("point").set_index(point=names).unstack("point") if len(names) > 1 else (
        made.drop_vars("point").swap_dims(point=names[0]))  # fmt: skip
