"""Chunks on an executor: about a second each, with enough of them under way, in order."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

SECONDS_IN_TASK = 1.0  # sending one costs some milliseconds
AHEAD = 4  # tasks for each worker under way or waiting to be merged
SHARES = 2  # the last tasks are this part of what is left for each worker, so that all end together


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
    waiting: deque = deque()
    try:
        while first < last or waiting:
            while first < last and len(waiting) < AHEAD * workers:
                share = -(-(last - first) // (SHARES * workers * leaf)) * leaf
                count = min(size, max(leaf, share), last - first)
                waiting.append((count, executor.submit(timed, task(first, count))))
                first += count
            count, future = waiting.popleft()
            seconds, found = future.result()
            size = next_size(count, seconds, SECONDS_IN_TASK, leaf, most)
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
    for name in ("slots", "_max_workers", "num_workers"):
        found = getattr(executor, name, None)
        if isinstance(found, int) and found > 0:
            return found
    return os.cpu_count() or 1


def next_size(size: int, seconds: float, wanted: float, leaf: int, most: int) -> int:
    """Chunks grow or shrink towards so many seconds, at most fourfold at a time."""
    scaled = size * min(4.0, max(0.25, wanted / max(seconds, 1e-9)))
    return int(min(most, max(1, scaled // leaf) * leaf))
