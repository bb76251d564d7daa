"""Optional dependencies: imported when first needed, missed with advice."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

EXTRAS = {
    "distributed": "dask",
    "jax": "jax",
    "matplotlib": "plots",
    "mpi4py": "mpi",
    "pandas": "tables",
    "pyarrow": "tables",
    "torch": "torch",
    "xarray": "arrays",
}


def require(package: str, purpose: str) -> Any:
    """Import a package of an optional extra.

    Raises
    ------
    ImportError
        If it is not installed: one line that says how to install it.
    """
    try:
        module: ModuleType = importlib.import_module(package)
    except ImportError:
        extra = EXTRAS[package.partition(".")[0]]
        raise ImportError(
            f'{purpose} needs {package.partition(".")[0]}: pip install "fastgrad[{extra}]"'
        ) from None
    return module
