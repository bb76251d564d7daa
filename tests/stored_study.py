"""A study for the tests of stores, and what they look at."""

import sqlite3

import fastgrad as fg

REPLICATIONS = 200_011  # ends in a leaf that is not whole


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 6)


def numbers(est):
    """Everything an estimate says but its time."""
    return est.gradient, est.variance, est.performance.value, est.replications, est.step


def run(store=None, **options):
    options = {"method": "ipa", "replications": REPLICATIONS, "seed": 3} | options
    return fg.gradient(queue, 0.5, store=store, **options)


def chunks_in(path):
    """(run, done, state) of every chunk."""
    connection = sqlite3.connect(path)
    try:
        query = "SELECT run, done, state FROM chunks ORDER BY run, done"
        return connection.execute(query).fetchall()
    finally:
        connection.close()
