"""What is public says what its arguments are from three on, a kernel from eight on."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import fastgrad as fg

KERNELS = Path(__file__).parents[1] / "kernels"
LEAST = 3
MANY = 8  # arguments of a function of the kernels
ROOMS = ("fastgrad", "fastgrad.exact", "fastgrad.finance", "fastgrad.problems")
SELDOM = ("fastgrad.torch", "fastgrad.jax")  # importable without what they are for


def sections(doc):
    parts = re.split(r"(?m)^([A-Z]\w+)\n-{3,}\n", inspect.cleandoc(doc or ""))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def described(doc):
    """Names in the sections Parameters and Attributes."""
    found = sections(doc)
    lines = (found.get("Parameters", "") + "\n" + found.get("Attributes", "")).splitlines()
    heads = [line.split(" : ")[0] for line in lines if line and not line[0].isspace()]
    return {name.strip(" *") for head in heads for name in head.split(",")}


def undescribed(function, docs):
    """Arguments that none of the docstrings describes as a whole."""
    taken = [
        p
        for name, p in inspect.signature(function).parameters.items()
        if name not in ("self", "cls") and not name.startswith("_")
    ]
    if len(taken) < LEAST:
        return []
    left = []
    for doc in docs:
        names = described(doc)
        more = names - {p.name for p in taken}  # stands for **settings
        left = [
            p.name
            for p in taken
            if p.name not in names | ({p.name} if more and p.kind is p.VAR_KEYWORD else set())
        ]
        if not left:
            break
    return left


def callables():
    """(label, callable, its docstrings) of all that is public."""
    for room in (*ROOMS, *SELDOM):
        module = importlib.import_module(room)
        for name in getattr(module, "__all__", None) or own_names(module):
            yield from parts(f"{room}.{name}", getattr(module, name))


def own_names(module):
    return [
        n
        for n, v in vars(module).items()
        if n[0] != "_" and getattr(v, "__module__", "") == module.__name__
    ]


def parts(label, value):
    if inspect.isclass(value) and not issubclass(value, BaseException):
        # What a function returns has attributes; nobody makes one.
        if "Attributes" not in sections(value.__doc__):
            yield label, value, [value.__doc__]
        for name, method in inspect.getmembers(value, inspect.isroutine):
            if name[0] != "_" and "fastgrad" in str(getattr(method, "__module__", "")):
                docs = [
                    getattr(base, name).__doc__ for base in value.__mro__ if hasattr(base, name)
                ]
                yield f"{label}.{name}", method, docs
    elif inspect.isfunction(value):
        yield label, value, [value.__doc__]


def test_every_argument_is_described():
    found = {label: undescribed(each, docs) for label, each, docs in callables()}
    assert len(found) > 200
    assert not {label: left for label, left in found.items() if left}


def test_functions_and_inputs_say_what_they_raise():
    """Functions, models and distributions of three arguments or more."""
    silent = [
        label
        for label, each, docs in callables()
        if label.count(".") == 1 + label.startswith(ROOMS[1:])
        and (inspect.isfunction(each) or issubclass(each, (fg.Model, fg.Distribution)))
        and len(inspect.signature(each).parameters) >= LEAST
        and "Raises" not in sections(docs[0])
    ]
    assert not silent


def test_an_argument_left_out_is_found():
    def verb(model, replications, seed=0, **settings):
        """Do it.

        Parameters
        ----------
        model, replications
            As always.
        """

    assert undescribed(verb, [verb.__doc__]) == ["seed", "settings"]
    assert not undescribed(
        verb, [verb.__doc__.replace("replications\n", "replications, seed, **settings\n")]
    )


def words(path):
    """What a file's docstring lists: names, then two spaces or the end of the line."""
    doc = ast.get_docstring(ast.parse(path.read_text())) or ""
    heads = re.findall(r"(?m)^((?:\w+, )*\w+)(?:  +\S|$)", doc)
    return {name for head in heads for name in head.split(", ")}


def shared_words(path):
    """The words of a file's room and of the rooms around it, and those of every operation."""
    around = [path.parents[k] / "__init__.py" for k in range(len(path.relative_to(KERNELS).parts))]
    return set().union(*map(words, [*around, KERNELS / "models" / "operation.py"]))


def test_kernels_of_many_arguments_say_what_they_are():
    silent = {}
    for path in sorted(KERNELS.rglob("*.py")):
        tree = ast.parse(path.read_text())
        known = shared_words(path) | words(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and len(node.args.args) >= MANY:
                said = set(re.findall(r"\w+", ast.get_docstring(node) or ""))
                left = [a.arg for a in node.args.args if a.arg not in known | said]
                if left:
                    silent[f"{path.relative_to(KERNELS)}: {node.name}"] = left
    assert not silent
