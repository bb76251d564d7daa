"""A supply chain: base-stock levels of a shop and its warehouse.

The shop orders what was sold; the warehouse delivers it next period, as far as it has it,
and is refilled from a factory that makes at most `capacity` a period. The cost is continuous
in both levels, so IPA gives its gradient for a descent with random steps.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg

PERIODS = 60


def cost_of_a_period(x, p):
    shop = p.shop
    warehouse = p.warehouse
    owed = 0.0  # ordered by the shop, not delivered
    cost = 0.0
    for t in range(len(x.demand)):
        delivered = min(owed, max(warehouse, 0.0))
        warehouse -= delivered
        shop += delivered
        owed -= delivered
        made = min(p.capacity, p.shop + p.warehouse - shop - warehouse)
        warehouse += max(made, 0.0)
        shop -= x.demand[t]
        owed = p.shop - shop
        cost += 1.0 * max(shop, 0.0) + 9.0 * max(-shop, 0.0) + 0.5 * max(warehouse, 0.0)
    return cost / len(x.demand)


def chain(theta):
    return fg.Simulation(
        cost_of_a_period,
        inputs={"demand": fg.Gamma(2.0, 5.0).repeat(PERIODS)},
        parameters={"shop": theta[0], "warehouse": theta[1], "capacity": 14.0},
    )


def main():
    level = np.array([10.0, 10.0])
    path, costs = [level], []
    for step in range(60):
        estimate = fg.gradient(chain, level, "ipa", replications=500, seed=step)
        level = level - 5.0 / (step + 10.0) * estimate.gradient
        path.append(level)
        costs.append(estimate.performance.value)
    path = np.array(path)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
    left.plot(path[:, 0], path[:, 1], ".-")
    left.set(xlabel="level of the shop", ylabel="level of the warehouse", title="the descent")
    right.plot(costs)
    right.set(xlabel="step (500 replications each)", ylabel="cost a period")
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
