"""Tables, lists and text of a file, as functions of the values of θ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .code import loaded
from .expressions import REPEATS, Evaluator, parse
from .kinds import is_code, kinds, models, parameters, wholes
from .mistakes import only_known, unknown

WORDS = ("entry", "numerator", "denominator")  # arguments that are names where they are text
PERHAPS_WORDS = ("measure", "output")  # or a record such as Tail(9.0)
NUMBERED = ("key_rates", "cash_dividends")  # tables by time, in years
NOTHING = ("none", "None")  # TOML has no word for it


class Reader:
    """Makes values of the parts of one file.

    Parameters
    ----------
    names : mapping
        The names of θ, and their values.
    folder : Path
        Of the file: where the files that it names are looked for.
    allow_code : bool
        Whether functions are loaded from Python files.

    Attributes
    ----------
    used : set of str
        The names and components of θ that some expression uses.
    """

    def __init__(self, names: Mapping[str, Any], folder: Path, allow_code: bool) -> None:
        self.names, self.folder, self.allow_code = names, folder, allow_code
        self.used: set[str] = set()

    def model(self, where: str, given: Any) -> Evaluator:
        """A model, as a table with its kind or as text."""
        if isinstance(given, str) and "(" in given:
            return self.expression(where, given)
        if not isinstance(given, dict):
            raise ValueError(
                f'{where} must be a table, [{where}] with kind = "SingleServerQueue" and the '
                f'like, or text such as "SingleServerQueue(Exponential(1.0), …)", got {given!r}'
            )
        if not _is_made(given):
            raise ValueError(f"{where}: kind is missing; known: {', '.join(models())}")
        return self.made(where, given, wholes())

    def made(self, where: str, table: dict[str, Any], known: Mapping[str, Any]) -> Evaluator:
        """What a table with a kind describes (or with a name, where it has a kind of its own)."""
        by = "name" if "name" in table else "kind"
        name = table[by]
        if not isinstance(name, str) or name not in known:
            raise ValueError(f"{where}: {unknown('kind', name, known)}")
        kind = known[name]
        asked = parameters(kind)
        given = {key: value for key, value in table.items() if key != by}
        how = {key: given.pop(key) for key in REPEATS if key in given and key not in asked}
        only_known(f"{where}: {name}", given, asked)
        needed = [
            key for key, p in asked.items() if p.default is p.empty and p.kind != p.VAR_KEYWORD
        ]
        if missing := [key for key in needed if key not in given]:
            raise ValueError(f"{where}: {name} needs {', '.join(missing)}")
        makers = {
            key: self.argument(f"{where}.{key}", kind, key, value) for key, value in given.items()
        }

        def make(values: Mapping[str, Any]) -> Any:
            made = kind(**{key: make(values) for key, make in makers.items()})
            for key, count in how.items():
                made = getattr(made, key)(count)
            return made

        return make

    def argument(self, where: str, kind: Any, key: str, given: Any) -> Evaluator:
        """One argument of a kind: text stays text where names belong."""
        if key == "function" and is_code(kind):
            return _fixed(loaded(given, self.folder, self.allow_code))
        annotation = str(parameters(kind)[key].annotation)
        words = key in WORDS or annotation == "str" or annotation.startswith("str |")
        if key == "arcs":
            return _fixed(self._arcs(given))
        if key in NUMBERED and isinstance(given, dict):
            return self._numbered(where, given)
        if isinstance(given, list) and key in PERHAPS_WORDS:
            makers = [self.argument(f"{where}[{i}]", kind, key, v) for i, v in enumerate(given)]
            return lambda values: [make(values) for make in makers]
        if isinstance(given, dict) and key in PERHAPS_WORDS and not _is_made(given):
            named = {n: self.argument(f"{where}.{n}", kind, key, v) for n, v in given.items()}
            return lambda values: {name: make(values) for name, make in named.items()}
        if isinstance(given, str) and (words or key in PERHAPS_WORDS) and "(" not in given:
            return _fixed(given)
        return self.value(where, given)

    def _arcs(self, given: Any) -> Any:
        """Pairs of nodes as they stand, or a table of them in a file beside the study."""
        if isinstance(given, str):
            return self.folder / given
        return [tuple(arc) if isinstance(arc, list) else arc for arc in given] if isinstance(
            given, list
        ) else given  # fmt: skip

    def _numbered(self, where: str, given: Mapping[str, Any]) -> Evaluator:
        """A table whose keys are times: TOML has words only."""
        made = {}
        for key, value in given.items():
            try:
                made[float(key)] = self.value(f"{where}.{key}", value)
            except ValueError:
                raise ValueError(f"{where}: a key must be a number, got {key!r}") from None
        return lambda values: {time: make(values) for time, make in made.items()}

    def value(self, where: str, given: Any) -> Evaluator:
        """Any value of a file."""
        if given in NOTHING and given not in self.names:
            return _fixed(None)
        if isinstance(given, str):
            return self.expression(where, given)
        if isinstance(given, dict):
            if _is_made(given):
                return self.made(where, given, kinds())
            table = {key: self.value(f"{where}.{key}", value) for key, value in given.items()}
            return lambda values: {key: make(values) for key, make in table.items()}
        if isinstance(given, list):
            entries = [self.value(f"{where}[{i}]", value) for i, value in enumerate(given)]
            return lambda values: [make(values) for make in entries]
        return _fixed(given)

    def expression(self, where: str, text: str, more: Mapping[str, Any] | None = None) -> Evaluator:
        """Text: an expression in θ, a distribution or a record."""
        try:
            return parse(text, {**self.names, **(more or {})}, kinds_of_text(), self.used)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None

    def unused(self) -> list[str]:
        """The components of θ that no expression uses."""
        left = []
        for name, value in self.names.items():
            if name in self.used:
                continue
            parts = [f"{name}[{i}]" for i in range(len(value))] if _is_list(value) else [name]
            left += [part for part in parts if part not in self.used]
        return left


def kinds_of_text() -> dict[str, Any]:
    """What may be made inside text: all but models with functions of a user's own."""
    return {name: kind for name, kind in kinds().items() if not is_code(kind)}


def _is_made(table: Mapping[str, Any]) -> bool:
    """Whether a table says what it is a table of, or is one of values by name."""
    return isinstance(table.get("kind"), str) or str(table.get("name")) in kinds()


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _fixed(value: Any) -> Evaluator:
    return lambda values: value
