"""IPA of five stations in line, M/M/3 and a fluid queue against C, NumPy and the value alone."""

import c_library
import numpy as np
import queues_in_c
import queues_in_numpy
from timing import Ratio

import fastgrad as fg

CUSTOMERS, GAP, SEED, THREADS, STATIONS, SERVERS = 100, 1.0, 1, 2, 5, 3
REPLICATIONS = 100_000
MEANS = [0.5, 0.6, 0.7, 0.6, 0.5]
SERVICE = [2.4]


def line(means):
    services = [fg.Exponential(mean) for mean in means]
    return fg.TandemQueue(fg.Exponential(GAP), services, CUSTOMERS)


def one_station(mean):
    return line([0.5, 0.6, mean, 0.6, 0.5])


def test_line_of_five_stations(compare, share):
    """The gradient by all five means, against others; by one of them, against the value."""
    contenders, ratios = against_others("line", line, MEANS, STATIONS, 1 + STATIONS, share)
    most = int(REPLICATIONS * share)
    work = most * CUSTOMERS * (1 + STATIONS)
    contenders["value alone"] = (lambda: fg.simulate(line(MEANS), most, SEED), work)
    contenders["IPA by one mean"] = (lambda: ipa(one_station, 0.7, most), work)
    ratios.append(Ratio("IPA by one mean", "value alone", most=1.4))
    ratios.append(Ratio("fastgrad", "value alone"))
    compare("Five stations in line, N = 100, two threads", "draw", contenders, ratios)


def ipa(build, at, count):
    return fg.gradient(build, at, "ipa", count, seed=SEED, threads=THREADS)


def against_others(kind, build, at, parts, draws, share):
    """The library, C and NumPy, after a look at whether they find the same."""
    most = int(REPLICATIONS * share)
    step = queues_in_numpy.CHUNK * THREADS
    fewer = -(-max(most // 10, step) // step) * step
    own = ipa(build, at, 100_000)
    in_numpy = getattr(queues_in_numpy, kind)

    def numpy(threads):
        return queues_in_numpy.estimate(in_numpy, CUSTOMERS, parts, at, fewer, threads)

    mine = np.append(own.performance.value, own.gradient)
    error = np.sqrt(np.append(own.performance.variance, own.variance) * (1 / fewer + 1e-5))
    assert np.all(np.abs(numpy(1) - mine) <= 6.0 * error)
    contenders = {"fastgrad": (lambda: ipa(build, at, most), most * CUSTOMERS * draws)}
    if c_library.compiler():
        in_c = queues_in_c.ipa(kind, build, at, parts, GAP, SEED, THREADS)
        found = ipa(build, at, 10_007)
        wanted = [found.performance.value, *np.atleast_1d(found.gradient)]
        np.testing.assert_allclose(in_c(10_007)[: len(wanted)], wanted, rtol=1e-9)
        contenders["C"] = (lambda: in_c(most), most * CUSTOMERS * draws)
    for name, threads in (("NumPy", 1), ("NumPy in a pool", THREADS)):
        contenders[name] = (lambda threads=threads: numpy(threads), fewer * CUSTOMERS * draws)
    ratios = [
        Ratio("fastgrad", "C", most=1.2),
        Ratio("NumPy", "fastgrad", least=6.0),
        Ratio("NumPy in a pool", "fastgrad"),
    ]
    return contenders, ratios


def three_servers(mean):
    return fg.MultiServerQueue(fg.Exponential(GAP), fg.Exponential(mean[0]), SERVERS, CUSTOMERS)


def test_three_servers(compare, share):
    contenders, ratios = against_others("servers", three_servers, SERVICE, SERVERS, 2, share)
    most = int(REPLICATIONS * share)
    work = most * CUSTOMERS * 2
    contenders["value alone"] = (lambda: fg.simulate(three_servers(SERVICE), most, SEED), work)
    ratios.append(Ratio("fastgrad", "value alone", most=1.4))
    compare("M/M/3, N = 100, two threads", "draw", contenders, ratios)


def fluid(at):
    mean, buffer = at
    off = fg.Exponential(mean)
    return fg.FluidQueue(fg.Exponential(GAP), off, 2.0, 1.0, buffer, fg.Cycles(CUSTOMERS))


def test_fluid_queue(compare, share):
    """The gradient by the mean off period and the buffer, against others; by the buffer alone,
    against the value."""
    contenders, ratios = against_others("fluid", fluid, [1.5, 3.0], 0, 2, share)
    most = int(REPLICATIONS * share)
    work = most * CUSTOMERS * 2
    contenders["value alone"] = (lambda: fg.simulate(fluid([1.5, 3.0]), most, SEED), work)
    by_buffer = (lambda: ipa(lambda buffer: fluid([1.5, buffer]), 3.0, most), work)
    contenders["IPA by the buffer"] = by_buffer
    ratios.append(Ratio("IPA by the buffer", "value alone", most=1.4))
    compare("Fluid queue, 100 cycles, two threads", "draw", contenders, ratios)
