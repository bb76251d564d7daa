"""Families by name: a file of this folder, or one that is written from others when it is needed.

"gamma" is the file gamma.py; "affine[beta]" is what affine.py writes about the image of a beta
variate, `affine.of("beta")`, and "mixture[labelled,normal,affine[beta]]" likewise.
"""

import functools
import hashlib
import importlib
import inspect
import re
from types import ModuleType

from ...jit import stamps
from ...jit.compile import device, procedure

_FOLDER = __name__.rsplit(".", 2)[0]
_LONGEST = 60  # of a name made of families: file systems allow 255 characters in all


@functools.cache
def family(name: str) -> ModuleType:
    """The functions and facts of a family, by its file's name or the module's whole name."""
    file, _, parts = name.removeprefix(f"{_FOLDER}.").partition("[")
    module = importlib.import_module(f"{_FOLDER}.{file}")
    return module.of(*split(parts[:-1])) if parts else module


def split(parts: str) -> list[str]:
    """The names between commas, those inside brackets left together."""
    found, depth = [""], 0
    for sign in parts:
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found


def identifier(name: str) -> str:
    """A family's name as one word of Python."""
    return re.sub(r"\W+", "_", name).strip("_")


def call_of(
    module: ModuleType, word: str, names: dict[str, str], function: str, **rows: str
) -> str:
    """The source of a call of a family's function, by the names of its arguments.

    word: the module's name in the text; names: the family's parameters there.
    """
    asked = inspect.signature(getattr(module, function).py_func).parameters
    own = f"constants_{function}"
    made = own if hasattr(module, own) else "constants"
    given = {**{a: a for a in asked}, **names, **rows}
    given["constants"] = f"{word}.{made}({', '.join(names.values())})"
    return f"{word}.{function}({', '.join(given[a] for a in asked)})"


def written(
    writer: ModuleType, parts: tuple[str, ...], source: list[str], scope: dict
) -> ModuleType:
    """A module made of source text, which calls functions of the families it is made of.

    writer: the module whose `of(*parts)` writes it; scope: what the text refers to besides.
    """
    name = f"{writer.__name__}[{','.join(parts)}]"
    made = ModuleType(name)
    vars(made).update({"device": device, "procedure": procedure, **scope})
    vars(made)["__name__"] = writer.__name__
    exec(compile("\n\n".join(source), writer.__file__, "exec"), vars(made))
    made.__file__, made.sent_as, made.tag = writer.__file__, name, _tag(identifier(name))
    made.cache_stamp = _stamp(writer.__name__, parts)
    return made


def _tag(name: str) -> str:
    """The end of the name, and a hash of all of it if it is long."""
    short = name.partition(_FOLDER.replace(".", "_") + "_")[2] or name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return short if len(short) <= _LONGEST else f"{short[:_LONGEST]}_{digest}"


def _stamp(writer: str, parts: tuple[str, ...]) -> str:
    """Hash over the source of every family that the text may call."""
    top = stamps.PACKAGE + "."
    files = {writer.removeprefix(top)}
    for word in re.findall(r"\w+", ",".join(parts)):
        module = f"{_FOLDER}.{word}".removeprefix(top)
        files |= {module} if stamps.source_of(module) else set()
    every = "".join(stamps.stamp_of(module) for module in sorted(files))
    return hashlib.sha256(every.encode()).hexdigest()[:16]
