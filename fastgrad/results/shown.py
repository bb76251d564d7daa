"""What every result can do with its rows: become a table of pandas, or of a notebook."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from ..extras import require


class Shown:
    """Base of results that are tables: those have `rows()` of plain values."""

    def rows(self) -> list[dict[str, Any]]:
        """Plain values, one dict for each row of the table."""
        raise NotImplementedError

    def to_frame(self) -> Any:
        """The rows as a pandas DataFrame (needs the extra `tables`)."""
        return require("pandas", "to_frame()").DataFrame(self.rows())

    def save(self, path: str | Path) -> Path:
        """Write it to a file: .csv, .json, .parquet, .nc (NetCDF, of sweeps) or .html (a report).

        Parquet needs the extra `tables`, NetCDF `arrays`; figures in a report need `plots`.

        Returns
        -------
        Path

        Raises
        ------
        ValueError, ImportError
            For another ending, or where the extra is missing.
        """
        from .saved import save

        return save(self, path)

    def _repr_html_(self) -> str:
        """What a notebook shows: the printed table, its columns aligned."""
        return f"<pre>{html.escape(str(self))}</pre>"
