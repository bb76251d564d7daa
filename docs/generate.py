"""Pages that are made from the code: the support matrix, the reference, the command line."""

import importlib
import inspect
from pathlib import Path

# Headings of the reference, and the homes of the names below each (see fastgrad/__init__.py).
SECTIONS = {
    "Estimates": ("api", "prepared"),
    "Methods side by side, sweeps, designs": ("results.",),
    "Methods": ("methods",),
    "Models": ("models.", "user.", "kernels.marks"),
    "Distributions": ("distributions.",),
    "Optimisation": ("optimise.",),
    "Machines": ("executors.",),
    "Study files and stores": ("study_files.", "studies."),
    "Errors and warnings": ("errors",),
}
SUBMODULES = {
    "problems": "Problems with known optima",
    "exact": "Exact values",
    "finance": "Options",
    "torch": "Layers of PyTorch",
    "jax": "Functions of JAX",
}


def write_all(folder: Path) -> None:
    """Write every generated page into the folder."""
    from fastgrad.distributions.support import support_matrix

    folder.mkdir(exist_ok=True)
    (folder / "support.md").write_text(f"# Support matrix\n\n{support_matrix()}\n")
    (folder / "reference.md").write_text(reference())
    (folder / "commands.md").write_text(commands())


def reference() -> str:
    """Every public name: a table of each section, then each in full."""
    import fastgrad as fg

    left = dict(fg._HOME)
    parts = ["# Reference\n"]
    for heading, homes in SECTIONS.items():
        names = [name for name, home in left.items() if home.startswith(homes)]
        left = {name: home for name, home in left.items() if name not in names}
        parts.append(_section(heading, "fastgrad", names))
    if left:
        parts.append(_section("More", "fastgrad", list(left)))
    for module, heading in SUBMODULES.items():
        room = importlib.import_module(f"fastgrad.{module}")
        names = [n for n in _public(room) if callable(getattr(room, n))]
        parts.append(_section(heading, f"fastgrad.{module}", names))
    return "\n".join(parts)


def _public(room) -> list[str]:
    own = [n for n, v in vars(room).items() if getattr(v, "__module__", "") == room.__name__]
    return list(getattr(room, "__all__", None) or [n for n in own if not n.startswith("_")])


def _section(heading: str, module: str, names: list[str]) -> str:
    room = importlib.import_module(module)
    lines = [f"## {heading}\n", "```{eval-rst}", f".. currentmodule:: {module}", ""]
    lines += [".. autosummary::", "   :nosignatures:", ""]
    lines += [f"   {name}" for name in names]
    lines.append("")
    for name in names:
        value = getattr(room, name)
        if not inspect.isclass(value):
            lines += [f".. autofunction:: {module}.{name}", ""]
            continue
        lines.append(f".. autoclass:: {module}.{name}")
        if members := _methods(value):
            lines.append(f"   :members: {', '.join(members)}")
        if "__call__" in vars(value):
            lines.append("   :special-members: __call__")
        lines.append("")
    return "\n".join([*lines, "```", ""])


SHOWN = ("to_frame", "save")  # of all results, wherever they are defined


def _methods(kind: type) -> list[str]:
    """What users call: of results; models and distributions have none."""
    own = [
        name for name, value in vars(kind).items()
        if inspect.isfunction(value) and not name.startswith("_") and value.__doc__
    ]  # fmt: skip
    home = kind.__module__.removeprefix("fastgrad.")
    if not home.startswith(("results", "prepared", "optimise.result", "optimise.comparison",
                            "models.network.criticality", "finance.sensitivities")):  # fmt: skip
        return []
    return own + [name for name in SHOWN if hasattr(kind, name) and name not in own]


def commands() -> str:
    """Every command with its arguments and options."""
    import typer.main

    from fastgrad.cli.__main__ import app

    parts = []
    for name, command in typer.main.get_command(app).commands.items():
        about = inspect.cleandoc(command.help or "").replace("\f", "")
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join(p.metavar or p.name.upper() for p in arguments)
        parts += [f"## `{f'fastgrad {name} {usage}'.strip()}`\n", about + "\n"]
        options = [p for p in command.params if p.param_type_name == "option"]
        parts += ["| option | |", "|---|---|"]
        for option in options:
            written = ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))
            parts.append(f"| {written} | {option.help or ''} |")
        parts.append("")
    return "\n".join(parts)
