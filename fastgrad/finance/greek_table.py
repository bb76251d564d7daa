"""Price and Greeks as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..extras import require
from ..results.cautions import lines
from ..results.shown import Shown
from ..results.text_table import Column, number, text_table


class Greek(NamedTuple):
    """One number of an option.

    value, standard_error: not a number where no method is valid
    low, high: 95 % confidence interval
    method: its name, or why there is none
    """

    name: str
    value: float
    standard_error: float
    low: float
    high: float
    method: str


class Greeks(Shown):
    """Price and Greeks with their intervals; each is an attribute, and an item by its name.

    Attributes
    ----------
    price, delta, gamma, vega, rho, theta, vanna, volga : Greek
        Vega, rho, vanna and volga per unit of volatility or rate, not per cent; theta a year. Of
        several assets delta, gamma, vega, vanna, volga and correlation are lists of them, named
        "delta[0]", "gamma[0,1]" (a cross-gamma) and so on.
    replications : int
        Of each.
    warnings : tuple of str
    """

    _title = "price and Greeks"

    def __init__(self, found: dict[str, Greek], replications: int, said: tuple[str, ...]) -> None:
        self._found, self.replications, self.warnings = found, replications, said

    def __getitem__(self, name: str) -> Greek:
        return self._found[name]

    def __iter__(self) -> Iterator[Greek]:
        return iter(self._found.values())

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._found:
            return self._found[name]
        several = [greek for key, greek in self._found.items() if key.startswith(f"{name}[")]
        if name.startswith("_") or not several:
            raise AttributeError(f"no Greek {name!r}; there are {', '.join(self._found)}")
        return several

    def matrix(self, name: str = "gamma") -> np.ndarray:
        """The values of a Greek by two assets: all gammas, or correlations with 0 in the diagonal.

        Parameters
        ----------
        name : {"gamma", "correlation"}

        Returns
        -------
        array of shape (assets, assets)

        Raises
        ------
        ValueError
            For an option on one asset.
        """
        assets = sum(key.startswith("delta[") for key in self._found)
        if not assets:
            raise ValueError("matrix: the option is on one asset")
        made = np.zeros((assets, assets))
        for i in range(assets):
            for j in range(i, assets):
                key = f"{name}[{i}]" if i == j else f"{name}[{i},{j}]"
                if key in self._found:
                    made[i, j] = made[j, i] = self._found[key].value
        return made

    def rows(self) -> list[dict[str, Any]]:
        """One row for each number."""
        return [greek._asdict() for greek in self]

    def __str__(self) -> str:
        columns = [
            Column("name", "greek", right=False),
            Column("value", "value", number(6)),
            Column("standard_error", "std. error", number(2)),
            Column("interval", "95 % interval", right=False),
            Column("method", "method", right=False),
        ]
        write = number(6)
        rows = [
            {**row, "interval": f"[{write(row['low'])}, {write(row['high'])}]"}
            if math.isfinite(row["value"])
            else {**row, "interval": ""}
            for row in self.rows()
        ]
        title = f"{self._title}, {self.replications:,} replications each"
        return "\n".join([title, *text_table(rows, columns), *lines(self.warnings)])

    def plot(self, path: str | None = None) -> Any:
        """Bars of the relative half-widths, with the method beside each (extra `plots`)."""
        require("matplotlib", "plot()")
        from matplotlib.figure import Figure

        known = [greek for greek in self if math.isfinite(greek.value) and greek.value != 0.0]
        figure = Figure(figsize=(6.0, 0.4 * len(known) + 1.2), layout="constrained")
        axes = figure.subplots()
        widths = [0.5 * (greek.high - greek.low) / abs(greek.value) for greek in known]
        axes.barh([f"{greek.name} ({greek.method})" for greek in known], widths)
        axes.invert_yaxis()
        axes.set_xlabel("95 % half-width, relative")
        if path is not None:
            figure.savefig(path)
        return figure
