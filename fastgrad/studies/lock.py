"""One process at a time: a lock that the system takes back when its owner is killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from pathlib import Path

from ..errors import StoreError

_held: set[int] = set()


def _after_fork() -> None:
    # Workers of a pool outlive a killed parent, and must not keep its lock.
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_after_fork)


class Lock:
    """Held from its making until `release`, by a file beside the store.

    Raises
    ------
    StoreError
        If another process holds it: with its number and machine.
    """

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".lock")
        self.descriptor = self._taken(store)
        _held.add(self.descriptor)
        os.ftruncate(self.descriptor, 0)
        with contextlib.suppress(OSError):  # no space: others are refused without its name
            os.write(self.descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())

    def _taken(self, store: Path) -> int:
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = os.read(descriptor, 200).decode(errors="replace") or "another process"
                os.close(descriptor)
                raise StoreError(
                    f"store {str(store)!r} is in use by {owner}: wait until it is done, or give "
                    "another store"
                ) from None
            if self._is_current(descriptor):
                return descriptor
            os.close(descriptor)  # its owner removed it between the two calls

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Remove the file, then let go."""
        if self.descriptor in _held:
            _held.discard(self.descriptor)
            self.path.unlink(missing_ok=True)
            os.close(self.descriptor)
