"""Chunks on an executor: a second or more each, with enough of them under way, in order."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

SECONDS_IN_TASK = 1.0  # at least; sending one costs some milliseconds
# One scheduler serves all workers, and Dask's takes up to 5 ms for a task: with 1,000 workers,
# tasks of a second would be 1,000 a second, five times what it can give out.
SECONDS_A_WORKER = 0.02
AHEAD = 4  # tasks for each worker under way or waiting to be merged
# The last tasks are smaller, so that all workers end together: half of what is left for each of
# them, but not below an eighth of a task, for the scheduler's sake.
SHARES, SMALLEST = 2, 8


def on_executor(
    executor: Executor,
    task: Callable[[int, int], Any],
    first: int,
    last: int,
    size: int,
    most: int,
    leaf: int,
) -> Iterator[Any]:
    """Results of the samples first … last - 1 in order; task(start, count) makes a task.

    Sizes follow the rate that workers report; results do not depend on them.
    """
    workers = workers_of(executor)
    wanted = max(SECONDS_IN_TASK, SECONDS_A_WORKER * workers)
    waiting: deque = deque()
    ahead = workers  # until the rate is known: each of them compiles with its first task
    try:
        while first < last or waiting:
            while first < last and len(waiting) < ahead:
                share = (last - first) // (SHARES * workers)
                even = -(-max(share, size // SMALLEST) // leaf) * leaf
                count = min(size, even, last - first)
                waiting.append((count, executor.submit(timed, task(first, count))))
                first += count
            count, future = waiting.popleft()
            seconds, found = future.result()
            size = next_size(count, seconds, wanted, leaf, most, fold=most)
            ahead = AHEAD * workers
            yield found
    finally:
        for _, future in waiting:
            future.cancel()


def timed(task: Any) -> tuple[float, Any]:
    """What a worker does: a task on one thread, so that no machine has more threads than workers,
    and the seconds that it took."""
    began = time.perf_counter()
    found = task.execute(1)
    return time.perf_counter() - began, found


def workers_of(executor: Executor) -> int:
    """Tasks that an executor runs at a time, as far as it says."""
    for name in ("workers", "_max_workers", "num_workers"):
        found = getattr(executor, name, None)
        if isinstance(found, int) and found > 0:
            return found
    return os.cpu_count() or 1


def next_size(
    size: int, seconds: float, wanted: float, leaf: int, most: int, fold: float = 4.0
) -> int:
    """Chunks grow (at most so many times at once) or shrink towards so many seconds."""
    scaled = size * min(fold, max(0.25, wanted / max(seconds, 1e-9)))
    return int(min(most, max(1, scaled // leaf) * leaf))
