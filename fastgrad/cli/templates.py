"""`fastgrad new MODEL`: a commented study file, ready to run."""

from __future__ import annotations

import textwrap
from pathlib import Path

from ..study_files.kinds import is_code, models
from ..study_files.mistakes import unknown
from .catalogue import arguments
from .output import print_json

HEAD = """# {about}
# Run it:  fastgrad run {file}    (also: compare, sweep, explain, report)

# θ: a number, a list, or a table of names. Expressions below use it by name.
theta = {theta}

# Which methods `compare` and `sweep` take; all that are valid if this is left out.
methods = {methods}
replications = 20_000
seed = 1
# precision = 0.01            # stop when every 95 % half-width is below this
# antithetic = true           # mirrored pairs
# sampler = "sobol"           # or "lhs", "pseudo"
"""
TAIL = """
# The same at several points: fastgrad sweep (or run).
# [sweep]
# over = {over}
# design = "sobol"            # or "lhs", "factorial": then ranges [low, high] in `over`
# points = 16
"""
# θ, methods and the lines of [model] of each; arguments that are left out stand as comments.
EXAMPLES: dict[str, tuple[str, str, str]] = {
    "SingleServerQueue": ("0.5", '["ipa", "lr", "wd", "cd"]', '''
interarrival = "Exponential(1.0)"      # means, not rates
service = "Exponential(theta)"         # or {kind = "Exponential", mean = "theta"}
customers = 100
'''),
    "MultiServerQueue": ("1.6", '["ipa", "lr", "wd"]', '''
interarrival = "Exponential(1.0)"
service = "Gamma(2.0, theta / 2)"      # mean theta
servers = 2
customers = 60
output = "wait"
'''),
    "TandemQueue": ("{first = 0.6, second = 0.7}", '["ipa", "lr"]', '''
interarrival = "Exponential(1.0)"
services = ["Exponential(first)", "Erlang(2, second / 2)"]
customers = 40
buffers = [3]                          # before the second station
output = "system"
'''),
    "QueueNetwork": ("{mean = 0.6, back = 0.25}", '["lr", "cd"]', '''
arrival = "Exponential(1.0)"
entry = "desk"
stations = {desk = "Station(Exponential(mean))", office = "Station(Exponential(0.4), servers=2)"}
routing = {desk = {office = 0.8}, office = {desk = "back"}}
customers = 20
'''),
    "FluidQueue": ("4.0", '["ipa", "cd"]', '''
on = "Exponential(1.0)"
off = "Exponential(2.0)"
up = 2.0
down = 1.5
buffer = "theta"
horizon = "Cycles(50)"
output = "loss"
'''),
    "ActivityNetwork": ("[2.0, 3.0]", '["spa", "wd", "lr"]', '''
arcs = [["s", "a"], ["s", "b"], ["a", "b"], ["a", "t"], ["b", "t"]]   # or "network.csv"
durations = ["Exponential(theta[0])", "PERT(1, 2, 6)", "Exponential(1.0)", "Uniform(1, 4)",
             "Exponential(theta[1])"]
measure = "Tail(9.0)"                  # P(longer than 9); the mean without it
'''),
    "Inventory": ("{s = 4.0, q = 6.0}", '["spa", "cd"]', '''
s = "s"
S = "s + q"
demand = "Exponential(2.0)"
periods = 30
holding = 1.0
backlog = 4.0
fixed = 20.0
'''),
    "Option": ("{spot = 100.0, volatility = 0.2}", '["ipa", "lr"]', '''
dynamics = "GeometricBrownianMotion(spot, 0.05, volatility)"   # spot, rate, volatility
payoff = "European(105.0)"
maturity = 1.0
steps = 1
'''),
    "MortgageBackedSecurity": ("{rate = 0.05, volatility = 0.01}", '["ipa", "cd"]', '''
short_rate = "Vasicek(rate, 0.2, 0.055, volatility)"   # now, mean reversion, in the long run
coupon = 0.06
maturity = 10.0
prepayment = "RefinancingIncentive(base=0.05, span=0.4, seasoning=2.5)"
payments = 4                           # a year
'''),
    "Expectation": ("0.5", '["ipa", "lr", "wd"]', '''
function = "model.py:g"                # a function of your own; run with --allow-code
inputs = ["Exponential(theta)", "Uniform(0, 1)"]
'''),
    "Simulation": ("{interval = 12.0, mean = 10.0}", '["ipa", "cd"]', '''
function = "model.py:clinic"           # a function of your own; run with --allow-code
inputs = {lateness = "Normal(0, 4).repeat(24)", visit = "Gamma(4, mean / 4).repeat(24)"}
parameters = {interval = "interval"}
'''),
}  # fmt: skip


def template(name: str, file: str) -> str:
    """The text of the file for one model."""
    known = models()
    if name not in known:
        raise ValueError(unknown("model", name, known))
    theta, methods, lines = EXAMPLES.get(name, ("0.5", '["ipa", "cd"]', "\n"))
    kind = known[name]
    listed = arguments(kind)
    about = " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())
    head = HEAD.format(about=about, file=file, theta=theta, methods=methods)
    if is_code(kind):
        head = head.replace(f"run {file} ", f"run {file} --allow-code ")
    body = [f'\n[model]\nkind = "{name}"', lines.strip()]
    written = {line.partition("=")[0].strip() for line in lines.splitlines()}
    for one in listed:
        said = one["about"] or one["type"]
        about = textwrap.shorten(f"{one['name']}: {said}", 96, placeholder=" …")
        body.append(f"# {about}")
        if one["name"] not in written and one["default"] is not None:
            body[-1] += f" (default {one['default']})"
    over = "[0.3, 0.5, 0.7]" if theta[0] not in "[{" else "{NAME = [0.8, 1.2]}"
    return "\n".join([head + "\n".join(body), TAIL.format(over=over)])


def write(name: str, output: Path | None, force: bool, as_json: bool) -> None:
    """Write the file for one model."""
    target = output or Path(f"{name}.toml")
    text = template(name, target.name)
    if target.exists() and not force:
        raise ValueError(f"{target} is there already; --force writes over it")
    target.write_text(text, encoding="utf-8")
    if as_json:
        print_json({"study": str(target)})
    else:
        print(f"written to {target}: fastgrad run {target}")
