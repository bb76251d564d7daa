"""The compile cache, which cannot lie.

Numba stamps a cached function with the source of its own file only. A kernel that inlines
a device function of another file is therefore loaded, unchanged, after that other file was
edited or the installed package upgraded: old code runs, silently. Here the stamp is a hash
over the source of every file the function can reach by imports, and it is part of the file
name, so old code cannot even be found; what nobody has loaded for a while is dropped.

A hash over all kernels would be as safe, but an edit to one distribution would compile
every estimator again, although they meet only through addresses.
"""

import ast
import functools
import hashlib
import os
import sys
import time
from pathlib import Path

import numba
import numpy
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.codegen import RuntimeLinker

KERNELS = Path(__file__).parents[1]
PACKAGE = __name__.removesuffix(".jit.cache")
DAYS_KEPT = 30

# Files that every compiled function depends on, imported or not.
EVERYWHERE = (
    "jit.compile",
    "jit.intrinsics",
    "jit.cache",
    "distributions.parts.rows",
    "models.operation",
)


def cache_folder() -> Path:
    """Where compiled code lives: FASTGRAD_CACHE_DIR, else the user's cache folder."""
    chosen = os.environ.get("FASTGRAD_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fastgrad"


# Sources as this process found them. A file that is edited while the process runs must not
# lend its new name to old code.
_FOUND = {path: path.read_bytes() for path in KERNELS.rglob("*.py")}


@functools.cache
def source_of(module: str) -> Path | None:
    """The file of a module of this package, named from the package's top ("special.log")."""
    path = KERNELS.joinpath(*module.split(".")) if module else KERNELS
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate in _FOUND:
            return candidate
    return None


@functools.cache
def imports_of(module: str) -> frozenset[str]:
    """The modules of this package that a module imports."""
    path = source_of(module)
    assert path is not None
    here = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(_FOUND[path])):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = here[: len(here) + 1 - node.level]
            target = ".".join(filter(None, [*above, node.module or ""]))
            names = {f"{target}.{alias.name}".lstrip(".") for alias in node.names}
            found |= {name for name in {target, *names} if source_of(name)}
    return frozenset(found)


@functools.cache
def reach(module: str) -> frozenset[str]:
    """Every module whose source can end up in code compiled from this one.

    The loop of the estimators finds them by type, not by import: each reaches them all.
    """
    waiting, seen = [module, *EVERYWHERE], set()
    if module.startswith("estimators."):
        waiting += [f"estimators.{path.stem}" for path in (KERNELS / "estimators").glob("*.py")]
    while waiting:
        name = waiting.pop().removesuffix(".__init__")
        if name not in seen and source_of(name):
            seen.add(name)
            waiting.extend(imports_of(name))
    return frozenset(seen)


@functools.cache
def stamp_of(module: str) -> str:
    """Hash over all source that a module reaches, and over what compiles it."""
    versions = f"{sys.version_info[:3]} {numba.__version__} {numpy.__version__}"
    digest = hashlib.sha256(versions.encode())
    for name in sorted(reach(module)):
        path = source_of(name)
        assert path is not None
        digest.update(name.encode() + b"\0" + _FOUND[path])
    return digest.hexdigest()[:16]


class _Locator(_CacheLocator):
    """Puts a compiled function into the cache folder, its stamp in the file's name."""

    def __init__(self, py_func, py_file):
        self._py_file = py_file
        module = py_func.__module__.removeprefix(PACKAGE).lstrip(".")
        known = getattr(py_func, "cache_stamp", None) or stamp_of(module)
        self._stamp = known
        self._place = f"{module}-{py_func.__code__.co_firstlineno}-{known}"

    def get_cache_path(self):
        return str(cache_folder())

    def get_source_stamp(self):
        return self._stamp

    def get_disambiguator(self):
        return self._place

    @classmethod
    def from_function(cls, py_func, py_file):
        locator = cls(py_func, py_file)
        try:
            locator.ensure_cache_path()
        except OSError:
            return None
        return locator


class _Implementation(CompileResultCacheImpl):
    _locator_classes = [_Locator]  # noqa: RUF012 (as in the base class)


class KernelCache(FunctionCache):
    """Numba's function cache, kept in the cache folder."""

    _impl_class = _Implementation

    def load_overload(self, sig, target_context):
        """Load, and mark as used, so that pruning spares it."""
        loaded = super().load_overload(sig, target_context)
        if loaded is not None:
            for path in Path(self.cache_path).glob(f"{self._impl.filename_base}.*"):
                os.utime(path)
        return loaded

    def save_overload(self, sig, data):
        """Save, unless a source was edited meanwhile; drop what nobody loaded for a month."""
        unchanged = all(path.is_file() and path.read_bytes() == _FOUND[path] for path in _FOUND)
        if unchanged and not _calls_itself(data.library):
            super().save_overload(sig, data)
            prune()


def _calls_itself(library) -> bool:
    """Whether a function in it is recursive: Numba loads such code with a call that leads nowhere
    (LLVM ERROR: Symbol not found, and the process is gone), so it is compiled anew every time.
    """
    library._ensure_finalized()
    prefix = RuntimeLinker.PREFIX
    return any(v.name.startswith(prefix) for v in library._final_module.global_variables)


def prune(days: float = DAYS_KEPT) -> int:
    """Drop compiled code that was not used for so many days; how many files were dropped."""
    oldest, dropped = time.time() - days * 86_400.0, 0
    for path in cache_folder().glob("*.nb[ci]"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
                dropped += 1
        except OSError:
            continue  # another process was faster
    return dropped


def enable(compiled, function) -> None:
    """Give a dispatcher or C callback its cache; without a writable folder, none.

    A function of a user's own brings its stamp as the attribute `cache_stamp`.
    """
    try:
        compiled._cache = KernelCache(function)
    except RuntimeError:
        return  # `fastgrad doctor` says that the folder cannot be written
