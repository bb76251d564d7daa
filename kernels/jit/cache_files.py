"""Files of compiled code: whole, this user's own, and nobody else's.

Compiled code is kept as a pickle, and a pickle runs whatever somebody put into it. So a folder
or a file that belongs to another user, or that others may write, is not read; and no byte is
unpickled before the checksum in front of it is found right, for one flipped bit of machine
code ends the process. What is damaged is dropped, and made again by who needs it.

Nothing here raises because of a file: a full disk costs time, never a run.
"""

import contextlib
import errno
import hashlib
import os
import socket
import stat
import time
import warnings
from pathlib import Path

SUFFIX = ".fgc"
FORMAT = b"fastgrad machine code 1\n"
CHECKSUM = hashlib.blake2b(digest_size=32)
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
DAYS_KEPT = 30
# Who writes a file needs milliseconds.
TEMPORARY_SECONDS = 3600.0
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_QUIETLY_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)  # `fastgrad doctor` says it

_said: set[str] = set()


def cache_folder() -> Path:
    """Where compiled code lives: FASTGRAD_CACHE_DIR, else the user's cache folder."""
    chosen = os.environ.get("FASTGRAD_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fastgrad"


def say_once(message: str) -> None:
    """One line of warning, once in a process."""
    if message not in _said:
        _said.add(message)
        # Of no line of anybody's: one line, without a source line below it.
        warnings.warn_explicit(message, RuntimeWarning, "fastgrad", 0)


def distrust(status: os.stat_result) -> str | None:
    """Why a file or folder is not trusted; None where it is this user's and only his to write."""
    if not hasattr(os, "geteuid"):
        return None  # Windows keeps other users out of a profile by itself
    if status.st_uid != os.geteuid():
        return f"belongs to another user (number {status.st_uid})"
    if status.st_mode & OTHERS_WRITE:
        return "can be written by other users"
    return None


def folder_distrust() -> str | None:
    """Why the cache folder is not trusted; None where it is, or is not there yet."""
    try:
        return distrust(os.stat(cache_folder()))
    except OSError:
        return None


def trusted_folder() -> bool:
    """Whether the folder may be used; says once why not."""
    reason = folder_distrust()
    if reason is not None:
        say_once(
            f"the folder of compiled code {cache_folder()} {reason}, so it is not used and every "
            "process compiles anew: make it yours alone (chown, chmod 700), or set "
            "FASTGRAD_CACHE_DIR to another folder"
        )
    return reason is None


def read(name: str) -> bytes | None:
    """What was written under this name; None where nothing is, or nothing that can be trusted."""
    path = cache_folder() / name
    if not trusted_folder():
        return None
    try:
        # Neither through a link nor waiting for a pipe that somebody left in its place.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            reason = distrust(status)
            regular = stat.S_ISREG(status.st_mode)
            whole = file.read() if regular and reason is None else b""
            with contextlib.suppress(OSError):
                os.utime(path if os.utime not in os.supports_fd else file.fileno())
    except OSError:
        return None
    if reason is not None:
        say_once(f"{path} {reason}, so it is not loaded: the code is compiled again")
    payload = unsealed(name, whole)
    if payload is None:
        drop(path)
    return payload


def sealed(name: str, payload: bytes) -> bytes:
    """A file's content: the checksum over its name and payload, then the payload."""
    return FORMAT + _checksum(name, payload) + payload


def unsealed(name: str, whole: bytes) -> bytes | None:
    """The payload of a file's content; None where a single bit is not as it was written."""
    start = len(FORMAT) + CHECKSUM.digest_size
    payload = whole[start:]
    if whole[:start] != FORMAT + _checksum(name, payload):
        return None
    return payload


def _checksum(name: str, payload: bytes) -> bytes:
    checksum = CHECKSUM.copy()
    checksum.update(name.encode() + b"\0")
    checksum.update(payload)
    return checksum.digest()


def write(name: str, payload: bytes) -> bool:
    """Keep the payload under this name; False where that is not possible."""
    folder = cache_folder()
    temporary = folder / f"{name}.tmp.{socket.gethostname()}.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if not trusted_folder():
            return False
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(sealed(name, payload))
        os.replace(temporary, folder / name)
    except OSError as error:
        drop(temporary)
        if error.errno not in _QUIETLY_REFUSED:
            say_once(
                f"compiled code cannot be kept in {folder} ({error.strerror or error}): the run "
                "goes on, and the next process compiles again"
            )
        return False
    return True


def drop(path: Path) -> bool:
    """Delete a file; whether it could be."""
    try:
        path.unlink()
    except OSError:  # not there, not ours, or another process was faster
        return False
    return True


def kept_files() -> list[Path]:
    """Files of compiled code, also those of older versions."""
    found = [*cache_folder().glob(f"*{SUFFIX}"), *cache_folder().glob("*.nb[ci]")]
    return [path for path in found if path.is_file()]


def is_foreign(path: Path) -> bool:
    """Whether somebody else may have written a file."""
    try:
        return distrust(path.lstat()) is not None
    except OSError:
        return False


def is_damaged(path: Path) -> bool:
    """Whether a file is not as it was written (those of older versions have no checksum)."""
    try:
        return path.suffix == SUFFIX and unsealed(path.name, path.read_bytes()) is None
    except OSError:
        return False


def abandoned_files() -> list[Path]:
    """Temporary files whose process was killed before it could finish them."""
    return [path for path in cache_folder().glob("*.tmp.*") if _is_abandoned(path)]


def _is_abandoned(path: Path) -> bool:
    host, _, rest = path.name.rpartition(".tmp.")[2].rpartition(".")[0].rpartition(".")
    try:
        if host == socket.gethostname() and rest.isdigit():
            os.kill(int(rest), 0)
        return path.stat().st_mtime < time.time() - TEMPORARY_SECONDS
    except ProcessLookupError:
        return True
    except OSError:
        return False


def prune(days: float = DAYS_KEPT) -> int:
    """Drop code that was not used for so many days, and abandoned files; how many were dropped."""
    oldest = time.time() - days * 86_400.0
    dropped = sum(drop(path) for path in abandoned_files())
    for path in kept_files():
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                dropped += drop(path)
    return dropped
