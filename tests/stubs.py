"""Stubs of what is made or imported on demand, for editors and type checkers.

`fastgrad` and `fastgrad.finance` import a name when it is first used, and the distributions are
made of their kernels; a stub says all of it as if it stood there. `python tests/stubs.py` writes
them, from the same tables.
"""

import importlib
import inspect
from collections import defaultdict
from pathlib import Path
from textwrap import indent

import fastgrad as fg
from fastgrad.distributions import families

ROOT = Path(__file__).parents[1]
HEAD = '"""Written by `python tests/stubs.py` from the tables of the package."""\n'
FAMILIES = "fastgrad.distributions.families"


def stubs() -> dict[Path, str]:
    """Every stub, by the file it stands in."""
    folder = ROOT / "fastgrad"
    return {
        folder / "__init__.pyi": package_stub("fastgrad"),
        folder / "finance" / "__init__.pyi": package_stub("fastgrad.finance"),
        folder / "distributions" / "families.pyi": families_stub(),
    }


def package_stub(name: str) -> str:
    """The stub of a package with a table `_HOME`."""
    package = importlib.import_module(name)
    homes = defaultdict(list)
    for public, home in package._HOME.items():
        if public != "step":  # its kernels are not where an editor looks
            file = fg.METHOD_FILES.get(public) if home == "methods" else None
            homes[f"methods.{file}" if file else home].append(public)
    return "\n".join([
        HEAD,
        "from typing import Any\n",
        *([f"from . import {', '.join(package._SUBMODULES)}"] if package is fg else []),
        *[f"from .{home} import {listed(names)}" for home, names in sorted(homes.items())],
        f"\n__all__ = {listed(map(repr, package.__all__), '[]')}\n",
        *[f"{n}: {kind_of(v)}" for n, v in vars(package).items() if isinstance(v, (dict, tuple))
          and n.strip("_").isupper()],
        *(["__version__: str\n", function("step")] if package is fg else []),
    ])  # fmt: skip


def families_stub() -> str:
    """The distributions as classes, with the names of their parameters."""
    homes = defaultdict(list)
    for name in sorted(set(families.__all__) - set(fg.DISTRIBUTION_FILES) - {"DISTRIBUTIONS"}):
        value = getattr(families, name)
        home = getattr(value, "__module__", None) or "fastgrad.distributions.distribution"
        homes[home.rpartition(".")[2]].append(name)
    return "\n".join([
        HEAD,
        "from typing import Any\n",
        *[f"from .{home} import {listed(names)}" for home, names in sorted(homes.items())],
        f"\n__all__ = {listed(map(repr, families.__all__), '[]')}\n",
        "DISTRIBUTIONS: dict[str, type[Distribution]]\n",
        *map(distribution, fg.DISTRIBUTION_FILES),
    ])  # fmt: skip


def listed(names, brackets="()") -> str:
    return brackets[0] + "\n" + "".join(f"    {name},\n" for name in sorted(names)) + brackets[1]


def kind_of(value) -> str:
    if isinstance(value, tuple):
        return "tuple[str, ...]"
    return "dict[str, str]" if all(isinstance(v, str) for v in value.values()) else "dict[str, Any]"


def function(name: str) -> str:
    value = getattr(fg, name)
    given = ", ".join(f"{p.name}: Any" for p in inspect.signature(value).parameters.values())
    return f"def {name}({given}) -> Any:\n{documented(value)}"


def distribution(name: str) -> str:
    kind = getattr(fg, name)
    parameters = inspect.signature(kind).parameters.values()
    fields = "".join(f"    {p.name}: Any\n" for p in parameters)
    given = ", ".join(["self", *(str(p) for p in parameters)])
    made = f"{fields}    def __init__({given}) -> None: ...\n"
    return f"class {name}(Distribution):\n{documented(kind)}\n{made}"


def documented(value) -> str:
    return indent(f'"""{inspect.cleandoc(value.__doc__)}\n"""\n', "    ")


if __name__ == "__main__":
    for file, text in stubs().items():
        file.write_text(text)
