"""Every hot loop against its limit: the random numbers and variates that it takes, alone.

What the value takes beyond them is the recursion, what IPA takes beyond the value the derivative
and its accumulation: docs/roofline.md. On one thread, in ns a draw.
"""

import bench_inventory
import bench_network
import bench_queue
import bench_queues
import limits
import pytest
import roofline
from timing import Ratio

import fastgrad as fg
from fastgrad import finance

SEED = 1


def asian(spot):
    prices = finance.GeometricBrownianMotion(spot, 0.05, 0.2)
    return finance.Option(prices, finance.Asian(100.0), 1.0, 50)


# Model, θ, replications; the inventory's slopes are smoothed, the others' pathwise.
LOOPS = {
    "M/M/1, N = 100": (bench_queue.queue, 0.5, 200_000),
    "13 arcs": (bench_network.network(bench_network.ARCS), bench_network.MEANS, 1_000_000),
    "(s, S) inventory, N = 100": (bench_inventory.stock, bench_inventory.AT, 50_000),
    "Five stations, N = 100": (bench_queues.line, bench_queues.MEANS, 30_000),
    "M/M/3, N = 100": (bench_queues.three_servers, bench_queues.SERVICE, 50_000),
    "Asian, 50 steps": (asian, 100.0, 200_000),
}


@pytest.mark.parametrize("name", LOOPS)
def test_limit(compare, share, name):
    build, at, most = LOOPS[name]
    count, model = int(most * share), build(at)
    work = count * limits.draws(model)
    contenders = limits.contenders(model, count, work) | {
        "value alone": (lambda: fg.simulate(model, count, SEED, threads=1), work),
        "gradient": (
            lambda: fg.gradient(build, at, "auto", count, seed=SEED, threads=1),
            work,
        ),
    }
    ratios = [
        Ratio("gradient", "and variates", most=roofline.GOAL),
        Ratio("value alone", "and variates"),
    ]
    compare(f"{name}{roofline.MARK}", "draw", contenders, ratios)
