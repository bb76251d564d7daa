"""What a user's function reads from outside: lists, dicts, dataclasses, namespaces."""

import dataclasses
import types

import pytest

import fastgrad as fg


@dataclasses.dataclass
class Clinic:
    rate: float = 2.0
    weights: list = dataclasses.field(default_factory=lambda: [1, 0.5])

    def doubled(self, y):
        return 2.0 * y


CLINIC = Clinic()
PRICES = {"day": 3.0, "by hour": {"night": [1.0, 4.0]}}
SPACE = types.SimpleNamespace(half=lambda y: 0.5 * y, table={"last": 7.0})
SHIFTS = [(0, 1.0), (2, 0.25)]
COVARIANCE = [[1.0, 2.0], [3.0, 4.0]]


def everything(x, p):
    total = 0.0
    for hour, weight in SHIFTS:
        total += weight * hour
    for i in range(len(CLINIC.weights)):
        total += CLINIC.weights[i] * CLINIC.rate
    total += PRICES["day"] + PRICES["by hour"]["night"][1] + SPACE.half(SPACE.table["last"])
    return p.m * x.a * (total + COVARIANCE[1][0])


def gradient(function, **options):
    def build(t):
        return fg.Simulation(function, inputs={"a": fg.Deterministic(1.0)}, parameters={"m": t})

    return fg.gradient(build, at=2.0, method="ipa", replications=2, **options).gradient


def test_they_are_constants_and_their_changes_are_seen(monkeypatch):
    assert gradient(everything) == 0.5 + 3.0 + 3.0 + 4.0 + 3.5 + 3.0
    monkeypatch.setitem(PRICES, "day", 13.0)
    monkeypatch.setattr(CLINIC, "rate", 4.0)
    monkeypatch.setitem(PRICES["by hour"], "night", [1.0, 5.0])
    assert gradient(everything) == 0.5 + 6.0 + 13.0 + 5.0 + 3.5 + 3.0


def test_closed_over():
    costs, clinic = {"late": [1.0, 5.0]}, Clinic(3.0)
    assert gradient(lambda x, p: costs["late"][1] * clinic.rate * x.a * p.m) == 15.0


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x, p: CLINIC.doubled(x.a) * p.m, r"Clinic\.doubled is not a number.*a method"),
        (lambda x, p: PRICES["week"] * x.a * p.m, "PRICES is a dict: compiled code reads PRICES"),
    ],
)
def test_what_has_no_constant_form(function, words):
    with pytest.raises(TypeError, match=words):
        gradient(function)


def test_theta_hidden_in_an_object():
    def build(t):
        clinic = Clinic(t)
        return fg.Simulation(
            lambda x, p: clinic.rate * x.a, inputs={"a": fg.Exponential(t)}, parameters={}
        )

    with pytest.raises(ValueError, match="reads theta from outside"):
        fg.gradient(build, at=2.0, replications=2)
