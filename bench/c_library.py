"""C programs to compare with, compiled on the spot by gcc and loaded by ctypes."""

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent / "c"
FLAGS = ["-O3", "-march=native", "-ffast-math", "-mprefer-vector-width=512", "-fopenmp"]


def compiler():
    """The path of gcc, or None."""
    return shutil.which("gcc")


def load(name, **constants):
    """bench/c/<name>.c as a library, compiled with -D<constant>=<value> for each of them."""
    source = SOURCES / f"{name}.c"
    defines = [f"-D{key}={value}" for key, value in sorted(constants.items())]
    command = [compiler(), *FLAGS, "-shared", "-fPIC", *defines]
    digest = hashlib.sha256(source.read_bytes() + " ".join(command).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"fastgrad-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    library = folder / f"{name}-{digest}.so"
    if not library.exists():
        partial = library.with_suffix(f".{os.getpid()}")
        subprocess.run([*command, str(source), "-o", str(partial), "-lm"], check=True)
        partial.rename(library)
    return ctypes.CDLL(str(library))
