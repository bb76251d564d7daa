"""Options, fixtures and the report of the benchmarks."""

import pytest
import report
from timing import Comparison, Contender, Figure

RESULTS = pytest.StashKey()
ROUNDS, QUICK_ROUNDS, QUICK_SHARE = 15, 3, 0.05


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="a twentieth of the work, 3 rounds")
    parser.addoption("--write", action="store_true", help="put the results into docs/speed.md")


def pytest_configure(config):
    if config.getoption("--quick") and config.getoption("--write"):
        raise pytest.UsageError("--quick is too short to be written into docs/speed.md")
    config.stash[RESULTS] = []
    # With --quick, some derivatives by 1,000 means have few samples that are not 0: no matter here.
    config.addinivalue_line("filterwarnings", "ignore::fastgrad.results.cautions.EstimateWarning")


def pytest_terminal_summary(terminalreporter, config):
    results = config.stash[RESULTS]
    if results:
        terminalreporter.write_line("")
        terminalreporter.write_line(report.markdown(results))
    if config.getoption("--write") and results:
        report.write(results)


@pytest.fixture
def share(request):
    """The part of the work to do: 1, or a little of it with --quick."""
    return QUICK_SHARE if request.config.getoption("--quick") else 1.0


@pytest.fixture
def compare(request, benchmark):
    """compare(title, unit, {name: (function, work)}, ratios): time them in turns."""

    def compare(title, unit, contenders, ratios=(), notes=()):
        made = {name: Contender(*given) for name, given in contenders.items()}
        comparison = Comparison(title, unit, made, list(ratios), list(notes))
        comparison.warm_up()
        rounds = QUICK_ROUNDS if request.config.getoption("--quick") else ROUNDS
        benchmark.pedantic(comparison.one_round, rounds=rounds)
        for ratio in comparison.known_ratios():
            name = f"{ratio.numerator} / {ratio.denominator}"
            benchmark.extra_info[name] = comparison.ratio(ratio.numerator, ratio.denominator)[0]
        request.config.stash[RESULTS].append(comparison)
        return comparison

    return compare


@pytest.fixture
def note_figure(request):
    """note_figure(name, value, unit, most): a result that is not a comparison."""

    def note(name, value, unit, most):
        request.config.stash[RESULTS].append(Figure(name, value, unit, most))

    return note
