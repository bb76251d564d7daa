"""An executor on a clock of its own: workers, a scheduler and a network with given delays."""

import dataclasses
import heapq
from collections import deque


@dataclasses.dataclass
class Machine:
    """What a cluster is made of, in seconds, replications and bytes.

    Attributes
    ----------
    rate : replications a second of one worker
    submit : what the caller spends on a task
    schedule : what the one scheduler spends on a task
    latency : one way
    bandwidth : bytes a second into the caller
    leaf_bytes, leaf : what comes back for so many replications
    """

    workers: int
    rate: float = 1.8e6
    submit: float = 0.0007
    schedule: float = 0.005
    latency: float = 0.005
    bandwidth: float = 1.25e9
    leaf_bytes: float = 56.0
    leaf: int = 512

    def predicted(self, seconds):
        """Replications a second of tasks of so many seconds, and what limits them."""
        limits = {
            "workers": self.workers * self.rate,
            "scheduler": seconds * self.rate / max(self.schedule, self.submit),
            "network": self.bandwidth / self.leaf_bytes * self.leaf,
        }
        limit = min(limits, key=limits.get)
        return limits[limit], limit


class Done:
    """A future whose time is known."""

    def __init__(self, executor, at, seconds):
        self.executor, self.at, self.seconds = executor, at, seconds

    def result(self):
        self.executor.now = max(self.executor.now, self.at)
        return self.seconds, None

    def cancel(self):
        return False


class SimulatedExecutor:
    """Runs nothing: a task is the number of its replications."""

    def __init__(self, machine):
        self.machine, self.workers = machine, machine.workers
        self.now = self.scheduler_free = self.network_free = 0.0
        self.free = [0.0] * machine.workers
        self.tasks = deque()

    def submit(self, function, task):
        m = self.machine
        self.now += m.submit
        seconds = task / m.rate
        self.scheduler_free = max(self.now + m.latency, self.scheduler_free) + m.schedule
        began = max(heapq.heappop(self.free), self.scheduler_free + m.latency)
        heapq.heappush(self.free, began + seconds)
        sent = task / m.leaf * m.leaf_bytes / m.bandwidth
        self.network_free = max(self.network_free, began + seconds) + sent
        self.tasks.append((began, seconds))
        return Done(self, self.network_free + m.latency, seconds)
