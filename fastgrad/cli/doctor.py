"""What this machine and installation are like, and what to do about what is wrong."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
import platform
import re
import tempfile
from pathlib import Path
from typing import Any

import numba
from llvmlite import binding

from ..extras import EXTRAS
from ..kernels.jit import cache_files
from ..kernels.jit.stamps import source_of, stamp_of

PACKAGES = ("fastgrad", "numba", "llvmlite", "numpy", "scipy")
STAMPED = re.compile(r"-([\w.]+)-\d+-([0-9a-f]{16})\.py")
MEGABYTE = 1_000_000
MUCH_OLD_CODE = 200 * MEGABYTE
LEAST_SPACE = 65_536  # bytes: compiled code of one function


@dataclasses.dataclass(frozen=True)
class Checkup:
    """Facts by topic, and advice: an empty list when all is well."""

    facts: dict[str, dict[str, Any]]
    advice: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**self.facts, "advice": list(self.advice)}


def examine() -> Checkup:
    """Look at versions, threads, processor, cache and optional packages."""
    found = {
        "versions": _versions(),
        "threads": _threads(),
        "processor": _processor(),
        "cache": _cache(cache_files.cache_folder()),
        "extras": {package: _version_of(package) for package in EXTRAS},
    }
    advice = [
        *_about_compiler(),
        *_about_threads(found["threads"]),
        *_about_processor(found["processor"]),
        *_about_cache(found["cache"]),
        *_about_extras(found["extras"]),
    ]
    return Checkup(found, advice)


def _version_of(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _versions() -> dict[str, Any]:
    own = {package: _version_of(package) for package in PACKAGES}
    return {"python": platform.python_version(), **own}


def _threads() -> dict[str, Any]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cores": usable, "used": numba.config.NUMBA_NUM_THREADS}


def _processor() -> dict[str, Any]:
    features = binding.get_host_cpu_features()
    bits = 128
    if features.get("avx") or features.get("avx2"):
        bits = 256
    if features.get("avx512f"):
        bits = 512
    return {
        "name": _marketing_name(),
        "llvm_name": numba.config.CPU_NAME or binding.get_host_cpu_name(),
        "vector_bits": bits,
        "doubles_at_once": bits // 64,
    }


def _marketing_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _cache(folder: Path) -> dict[str, Any]:
    files = cache_files.kept_files()
    old = [path for path in files if _is_old(path)]
    return {
        "folder": str(folder),
        "distrust": cache_files.folder_distrust(),
        "unwritable": _unwritable(folder),
        "writable": _unwritable(folder) is None,
        "files": len(files),
        "bytes": _size(files),
        "old_files": len(old),
        "old_bytes": _size(old),
        "damaged_files": sum(map(cache_files.is_damaged, files)),
        "foreign_files": sum(map(cache_files.is_foreign, files)),
        "temporary_files": len(cache_files.abandoned_files()),
    }


def _size(files: list[Path]) -> int:
    return sum(path.stat().st_size for path in files if path.exists())


def _is_old(path: Path) -> bool:
    """Whether a compiled file comes from other sources than the installed ones."""
    named = STAMPED.search(path.name)
    if named is None or source_of(named[1]) is None:
        return False
    return named[2] != stamp_of(named[1])


def _unwritable(folder: Path) -> str | None:
    """Why nothing can be written there, in the system's words; None where it can."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(LEAST_SPACE))
    except OSError as error:
        return error.strerror or str(error)
    return None


def _about_compiler() -> list[str]:
    if numba.config.DISABLE_JIT:
        return ["NUMBA_DISABLE_JIT is set, so nothing is compiled: unset it"]
    return []


def _about_threads(threads: dict[str, Any]) -> list[str]:
    if threads["used"] < threads["cores"]:
        return [
            f"only {threads['used']} of {threads['cores']} cores are used: "
            f"unset NUMBA_NUM_THREADS or set it to {threads['cores']}"
        ]
    if threads["used"] > threads["cores"]:
        return [
            f"{threads['used']} threads share {threads['cores']} cores: "
            f"set NUMBA_NUM_THREADS={threads['cores']}"
        ]
    return []


def _about_processor(processor: dict[str, Any]) -> list[str]:
    if numba.config.CPU_NAME and binding.get_host_cpu_name() != numba.config.CPU_NAME:
        return [f"NUMBA_CPU_NAME={numba.config.CPU_NAME} hides what this processor can: unset it"]
    return []


def _about_cache(cache: dict[str, Any]) -> list[str]:
    folder = cache["folder"]
    if cache["distrust"]:
        return [
            f"{folder} {cache['distrust']}, so it is not used and every process compiles anew: "
            "make it yours alone (chown, chmod 700), or set FASTGRAD_CACHE_DIR to another folder"
        ]
    if not cache["writable"]:
        return [
            f"{folder} cannot be written ({cache['unwritable']}), so every process compiles anew: "
            "set FASTGRAD_CACHE_DIR to a folder that can be"
        ]
    return [*_about_contents(cache), *_about_use(cache)]


def _about_contents(cache: dict[str, Any]) -> list[str]:
    """What will be made again by itself, and is told so that nobody wonders."""
    found = [
        ("damaged", "damaged", "dropped and compiled again when it is needed"),
        ("foreign", "that may have been written by others", "not loaded but compiled again"),
        ("temporary", "of processes that were killed", "dropped when something is compiled"),
    ]
    lines = []
    for key, what, then in found:
        number = cache[f"{key}_files"]
        if number:
            kind = "temporary file" if key == "temporary" else "file"
            words = f"{kind}{'s' * (number > 1)}"
            told = f"{what} {words}" if key == "damaged" else f"{words} {what}"
            lines.append(f"{number} {told} in {cache['folder']}: {then}")
    return lines


def _about_use(cache: dict[str, Any]) -> list[str]:
    if cache["files"] == cache["old_files"]:
        return [
            "nothing is compiled yet: the first run of each method takes some seconds more; "
            "`fastgrad demo` compiles them all"
        ]
    if cache["old_bytes"] > MUCH_OLD_CODE:
        return [
            f"{cache['old_bytes'] // MEGABYTE} MB of code compiled from older sources lie in "
            f"{cache['folder']}: dropped {cache_files.DAYS_KEPT} days after its last use; to free "
            "it now, delete the folder"
        ]
    return []


def _about_extras(extras: dict[str, str | None]) -> list[str]:
    return [
        f'{package} is missing: pip install "fastgrad[{EXTRAS[package]}]" if you want it'
        for package, version in extras.items()
        if version is None
    ]
