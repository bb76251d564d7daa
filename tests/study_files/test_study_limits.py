"""Study and network files that go too far end in one clear line."""

import pytest

import fastgrad as fg
from fastgrad.cli.studies import run

STUDY = """
theta = {theta}
methods = ["ipa"]
replications = {replications}
[model]
kind = "SingleServerQueue"
customers = {customers}
interarrival = {{kind = "Exponential", mean = {mean}}}
service = {{kind = "Exponential", mean = "theta"}}
"""


def study(folder, **given):
    plain = {"theta": "0.5", "replications": "100", "customers": "1", "mean": "1.0"}
    path = folder / "study.toml"
    path.write_text(STUDY.format(**plain | given))
    return path


CASES = [
    ({"mean": f'"{"-" * 490}1.0"'}, "more than 150 operations inside one another"),
    ({"mean": f'"{"-" * 980}1.0"'}, "more than 150 operations inside one another"),
    ({"mean": f'"{"(" * 300}1{")" * 300}"'}, "not an expression"),
    ({"mean": f'"{"1" * 500}"'}, "a whole number of 500 digits"),
    ({"mean": "1" * 500}, "a whole number of 500 digits"),
    ({"theta": "1" * 500}, "a whole number of 500 digits"),
    ({"customers": "1" * 500}, "a whole number of 500 digits"),
    ({"replications": "1" * 500}, "a whole number of 500 digits"),
    ({"customers": "1000000000000"}, "this machine has"),
    ({"mean": "{a=" * 1500 + "1" + "}" * 1500}, "too deep inside one another"),
    ({"mean": "[" * 1500 + "1" + "]" * 1500}, "too deep inside one another"),
    ({"mean": '"9**9**9**9"'}, "cannot be computed"),
]


@pytest.mark.parametrize(("given", "message"), CASES)
def test_a_file_that_goes_too_far_is_refused(tmp_path, given, message):
    with pytest.raises(ValueError, match=message) as refused:
        run(study(tmp_path, **given), True, None, files=False)
    assert len(str(refused.value)) < 400 + len(str(tmp_path))


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path):
    path = study(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    run(path, True, None, files=False)
    path.write_bytes(b"\xef\xbb\xbffrom,to,duration\ns,t,Exponential(2.0)\n")
    assert fg.ActivityNetwork(path).durations[0].mean == 2.0


@pytest.mark.parametrize("signs", [400, 5000])
def test_a_duration_that_goes_too_far_is_refused(tmp_path, signs):
    path = tmp_path / "network.csv"
    path.write_text(f"from,to,duration\ns,t,Exponential({'-' * signs}1)\n")
    with pytest.raises(ValueError, match="is not a distribution"):
        fg.ActivityNetwork(path)


def test_a_demo_that_cannot_draw_says_so_and_prints_its_results(tmp_path):
    from fastgrad.cli.demo import _draw

    class Drawn:
        def plot(self, path, label):
            path.write_bytes(b"")

    where, why = _draw(Drawn(), tmp_path / "not there" / "figure.png")
    assert where is None
    assert "No such file" in why
