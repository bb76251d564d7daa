"""The compile cache: compiled functions that another process finds again, and never wrong ones.

A file's name says everything that its code depends on: the function, its source and all that
this reaches (kernels/jit/stamps.py), the types of its arguments and the processor. How files are
trusted stands in kernels/jit/cache_files.py, why functions of two processes never pass under one
name in kernels/jit/symbols.py.
"""

import functools
import hashlib
import pickle
import re
import sys

from numba.core.caching import NullCache
from numba.core.codegen import RuntimeLinker
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from . import cache_files, stamps, symbols
from .notice import notice

_LONGEST = 80  # of a function's name in that of a file: file systems allow 255 characters in all


class KernelCache(NullCache):
    """What Numba asks for compiled code before it compiles, and gives it afterwards.

    A function of a user's own brings its stamp as the attribute `cache_stamp`.
    """

    def __init__(self, function):
        self._function = function
        self._module = stamps.name_of(function.__module__ or "")
        self._stamp = getattr(function, "cache_stamp", None)
        if self._stamp is None:
            self._stamp = stamps.stamp_of(self._module)
        else:
            self._module = "user"

    @property
    def cache_path(self):
        """The folder, as text."""
        return str(cache_files.cache_folder())

    def load_overload(self, sig, target_context):
        """The function compiled for these types, or None."""
        target_context.refresh()
        name, key = self._name_and_key(sig, target_context.codegen())
        payload = cache_files.read(name)
        try:
            kept, reduced = pickle.loads(payload) if payload else (None, None)
            if kept == key:
                return CompileResult._rebuild(target_context, *reduced)
        except Exception:  # whole, but of a module that is no longer there
            cache_files.drop(cache_files.cache_folder() / name)
        notice.begin(self._function.__name__, self.cache_path)
        return None

    def save_overload(self, sig, data):
        """Keep it, unless a source was edited meanwhile."""
        notice.end()
        if not _can_be_kept(data) or not stamps.unchanged():
            return
        name, key = self._name_and_key(sig, data.codegen)
        try:
            payload = dumps((key, data._reduce()))
        except (TypeError, ValueError, pickle.PicklingError):
            return  # it refers to something that has no place in a file
        if cache_files.write(name, payload):
            _prune_once()

    def _name_and_key(self, sig, codegen):
        """The file's name, and what must be equal for it to be the right one."""
        function = self._function
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        digests = [hashlib.sha256(x).hexdigest() for x in (function.__code__.co_code, dumps(cells))]
        name = function.__qualname__
        key = (sig, name, function.__module__, self._stamp, codegen.magic_tuple(), *digests)
        short = re.sub(r"[^\w.]", "", name, flags=re.ASCII)[-_LONGEST:]
        place = f"{self._module}-{function.__code__.co_firstlineno}-{self._stamp}"
        version = f"py{sys.version_info[0]}{sys.version_info[1]}"
        unique = hashlib.sha256(repr((str(sig), *key[1:])).encode()).hexdigest()[:16]
        return f"{short}-{place}.{version}.{unique}{cache_files.SUFFIX}", key


@functools.cache
def _prune_once():
    cache_files.prune()


def _can_be_kept(data) -> bool:
    """Whether another process could load it.

    Not with an address of this process in it. Not with a recursive function in it: Numba loads
    such code with a call that leads nowhere (LLVM ERROR: Symbol not found, and the process is
    gone). And not under a name that another process may give.
    """
    library = data.library
    if any(not lifted.can_cache for lifted in data.lifted) or library.has_dynamic_globals:
        return False
    library._ensure_finalized()
    unresolved = RuntimeLinker.PREFIX
    variables = library._final_module.global_variables
    recursive = any(variable.name.startswith(unresolved) for variable in variables)
    return not recursive and symbols.is_unique(data.fndesc.uid)


def enable(compiled, function) -> None:
    """Give a dispatcher or C callback its cache."""
    compiled._cache = KernelCache(function)
