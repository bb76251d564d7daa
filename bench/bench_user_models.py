"""A user's Lindley queue: IPA against its value alone, and against the built-in kernel."""

from timing import Ratio

import fastgrad as fg

CUSTOMERS, GAP, SERVICE, SEED, THREADS = 100, 1.0, 0.5, 1, 2
REPLICATIONS = 200_000


def lindley(x, p):
    sojourn = 0.0
    total = 0.0
    for n in range(len(x.service)):
        if n > 0:
            sojourn = max(sojourn - x.gap[n - 1], 0.0)
        sojourn += x.service[n]
        total += sojourn
    return total / len(x.service)


def user_queue(mean):
    return fg.Simulation(
        lindley,
        {
            "gap": fg.Exponential(GAP).repeat(CUSTOMERS - 1),
            "service": fg.Exponential(mean).repeat(CUSTOMERS),
        },
    )


def built_in_queue(mean):
    return fg.SingleServerQueue(fg.Exponential(GAP), fg.Exponential(mean), CUSTOMERS)


def test_a_users_queue(compare, share):
    most = int(REPLICATIONS * share)

    def ipa(build):
        return fg.gradient(build, SERVICE, "ipa", most, SEED, threads=THREADS)

    assert abs(ipa(user_queue).gradient - ipa(built_in_queue).gradient) < 1e-9
    work = most * CUSTOMERS
    contenders = {
        "user's IPA": (lambda: ipa(user_queue), work),
        "user's value": (
            lambda: fg.simulate(user_queue(SERVICE), most, SEED, threads=THREADS),
            work,
        ),
        "built-in IPA": (lambda: ipa(built_in_queue), work),
    }
    ratios = [
        Ratio("user's IPA", "user's value", most=1.6),
        Ratio("user's IPA", "built-in IPA", most=2.5),
    ]
    compare(f"A user's Lindley queue, N = {CUSTOMERS}", "customer", contenders, ratios, [])
