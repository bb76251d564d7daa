"""The commands. Everything heavy is imported inside them, so that --help is quick."""

from pathlib import Path
from typing import Annotated

import typer

from .. import __version__
from .output import guarded

app = typer.Typer(
    name="fastgrad",
    help="Gradients of expectations from simulation, by every method, with error bars.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Study = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")]
Replications = Annotated[int | None, typer.Option(help="How many; overrides the file.")]
Seed = Annotated[int | None, typer.Option(help="Overrides the file.")]
Threads = Annotated[int | None, typer.Option(help="All by default.")]
Plot = Annotated[Path | None, typer.Option(help="Where to draw; overrides the file.")]
Output = Annotated[Path | None, typer.Option(help="Folder for results and report.")]
Store = Annotated[Path | None, typer.Option(help="Where finished chunks are kept.")]
AllowCode = Annotated[
    bool, typer.Option("--allow-code", help="Run Python functions that the file names.")
]
FORMAT = """A study file is TOML:

theta = 0.5 (or a list, or a table of names); methods = ["ipa", "lr"]; replications = 100_000;
seed = 1;

\\[model] kind = "SingleServerQueue", customers = 100, interarrival = "Exponential(1.0)",
service = "Exponential(theta)": numbers, expressions in θ, distributions as Python writes them
or as tables;

objective = "model + 1 / theta" (optional); \\[sweep] over = {theta = [0.3, 0.5]};
\\[minimize] bounds = [0.1, 0.9].

`fastgrad new SingleServerQueue` writes one with comments; docs/study_files.md has it all.
"""


def _version(wanted: bool) -> None:
    if wanted:
        print(f"fastgrad {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Gradients of expectations from simulation, by every method, with error bars."""


@app.command()
@guarded
def demo(
    replications: Annotated[int, typer.Option(help="For each method and point.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers.")] = 1,
    threads: Threads = None,
    plot: Annotated[Path, typer.Option(help="Where to draw.")] = Path("mm1_methods.png"),
    as_json: Json = False,
) -> None:
    """All methods on the M/M/1 queue, at three utilisations, against the exact values."""
    from .demo import run

    run(replications, seed, threads, plot, as_json)


@app.command(epilog=FORMAT)
@guarded
def run(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    threads: Threads = None,
    method: Annotated[str | None, typer.Option(help="Overrides the file.")] = None,
    output: Output = None,
    files: Annotated[bool, typer.Option(help="Write results and a report.")] = True,
    store: Store = None,
    allow_code: AllowCode = False,
    as_json: Json = False,
) -> None:
    """One gradient of the model of a study file, or its sweep, with results and a report.

    They are written to the folder STUDY-results beside the file: results.json, results.csv,
    report.html, and a store of finished chunks: run it again after a kill, or for more of them.
    """
    from .studies import run

    given = {"replications": replications, "seed": seed, "threads": threads}
    run(study, as_json, method, output, files, allow_code, store, **given)


@app.command()
@guarded
def compare(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    threads: Threads = None,
    plot: Plot = None,
    output: Output = None,
    store: Store = None,
    allow_code: AllowCode = False,
    as_json: Json = False,
) -> None:
    """Several methods side by side on the model of a study file."""
    from .studies import compare

    given = {"replications": replications, "seed": seed, "threads": threads}
    compare(study, as_json, plot, output, allow_code, store, **given)


@app.command()
@guarded
def sweep(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    threads: Threads = None,
    plot: Plot = None,
    output: Output = None,
    store: Store = None,
    allow_code: AllowCode = False,
    as_json: Json = False,
) -> None:
    """The methods of a study file at every point of its \\[sweep]."""
    from .studies import sweep

    given = {"replications": replications, "seed": seed, "threads": threads}
    sweep(study, as_json, plot, output, allow_code, store, **given)


@app.command()
@guarded
def minimize(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    threads: Threads = None,
    plot: Plot = None,
    output: Output = None,
    store: Store = None,
    allow_code: AllowCode = False,
    as_json: Json = False,
) -> None:
    """The θ of least (or greatest) expected output, as \\[minimize] of a study file says."""
    from .studies import minimize

    given = {"replications": replications, "seed": seed, "threads": threads}
    minimize(study, as_json, plot, output, allow_code, store=store, **given)


@app.command()
@guarded
def explain(study: Study, allow_code: AllowCode = False, as_json: Json = False) -> None:
    """Which method is valid for which parameter of a study file, and why."""
    from .studies import explain_study

    explain_study(study, as_json, allow_code)


@app.command()
@guarded
def report(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    threads: Threads = None,
    output: Annotated[Path | None, typer.Option(help="STUDY.html by default.")] = None,
    allow_code: AllowCode = False,
    as_json: Json = False,
) -> None:
    """Everything that a study file asks for, as one HTML page that needs nothing else."""
    from .studies import report

    given = {"replications": replications, "seed": seed, "threads": threads}
    report(study, output, as_json, allow_code, **given)


@app.command()
@guarded
def new(
    model: Annotated[str, typer.Argument(help="A model by name; `fastgrad models` has them.")],
    output: Annotated[Path | None, typer.Option(help="MODEL.toml by default.")] = None,
    force: Annotated[bool, typer.Option(help="Write over a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """A commented study file for a model, ready to run and to change."""
    from .templates import write

    write(model, output, force, as_json)


@app.command()
@guarded
def models(
    name: Annotated[str | None, typer.Argument(help="Of one of them, with all arguments.")] = None,
    as_json: Json = False,
) -> None:
    """Models, distributions, methods and algorithms, with their arguments."""
    from .catalogue import show, show_one

    if name is None:
        show(as_json)
    else:
        show_one(name, as_json)


@app.command()
@guarded
def doctor(as_json: Json = False) -> None:
    """Versions, threads, vector width, cache: what is found, and what to do about it."""
    from .checkup import show

    show(as_json)


def main() -> None:
    """Entry point of the command `fastgrad`."""
    app(prog_name="fastgrad")


if __name__ == "__main__":
    main()
