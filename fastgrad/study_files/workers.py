"""`executor` of a study file: processes of this machine, MPI, or a Dask cluster."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from ..extras import require
from .mistakes import only_known, unknown

KINDS = {"processes": ("workers",), "dask": ("scheduler",), "mpi": ("workers",)}


def read_executor(given: Any) -> dict[str, Any]:
    """The checked table: {kind, workers or scheduler}; text is a kind."""
    table = {"kind": given} if isinstance(given, str) else given
    if not isinstance(table, Mapping) or table.get("kind") not in KINDS:
        kind = table.get("kind") if isinstance(table, Mapping) else table
        raise ValueError(f"executor: {unknown('kind', kind, KINDS)}")
    options = {key: value for key, value in table.items() if key != "kind"}
    only_known(f"executor: {table['kind']}", options, KINDS[table["kind"]])
    workers = options.get("workers")
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int)):
        raise ValueError(f"executor.workers must be a whole number, got {workers!r}")
    if workers is not None and workers < 1:
        raise ValueError(f"executor.workers must be 1 or more, got {workers}")
    if table["kind"] == "dask" and not isinstance(options.get("scheduler"), str):
        raise ValueError('executor: dask needs scheduler = "tcp://node1:8786"')
    return dict(table)


@contextlib.contextmanager
def opened_executor(table: Mapping[str, Any] | None) -> Iterator[Any]:
    """The executor, closed at the end; None without one."""
    if table is None:
        yield None
        return
    workers = table.get("workers")
    if table["kind"] == "dask":
        from ..executors.dask import dask_executor

        made: Any = dask_executor(table["scheduler"])
        try:
            yield made
        finally:
            made.client.close()
        return
    if table["kind"] == "mpi":
        futures = require("mpi4py.futures", "executor = 'mpi'")
        pool: Any = futures.MPIPoolExecutor(workers)
    else:
        pool = ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn"))
    with pool:
        yield pool
