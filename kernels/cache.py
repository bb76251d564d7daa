"""The compile cache: one folder per state of the kernels, so that it cannot lie.

Numba stamps a cached function with the source of its own file only. A kernel that inlines
a device function of another file is therefore loaded, unchanged, after that other file was
edited or the installed package upgraded: old code runs, silently. Here the folder itself is
named by a hash over every source file of the kernels (and of the versions that compiled
them), so old code cannot even be found.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import numba
import numpy
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

KERNELS = Path(__file__).parent
FOLDERS_KEPT = 4


def sources_hash(folder: Path = KERNELS) -> str:
    """Hash of every kernel source and of the versions of Python, Numba and NumPy."""
    versions = f"{sys.version_info[:3]} {numba.__version__} {numpy.__version__}"
    digest = hashlib.sha256(versions.encode())
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_root() -> Path:
    """Where the cache folders live: FASTGRAD_CACHE_DIR, else the user's cache folder."""
    chosen = os.environ.get("FASTGRAD_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fastgrad"


def _open_folder(root: Path, name: str) -> Path:
    """Make today's folder and drop all but the newest few of the others."""
    folder = root / name
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        others = [path for path in root.iterdir() if path.is_dir() and path != folder]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[FOLDERS_KEPT - 1 :]:
            shutil.rmtree(path, ignore_errors=True)
    return folder


STAMP = sources_hash()
FOLDER = cache_root() / STAMP


class _Locator(_CacheLocator):
    """Puts every compiled function into today's folder, stamped by today's hash."""

    def __init__(self, py_func, py_file):
        self._py_file = py_file
        self._place = f"{py_func.__module__}-{py_func.__code__.co_firstlineno}"

    def get_cache_path(self):
        return str(FOLDER)

    def get_source_stamp(self):
        return STAMP

    def get_disambiguator(self):
        return self._place

    @classmethod
    def from_function(cls, py_func, py_file):
        try:
            _open_folder(FOLDER.parent, FOLDER.name)
            locator = cls(py_func, py_file)
            locator.ensure_cache_path()
        except OSError:
            return None
        return locator


class _Implementation(CompileResultCacheImpl):
    _locator_classes = [_Locator]


class KernelCache(FunctionCache):
    """Numba's function cache, kept in today's folder."""

    _impl_class = _Implementation


def enable(compiled, function) -> None:
    """Give a dispatcher or C callback its cache; without a writable folder, none."""
    try:
        compiled._cache = KernelCache(function)
    except RuntimeError:
        return  # `fastgrad doctor` says that the folder cannot be written
