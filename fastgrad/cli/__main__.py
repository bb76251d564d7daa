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


@app.command()
@guarded
def compare(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    threads: Threads = None,
    plot: Annotated[Path | None, typer.Option(help="Where to draw; overrides the file.")] = None,
    as_json: Json = False,
) -> None:
    """Several methods side by side on the model of a study file."""
    from .studies import compare

    compare(study, as_json, plot, replications=replications, seed=seed, threads=threads)


@app.command()
@guarded
def run(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    threads: Threads = None,
    method: Annotated[str | None, typer.Option(help="Overrides the file.")] = None,
    as_json: Json = False,
) -> None:
    """One gradient of the model of a study file."""
    from .studies import run

    run(study, as_json, method, replications=replications, seed=seed, threads=threads)


@app.command()
@guarded
def explain(study: Study, as_json: Json = False) -> None:
    """Which method is valid for which parameter of a study file, and why."""
    from .studies import explain_study

    explain_study(study, as_json)


@app.command()
@guarded
def models(as_json: Json = False) -> None:
    """Models and distributions, with their parameters."""
    from .catalogue import show

    show(as_json)


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
