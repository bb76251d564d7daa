"""What the architecture promises: layers, no loops over replications, a cache that cannot lie."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fastgrad.kernels.jit import stamps
from stubs import stubs

ROOT = Path(__file__).parents[1]
API, KERNELS = ROOT / "fastgrad", ROOT / "kernels"
API_FILES = sorted(API.rglob("*.py"))
KERNEL_FILES = sorted(KERNELS.rglob("*.py"))


def name_of(path):
    return str(path.relative_to(ROOT))


def tree_of(path):
    return ast.parse(path.read_text())


# Layers


def imported(path):
    """(level, module) of every import: level 0 is absolute."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


@pytest.mark.parametrize("path", KERNEL_FILES, ids=name_of)
def test_kernels_know_only_numbers(path):
    """Numba, NumPy, the standard library and kernels; never the public API, by any path."""
    allowed = {"numba", "numpy"} | sys.stdlib_module_names
    depth = len(path.relative_to(KERNELS).parts)
    for level, module in imported(path):
        if level == 0:
            assert module.split(".")[0] in allowed, f"{name_of(path)} imports {module}"
        assert level <= depth, f"{name_of(path)} reaches above the kernels for {module}"


def modules():
    """The file of every module of the package, by its name."""
    for path in API_FILES + KERNEL_FILES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = ("fastgrad", *parts) if parts[0] == "kernels" else parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def reached(name, path, known):
    """The modules that one imports, for its annotations and inside its functions too."""
    here = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level + 1]
            target = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                yield f"{target}.{alias.name}" if f"{target}.{alias.name}" in known else target


def test_no_file_imports_itself_through_others():
    known = dict(modules())
    waiting = {name: set(reached(name, path, known)) - {name} for name, path in known.items()}
    for name in waiting:
        waiting[name] &= known.keys()
        waiting[name].discard("fastgrad")
    while True:  # take away what imports nothing that is left
        free = {name for name, others in waiting.items() if not others & waiting.keys()}
        if not free:
            break
        waiting = {name: others for name, others in waiting.items() if name not in free}
    circles = {name: sorted(others & waiting.keys()) for name, others in waiting.items()}
    assert not circles, circles


# A pipeline of its own for users' functions; the flags are those of compile.py.
COMPILING = {KERNELS / "jit" / "compile.py", KERNELS / "user" / "passes.py"}
COMPILERS = {"njit", "jit", "cfunc", "vectorize", "guvectorize", "stencil"}


@pytest.mark.parametrize(
    "path", [p for p in API_FILES + KERNEL_FILES if p not in COMPILING], ids=name_of
)
def test_one_file_owns_all_flags_of_the_compiler(path):
    for node in ast.walk(tree_of(path)):
        name = getattr(node, "attr", getattr(node, "id", None))
        assert name not in COMPILERS, f"{name_of(path)} compiles by itself ({name})"


def loops(path):
    """(source of what is iterated over, line) of every loop and comprehension."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.For, ast.comprehension)):
            yield ast.unparse(node.iter), node.iter.lineno


# Blocks of lanes until the one that failed is found, to show its error: after the run.
SEARCHES = {"range(0, replications, LANES)"}


@pytest.mark.parametrize("path", API_FILES, ids=name_of)
def test_no_loop_over_replications_outside_the_kernels(path):
    for iterated, line in loops(path):
        over = "range(" in iterated and ("replications" in iterated or ".count" in iterated)
        assert not over or iterated in SEARCHES, f"{name_of(path)}:{line}: {iterated}"


# The tree


@pytest.mark.parametrize("path", API_FILES + KERNEL_FILES, ids=name_of)
def test_files_and_functions_are_short(path):
    assert len(path.read_text().splitlines()) <= 300
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 60, f"{name_of(path)}: {node.name} has {lines} lines"


def test_every_folder_is_a_package_that_is_installed():
    folders = {path.parent for path in API_FILES + KERNEL_FILES}
    assert all((folder / "__init__.py").is_file() for folder in folders)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    wanted = set()
    for folder in folders:
        parts = folder.relative_to(ROOT).parts
        wanted.add(".".join(("fastgrad", *parts) if parts[0] == "kernels" else parts))
    assert set(settings["packages"]) == wanted
    kernel_packages = {name for name in wanted if name.startswith("fastgrad.kernels")}
    assert kernel_packages <= set(settings["package-dir"])


def test_stubs_are_those_of_the_tables():
    old = [name_of(file) for file, text in stubs().items() if file.read_text() != text]
    assert not old, "run python tests/stubs.py"


# The compile cache


def test_a_stamp_covers_what_is_inlined_and_no_more():
    assert {"special.log", "jit.compile", "jit.intrinsics"} <= stamps.reach(
        "distributions.exponential"
    )
    assert "special.lambert" in stamps.reach("distributions.weibull")
    assert {"estimators.block", "estimators.moments", "random.philox"} <= stamps.reach(
        "estimators.loop"
    )
    assert not any(name.startswith("distributions.e") for name in stamps.reach("estimators.loop"))


def test_imports_are_read_as_python_reads_them():
    for path in KERNEL_FILES:
        module = ".".join(path.relative_to(KERNELS).with_suffix("").parts).removesuffix("__init__")
        module = module.rstrip(".")
        here = (
            [*module.split("."), ""] if path.name == "__init__.py" and module else module.split(".")
        )
        wanted = set()
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.level:
                above = here[: len(here) - node.level]
                target = [*above, *filter(None, [node.module])]
                names = {".".join([*target, alias.name]) for alias in node.names}
                wanted |= {name for name in {".".join(target), *names} if stamps.source_of(name)}
        assert stamps.imports_of(module) == wanted, name_of(path)


PROGRAM = """
import fastgrad as fg
queue = fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.8), 3)
print(fg.__file__)
print(fg.simulate(queue, 1000, seed=1, threads=1).value.hex())
"""

# Twice the logarithm: twice every time, and twice the mean, to the last bit.
EDIT = """

_unchanged = log_inside


@device
def log_inside(x):
    return 2.0 * _unchanged(x)
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """One cache folder for all the versions below."""
    return tmp_path_factory.mktemp("cache")


def copy_of_the_project(folder):
    """The sources that make a distribution, with pyproject.toml and README."""
    ignore = shutil.ignore_patterns("__pycache__")
    for part in (API, KERNELS):
        shutil.copytree(part, folder / part.name, ignore=ignore)
    for part in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / part, folder / part)


def edit(source):
    """Change a device function and leave the file as old as it was."""
    times = source.stat()
    source.write_text(source.read_text() + EDIT)
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))


def run_installed(site, compiled):
    """The mean that a fresh process finds with the package in this folder."""
    environment = os.environ | {"PYTHONPATH": str(site), "FASTGRAD_CACHE_DIR": str(compiled)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, cwd=site
    )
    assert done.returncode == 0, done.stderr
    file, value = done.stdout.split()
    assert Path(file).is_relative_to(site)
    return float.fromhex(value)


def test_an_edited_device_function_runs(tmp_path, compiled):
    """log_inside is inlined into the exponential variates, two files away from what is cached."""
    site = tmp_path / "site"
    shutil.copytree(API, site / "fastgrad", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        KERNELS, site / "fastgrad" / "kernels", ignore=shutil.ignore_patterns("__pycache__")
    )
    source = site / "fastgrad" / "kernels" / "special" / "log.py"
    original = source.read_text()
    before = run_installed(site, compiled)
    files = {path.name for path in compiled.iterdir()}
    assert files
    edit(source)
    assert run_installed(site, compiled) == 2.0 * before
    added = {path.name for path in compiled.iterdir()} - files
    assert added
    assert not any("replicate" in name for name in added)  # the estimators' loop is unchanged
    source.write_text(original)
    assert run_installed(site, compiled) == before


def test_a_second_version_installed_over_a_first_runs(tmp_path, compiled):
    pytest.importorskip("pip")
    project, site = tmp_path / "project", tmp_path / "site"
    project.mkdir()
    copy_of_the_project(project)

    def install():
        shutil.rmtree(project / "build", ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
        command += ["--disable-pip-version-check"]
        done = subprocess.run(
            [*command, "--target", str(site), str(project)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    install()
    before = run_installed(site, compiled)
    edit(project / "kernels" / "special" / "log.py")
    install()
    assert run_installed(site, compiled) == 2.0 * before
