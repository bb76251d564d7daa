"""Estimates of every model by every method, to be compared with those of another version.

python tests/recorded.py write     # keep them in recorded_estimates.json
python tests/recorded.py           # name those that differ now, and by how much
"""

import json
import sys
import warnings
from pathlib import Path

import fastgrad as fg

FILE = Path(__file__).with_name("recorded_estimates.json")
REPLICATIONS = 2000


def ruin(x, p):
    capital = p.capital
    for i in range(len(x.claim)):
        capital += p.premium * x.gap[i] - x.claim[i]
        if capital < 0.0:
            return 1.0
    return 0.0


def lindley(x, p):
    system = total = x.service[0]
    for n in range(len(x.gap)):
        system = x.service[n + 1] + max(system - x.gap[n], 0.0)
        total += system
    return total / len(x.service)


def newsvendor(x, p):
    return p.h * max(p.q - x.d, 0.0) + p.b * max(x.d - p.q, 0.0)


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers=20)


def weibull_queue(theta):
    return fg.SingleServerQueue(fg.Erlang(2, theta["gap"]), fg.Weibull(2.0, theta["scale"]), 10)


def costed_queue(theta):
    return queue(theta) + 1.0 / theta


def bridge(theta):
    arcs = [("s", "a"), ("s", "b"), ("a", "b"), ("a", "t"), ("b", "t")]
    return fg.ActivityNetwork(arcs, [fg.Exponential(mean) for mean in theta])


def late(theta):
    arcs = [("s", "a"), ("s", "b"), ("a", "t"), ("b", "t")]
    return fg.ActivityNetwork(arcs, [fg.Exponential(m) for m in theta], measure=fg.Tail(3.0))


def inventory(theta):
    return fg.Inventory(
        s=theta["s"], S=theta["s"] + theta["q"], demand=fg.Exponential(theta["m"]), periods=10,
        measure="cost", holding=1.0, backlog=9.0, fixed=5.0,
    )  # fmt: skip


def insurer(theta):
    return fg.Simulation(
        ruin,
        inputs={"claim": fg.Exponential(theta).repeat(20), "gap": fg.Exponential(1.0).repeat(20)},
        parameters={"capital": 5.0, "premium": 1.3},
    )


def users_queue(theta):
    inputs = {"gap": fg.Exponential(1.0).repeat(19), "service": fg.Exponential(theta).repeat(20)}
    return fg.Simulation(lindley, inputs=inputs)


def users_newsvendor(theta):
    parameters = {"q": theta["q"], "h": 1.0, "b": 9.0}
    return fg.Simulation(newsvendor, {"d": fg.Gamma(2.0, theta["m"])}, parameters)


ALL = ("fd", "cd", "sp", "rd", "ipa", "lr", "wd", "auto")
EXAMPLES = {
    "queue": (queue, 0.5, (*ALL, "order 2 lr", "order 2 wd", "order 2 spa")),
    "weibull_queue": (weibull_queue, {"gap": 0.5, "scale": 0.6}, ("ipa", "lr", "wd", "auto")),
    "costed_queue": (costed_queue, 0.5, ("ipa", "lr")),
    "bridge": (bridge, [1.0, 2.0, 0.5, 1.5, 1.0], ("ipa", "lr", "wd", "order 2 lr")),
    "late": (late, [1.0, 1.0, 1.0, 1.0], ("spa", "lr", "wd", "auto")),
    "inventory": (inventory, {"m": 1.0, "s": 1.0, "q": 2.0}, ("spa", "auto")),
    "insurer": (insurer, 1.0, ("lr", "wd")),
    "users_queue": (users_queue, 0.5, ("ipa", "lr", "wd", "auto")),
    "users_newsvendor": (users_newsvendor, {"m": 1.0, "q": 3.0}, ("ipa", "auto")),
}


def numbers(estimate):
    """E[Y] and the gradient, in hexadecimal."""
    given = estimate._outcome.moments.mean
    return [float(x).hex() for x in given]


def made():
    """All estimates, by example and method."""
    found = {}
    for name, (build, at, methods) in EXAMPLES.items():
        for method in methods:
            order, word = (2, method.split()[-1]) if method.startswith("order") else (1, method)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                estimate = fg.gradient(build, at, word, REPLICATIONS, seed=7, order=order)
            found[f"{name} {method}"] = numbers(estimate)
    return found


def main():
    found = made()
    if "write" in sys.argv:
        FILE.write_text(json.dumps(found, indent=1) + "\n")
        return
    for name, known in json.loads(FILE.read_text()).items():
        now = found[name]
        if now != known:
            off = [float.fromhex(a) - float.fromhex(b) for a, b in zip(now, known, strict=True)]
            print(f"{name}: differs by {max(map(abs, off)):.3g}")


if __name__ == "__main__":
    main()
