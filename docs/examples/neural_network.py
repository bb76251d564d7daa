"""A stochastic-gradient step of a small neural network.

The loss of one random example is an output like any other, and its ten weights are
structural parameters: a mini-batch is a handful of replications, and backpropagation a
pathwise derivative (here forward, ten directions in two passes).
"""

import math
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastgrad as fg


def network(x, w0, w1, w2, b0, b1, b2, v0, v1, v2, c):
    first = v0 * math.tanh(w0 * x + b0)
    second = v1 * math.tanh(w1 * x + b1)
    third = v2 * math.tanh(w2 * x + b2)
    return first + second + third + c


def loss(x, p):
    target = math.sin(2.0 * x.place) + 0.1 * x.noise
    found = network(x.place, p.w0, p.w1, p.w2, p.b0, p.b1, p.b2, p.v0, p.v1, p.v2, p.c)
    return (found - target) ** 2


WEIGHTS = {
    "w0": 1.0, "w1": -0.5, "w2": 0.4, "b0": 0.1, "b1": 0.8, "b2": -0.7,
    "v0": 0.3, "v1": 0.2, "v2": -0.1, "c": 0.1,
}  # fmt: skip


def training(weights):
    return fg.Simulation(
        loss, {"place": fg.Uniform(-2.0, 2.0), "noise": fg.Normal(0.0, 1.0)}, weights
    )


def main():
    weights, losses = dict(WEIGHTS), []
    speed = dict.fromkeys(weights, 0.0)
    for step in range(400):
        batch = fg.gradient(training, weights, "ipa", replications=256, seed=step)
        losses.append(batch.performance.value)
        for name in weights:
            speed[name] = 0.9 * speed[name] - 0.03 * batch.gradient[name]
            weights[name] += speed[name]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
    left.semilogy(losses)
    left.axhline(0.01, color="k", lw=0.5)
    left.set(xlabel="step (256 examples each)", ylabel="loss", title="0.01 is the noise itself")
    places = np.linspace(-2.0, 2.0, 200)
    right.plot(places, np.sin(2.0 * places), label="sin 2x")
    right.plot(places, [network(x, **weights) for x in places], label="network")
    right.legend()
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
