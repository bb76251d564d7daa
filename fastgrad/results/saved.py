"""Results in files: the ending says in which format."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..extras import require

ENDINGS = (".csv", ".json", ".parquet", ".nc", ".html")


def save(result: Any, path: str | Path) -> Path:
    """Write a result as CSV, JSON, Parquet, NetCDF or an HTML report.

    Raises
    ------
    ValueError
        For another ending, or a result that has no such form.
    ImportError
        If the format needs an extra that is not installed: which one.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"the ending must be one of {', '.join(ENDINGS)}, got {target.name!r}")
    if ending == ".csv":
        _csv(result.rows(), target)
    elif ending == ".json":
        text = json.dumps(_plain(result.to_dict()), indent=2, ensure_ascii=False, allow_nan=False)
        target.write_text(text, encoding="utf-8")
    elif ending == ".parquet":
        require("pyarrow", "save() as Parquet")
        _flat(result.to_frame()).to_parquet(target)
    elif ending == ".nc":
        if not hasattr(result, "to_xarray"):
            raise ValueError(f"{type(result).__name__} has no form for NetCDF; use .csv or .json")
        result.to_xarray().to_netcdf(target, engine="scipy")
    else:
        from .report import report_page

        target.write_text(report_page([result]), encoding="utf-8")
    return target


def _csv(rows: list[dict[str, Any]], target: Path) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: Any) -> Any:
    """Numbers to the last bit; sentences joined."""
    if isinstance(value, float):
        return repr(float(value))
    return "; ".join(map(str, value)) if isinstance(value, (tuple, list)) else value


def _flat(frame: Any) -> Any:
    """Columns of sentences as text, which every format has."""
    made = frame.copy()
    for name in made.columns:
        if made[name].map(lambda value: isinstance(value, (tuple, list, dict))).any():
            made[name] = made[name].map(_cell)
    return made


def _plain(value: Any) -> Any:
    """None in place of numbers that JSON does not have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value.tolist() if hasattr(value, "tolist") else value
