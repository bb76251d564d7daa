"""Dask's workers as an executor."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from ..extras import require

PURPOSE = "an executor of Dask's workers"


class DaskExecutor(Executor):
    """The workers of a `distributed.Client`, as `executor=` takes them: what `dask_executor` makes.

    Each task is a chunk: data, and users' functions as source. It runs on one thread of its worker.
    A task whose worker is lost is given to another one, as often as the scheduler allows.
    """

    def __init__(self, client: Any, retries: int = 3) -> None:
        self.client, self.retries = client, retries

    @property
    def workers(self) -> int:
        """Tasks that run at a time."""
        return max(1, sum(self.client.nthreads().values()))

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        """A future of the standard library, for one call on some worker.

        Parameters
        ----------
        fn : callable
            What pickle can send.
        *args, **kwargs
            Its arguments.

        Returns
        -------
        concurrent.futures.Future
            Raises BrokenExecutor where its workers were lost too often.
        """
        made: Future = Future()
        made.set_running_or_notify_cancel()
        remote = self.client.submit(fn, *args, pure=False, retries=self.retries, **kwargs)
        remote.add_done_callback(lambda done: self._finish(done, made))
        made.remote = remote  # type: ignore[attr-defined]  # as long as it is held it is computed
        return made

    def _finish(self, remote: Any, made: Future) -> None:
        if remote.status == "finished":
            try:
                made.set_result(remote.result())
            except BaseException as lost:  # its worker was lost after it had said that it is done
                made.set_exception(_named(lost))
        else:
            made.set_exception(_named(remote.exception() if remote.status == "error" else None))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing: the client belongs to who made it."""


def _named(error: BaseException | None) -> BaseException:
    """The error as the engine knows it, which keeps what was done before workers were lost."""
    gone = ("KilledWorker", "FutureCancelledError", "CancelledError", "CommClosedError")
    if error is None or type(error).__name__ in gone:
        return BrokenExecutor(f"Dask: {error or 'the scheduler is gone'}")
    return error


def dask_executor(client: Any, retries: int = 3) -> DaskExecutor:
    """The workers of a Dask cluster as an executor.

    Parameters
    ----------
    client : distributed.Client, or str
        A client, or the address of a scheduler such as "tcp://node7:8786".
    retries : int
        How often a task is tried again that raised an error; tasks of lost workers are always
        given to others.

    Returns
    -------
    concurrent.futures.Executor
        For `executor=`: the numbers are those of one process, whatever the number of workers.

    Raises
    ------
    ImportError
        Without the extra `dask`.
    TypeError
        If it is no client.
    """
    distributed = require("distributed", PURPOSE)
    if isinstance(client, str):
        client = distributed.Client(client, set_as_default=False)
    if not isinstance(client, distributed.Client):
        raise TypeError(f"client must be a distributed.Client or an address, got {client!r}")
    return DaskExecutor(client, retries)
