"""What the source text of a distribution made of another one is put together from."""

import inspect
from types import ModuleType

from .families import call_of, family, identifier

BASE = "base"  # before the names of the inner distribution's parameters


class Writer:
    """Parameters `own`, then those of the inner family, base_shape, base_scale …"""

    def __init__(self, own: dict[str, str], inner: str):
        self.inner = inner
        self.module: ModuleType = family(inner)
        self.word = identifier(inner)
        self.names = {p: f"{BASE}_{p}" for p in self.module.PARAMETERS}
        domains = self.module.PARAMETERS
        self.parameters = own | {name: domains[p] for p, name in self.names.items()}
        self.all = ", ".join(self.parameters)
        self.base = ", ".join(self.names.values())

    @property
    def scope(self) -> dict:
        """The inner family, by the name that the text has for it."""
        return {self.word: self.module}

    def has(self, function: str) -> bool:
        """Whether the inner family has this function."""
        return hasattr(self.module, function)

    def asked(self, function: str) -> list[str]:
        """The names of the arguments of the inner family's function."""
        return list(inspect.signature(getattr(self.module, function).py_func).parameters)

    def call(self, function: str, **rows: str) -> str:
        """A call of the inner family's function, by the names of its arguments."""
        return call_of(self.module, self.word, self.names, function, **rows)

    def define(self, name: str, rows: list[str], *lines: str, kind: str = "device") -> str:
        """A function of some rows and all parameters."""
        body = "\n".join(f"    {line}" for line in lines)
        return f"@{kind}\ndef {name}({', '.join([*rows, self.all])}):\n{body}"
