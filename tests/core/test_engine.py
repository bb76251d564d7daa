"""The engine: the same bits whatever does the work, stopping rules, Ctrl-C, memory."""

import _thread
import multiprocessing
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import fastgrad as fg
from fastgrad.core import engine, run

METHODS = {
    "fd": fg.ForwardDifference(),
    "cd-independent": fg.CentralDifference(step=0.01, common=False),
    "sp": fg.SimultaneousPerturbation(),
    "sp-hadamard": fg.SimultaneousPerturbation(directions="hadamard"),
    "rd": fg.RandomDirections(),
    "ipa": fg.IPA(),
    "lr": fg.LikelihoodRatio(),
    "wd": fg.WeakDerivative(),
    "wd-one": fg.WeakDerivative(phantoms="one"),
}
AT = np.array([1.0, 0.8])
# Not a multiple of lanes, leaves or chunks: every kind of remainder occurs.
REPLICATIONS = 20_011


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), 6)


def bits(method, **options):
    """Everything an estimate says, as exact numbers."""
    options = {"replications": REPLICATIONS, "seed": 9} | options
    est = fg.gradient(queue, AT, METHODS[method], **options)
    assert np.all(np.isfinite(est.gradient))
    return [
        *est.gradient,
        *est.variance,
        est.performance.value,
        est.performance.variance,
        est.replications,
    ]


def run_python(*arguments):
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


every_method = pytest.mark.parametrize("method", METHODS)
SAMPLES = ({}, {"antithetic": True}, {"sampler": "lhs"}, {"sampler": "sobol"})
every_sample = pytest.mark.parametrize(
    ("method", "options"),
    [
        pytest.param(method, options, id=f"{method}-{options}")
        for method in METHODS
        for options in SAMPLES
        # Runs without common numbers cannot share quasi-random points.
        if method != "cd-independent" or "sampler" not in options
    ],
)


# The same bits


@every_sample
def test_threads_do_not_matter(method, options):
    assert bits(method, threads=1, **options) == bits(method, threads=2, **options)


@every_sample
def test_chunks_do_not_matter(method, options, monkeypatch):
    wanted = bits(method, **options)
    monkeypatch.setattr(engine, "CHUNK_DOUBLES", 1)  # one leaf at a time
    assert bits(method, **options) == wanted
    monkeypatch.setattr(engine, "CHUNK_DOUBLES", 1 << 28)
    monkeypatch.setattr(engine, "SECONDS_IN_CHUNK", 1e3)  # chunks grow without end
    assert bits(method, **options) == wanted


@every_method
def test_leaves_change_rounding_only(method, monkeypatch):
    """A leaf is part of the definition of the result; its size moves the last digits."""
    wanted = bits(method)
    monkeypatch.setattr(engine, "BLOCKS_IN_LEAF", 3)
    found = bits(method)
    assert found != wanted
    assert found == pytest.approx(wanted, rel=1e-11)


@pytest.mark.parametrize("options", [{}, {"antithetic": True}], ids=str)
@every_method
def test_an_executor_of_threads_does_not_matter(method, options):
    with ThreadPoolExecutor(3) as pool:
        assert bits(method, executor=pool, **options) == bits(method, **options)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_an_executor_of_processes_does_not_matter(start):
    context = multiprocessing.get_context(start)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        for method, options in (
            ("ipa", {}),
            ("ipa", {"antithetic": True}),
            ("sp", {}),
            ("wd", {}),
            ("lr", {"sampler": "lhs"}),
        ):
            assert bits(method, executor=pool, **options) == bits(method, **options)


def test_a_second_process_finds_the_same():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_engine as t; "
        "print(*[x.hex() for m in t.METHODS for x in map(float, t.bits(m, antithetic=True))])"
    )
    here = str(Path(__file__).parent)
    out = run_python("-c", program, here)
    found = [float(x).hex() for m in METHODS for x in bits(m, antithetic=True)]
    assert out.split() == found


def test_threads_that_estimate_at_the_same_time():
    wanted = {seed: bits("ipa", seed=seed) for seed in range(6)}
    with ThreadPoolExecutor(6) as pool:
        found = dict(zip(wanted, pool.map(lambda s: bits("ipa", seed=s), wanted), strict=True))
    assert found == wanted


def test_seeds_matter():
    """Sixty-four seeds, sixty-four results, spread as their errors say."""
    runs = [fg.gradient(queue, AT, "ipa", 500, seed=seed) for seed in range(64)]
    gradients = np.array([run.gradient for run in runs])
    assert len({tuple(row) for row in gradients}) == 64
    z = (gradients - gradients.mean(axis=0)) / np.mean([r.standard_error for r in runs], axis=0)
    low, high = stats.chi2(63).ppf([2.5e-7, 1.0 - 2.5e-7])
    assert np.all((low < (z**2).sum(axis=0)) & ((z**2).sum(axis=0) < high))


def test_more_replications_begin_with_the_same_ones():
    """The mean of n + m is the mean of the first n and of the m that follow."""
    whole, first = (fg.simulate(queue(AT), n, seed=3) for n in (6000, 4096))
    assert whole.value != first.value
    follow = (6000 * whole.value - 4096 * first.value) / (6000 - 4096)
    spread = np.sqrt(first.variance / (6000 - 4096) + first.variance / 4096)
    assert abs(follow - first.value) < 6.0 * spread


def test_no_threads_are_started_where_none_are_wanted():
    program = (
        "import fastgrad as fg, threading\n"
        "fg.simulate(fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), 3), 5000,"
        " threads=1)\n"
        "print(threading.active_count())"
    )
    assert run_python("-c", program).strip() == "1"


def test_every_estimator_is_compiled_once():
    """Layouts and flags of arrays would otherwise each get a kernel of their own."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_engine as t\n"
        "import fastgrad as fg\n"
        "from fastgrad.kernels.estimators.loop import block_of, loop_of\n"
        "for method in t.METHODS:\n"
        "    for options in ({}, {'antithetic': True}, {'sampler': 'lhs'}):\n"
        "        if method != 'cd-independent' or 'sampler' not in options:\n"
        "            t.bits(method, **options)\n"
        "    build = lambda x: fg.SingleServerQueue(fg.Uniform(0.0, 2.0), fg.Exponential(x), 1)\n"
        "    fg.gradient(build, 0.5, t.METHODS[method], replications=3000)\n"
        "print(block_of.cache_info().currsize, loop_of.cache_info().currsize)"
    )
    assert run_python("-c", program, str(Path(__file__).parent)).split() == ["5", "1"]


# When to stop


@pytest.mark.parametrize("antithetic", [False, True])
@pytest.mark.parametrize("precision", [0.05, 0.01])
def test_precision_is_reached_and_hardly_more(precision, antithetic):
    est = fg.gradient(queue, AT, "ipa", seed=2, precision=precision, antithetic=antithetic)
    low, high = est.confidence_interval(0.95)
    assert np.all(0.5 * (high - low) <= precision)
    needed = np.max(est.variance) * (1.96 / precision) ** 2
    # The last stage aims 5 % beyond what the variance so far asks for, at least 10 % at a time.
    assert est.replications <= max(1.25 * needed, 2 * run.FIRST_LOOK + 4096)


def test_relative_precision():
    est = fg.gradient(queue, AT, "ipa", seed=2, precision=0.02, relative=True)
    low, high = est.confidence_interval(0.95)
    assert np.all(0.5 * (high - low) <= 0.02 * np.abs(est.gradient))
    assert est.replications < 10_000_000


def test_precision_of_the_output_itself():
    est = fg.simulate(queue(AT), seed=2, precision=0.01)
    low, high = est.confidence_interval(0.95)
    assert 0.5 * (high - low) <= 0.01


def test_replications_are_the_most_that_is_spent():
    est = fg.gradient(queue, AT, "ipa", 10_000, seed=2, precision=1e-6)
    assert est.replications == 10_000
    assert bits("ipa", replications=10_000, precision=1e-6) == bits("ipa", replications=10_000)


def test_precision_does_not_depend_on_threads():
    runs = [bits("lr", replications=None, precision=0.05, threads=k) for k in (1, 2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("replications", [2, 3, 255, 256, 257, 2048, 2049, 5000])
def test_any_number_of_replications(replications):
    for options in ({}, {"threads": 1}):
        found = fg.simulate(queue(AT), replications, seed=1, **options)
        assert found.replications == replications
    assert np.isfinite(found.standard_error)


# Progress and Ctrl-C


def test_progress_is_reported_in_order():
    seen = []
    fg.gradient(queue, AT, "ipa", 300_000, seed=1, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 300_000
    assert len(seen) > 1


def test_pilots_are_announced():
    class Shown(list):
        def pilot(self):
            self.append("pilot")

        __call__ = list.append

    seen = Shown()
    fg.gradient(queue, AT, "cd", 3000, seed=1, progress=seen)
    assert seen[0] == "pilot"
    assert seen[-1] == 3000


def test_a_progress_bar_leaves_the_result_alone(capsys):
    assert bits("ipa", progress=True) == bits("ipa")


@pytest.mark.parametrize("options", [{}, {"antithetic": True}, {"sampler": "lhs"}], ids=str)
def test_an_interrupted_run_reports_what_was_done(options):
    seen = []

    def stop(samples):
        seen.append(samples)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(fg.Interrupted, match="interrupted after") as caught:
        fg.gradient(queue, AT, "ipa", 2_000_000, seed=1, progress=stop, **options)
    assert isinstance(caught.value, KeyboardInterrupt)
    est = caught.value.estimate
    assert 0 < est.replications < 2_000_000
    assert est.replications == seen[-1] * {"lhs": run.LATIN_POINTS}.get(
        options.get("sampler"), 2 if options.get("antithetic") else 1
    )
    value = fg.exact.mm1(1.0, 0.8, 6)
    low, high = est.confidence_interval(1.0 - 1e-6)
    exact = [value.d_interarrival, value.d_service]
    assert np.all((low <= exact) & (exact <= high))
    assert "dE[Y]" in str(est)
    if not options:  # the same replications as a run of that length
        again = fg.gradient(queue, AT, "ipa", est.replications, seed=1)
        assert np.array_equal(again.gradient, est.gradient)


def test_an_interrupt_before_anything_is_done():
    def stop(samples):
        raise KeyboardInterrupt

    with pytest.raises(fg.Interrupted):
        fg.gradient(queue, AT, "ipa", 2, seed=1, sampler="lhs", progress=stop)


def test_an_interrupt_from_the_keyboard():
    """A signal while the kernel runs is seen at the end of a chunk, a tenth of a second."""
    bits("ipa", threads=1)  # compile first
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    began = time.perf_counter()
    with pytest.raises(fg.Interrupted) as caught:
        fg.gradient(queue, AT, "ipa", 10**12, seed=1)
    assert time.perf_counter() - began < 20.0
    assert caught.value.estimate.replications > 0


def test_an_interrupt_with_an_executor_cancels_what_waits():
    def stop(samples):
        raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(fg.Interrupted):
            fg.gradient(queue, AT, "ipa", 10**9, seed=1, executor=pool, progress=stop)
        assert pool.submit(lambda: 7).result(timeout=30) == 7


# Memory


PEAK = """
import resource, sys
import fastgrad as fg
queue = lambda t: fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(t), 1)
est = fg.gradient(queue, 0.5, sys.argv[2], replications=int(float(sys.argv[1])), seed=1)
assert est.replications == int(float(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0)
"""


def peak_memory(replications, method):
    """Megabytes of a fresh process."""
    return float(run_python("-c", PEAK, str(replications), method))


def growth(replications, method):
    """Megabytes more than for ten thousand replications."""
    peak_memory(1e4, method)  # fills the compile cache
    return peak_memory(replications, method) - peak_memory(1e4, method)


@pytest.mark.parametrize("method", ["ipa", "sp"])
def test_memory_does_not_grow_with_replications(method):
    """50 MB; simultaneous perturbations hold a chunk of directions, 32 MB at most."""
    assert growth(1e7, method) < 50.0


@pytest.mark.slow
@pytest.mark.parametrize("method", ["ipa", "sp"])
def test_memory_of_a_hundred_million_replications(method):
    assert growth(1e8, method) < 50.0
