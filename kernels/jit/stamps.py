"""Stamps of compiled code: a hash over every source file that can end up in it.

Numba stamps a cached function with the source of its own file only. A kernel that inlines
a device function of another file is therefore loaded, unchanged, after that other file was
edited or the installed package upgraded: old code runs, silently. Here the stamp is a hash
over the source of every file the function can reach by imports, and it is part of the file
name, so old code cannot even be found.

A hash over all kernels would be as safe, but an edit to one distribution would compile
every estimator again, although they meet only through addresses.
"""

import functools
import hashlib
import re
import sys
from pathlib import Path

import numba
import numpy

KERNELS = Path(__file__).parents[1]
PACKAGE = __name__.removesuffix(".jit.stamps")

# Files that every compiled function depends on, imported or not.
EVERYWHERE = (
    "jit.compile",
    "jit.intrinsics",
    "jit.cache",
    "distributions.parts.rows",
    "models.operation",
)

# Sources as this process found them. A file that is edited while the process runs must not
# lend its new name to old code.
FOUND = {path: path.read_bytes() for path in KERNELS.rglob("*.py")}

# `from ..a.b import c, d` and the same over several lines in parentheses. A syntax tree of every
# file says the same and takes 0.25 s of each start, where this takes 0.01.
_IMPORT = re.compile(rb"^[ \t]*from[ \t]+(\.+)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)", re.M)
_COMMENT = re.compile(rb"#[^\n]*")


@functools.cache
def source_of(module: str) -> Path | None:
    """The file of a module of this package, named from the package's top ("special.log")."""
    path = KERNELS.joinpath(*module.split(".")) if module else KERNELS
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate in FOUND:
            return candidate
    return None


@functools.cache
def imports_of(module: str) -> frozenset[str]:
    """The modules of this package that a module imports."""
    path = source_of(module)
    assert path is not None
    here = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    found = set()
    for dots, name, imported in _IMPORT.findall(FOUND[path]):
        above = here[: len(here) + 1 - len(dots)]
        target = ".".join(filter(None, [*above, name.decode()]))
        words = _COMMENT.sub(b"", imported).decode().strip("()").split(",")
        names = {f"{target}.{(word.split() or [''])[0]}".strip(".") for word in words}
        found |= {name for name in {target, *names} if source_of(name)}
    return frozenset(found)


@functools.cache
def reach(module: str) -> frozenset[str]:
    """Every module whose source can end up in code compiled from this one."""
    waiting, seen = [module, *EVERYWHERE], set()
    while waiting:
        name = waiting.pop().removesuffix(".__init__")
        if name not in seen and source_of(name):
            seen.add(name)
            waiting.extend(imports_of(name))
    return frozenset(seen)


@functools.cache
def stamp_of(module: str) -> str:
    """Hash over all source that a module reaches, and over what compiles it.

    A module of another package is hashed with its own file.
    """
    compilers = (numba, sys.modules["llvmlite"], numpy)
    versions = (sys.version_info[:3], *(package.__version__ for package in compilers))
    digest = hashlib.sha256(repr(versions).encode())
    for name in sorted(reach(module)):
        path = source_of(name)
        assert path is not None
        digest.update(name.encode() + b"\0" + FOUND[path])
    if source_of(module) is None:
        digest.update(_foreign_source(module))
    return digest.hexdigest()[:16]


def _foreign_source(module: str) -> bytes:
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file).read_bytes() if file and Path(file).is_file() else b""


def name_of(module: str) -> str:
    """A module's name from the package's top; that of another package whole."""
    return module.removeprefix(PACKAGE).lstrip(".")


def unchanged() -> bool:
    """Whether every source is still as this process found it."""
    return all(path.is_file() and path.read_bytes() == was for path, was in FOUND.items())
