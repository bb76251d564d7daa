"""What is promised of prose: sources are named, and the names stand in docs/references.md."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("fastgrad", "kernels", "docs", "tests", "bench")
WRITTEN = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
    if path.suffix in {".py", ".md", ".toml", ".c"} and "_build" not in path.parts
)
REFERENCES = ROOT / "docs" / "references.md"

PLACE = re.compile(
    r"\b(?:[Ss]ections?|[Cc]hapter|[Ee]qs?\.|[Ee]quations?|Tables?|Examples?|Propositions?|Theorem"
    r"|Lemma|Figure)\s+\(?\d"
)
CITED = re.compile(r"([A-Z][\w'-]+)(?: et al\.| and others)?,? \(?((?:19|20)\d\d)\b(?!-)")


def name_of(path):
    return str(path.relative_to(ROOT))


def running(text):
    """The text without line breaks and marks of comments."""
    return re.sub(r"\s*\n[\s#*/]*", " ", text)


def bare(text):
    """Places ("section 4", "eq. 18") with no author and year before them in the sentence."""
    text = running(text)
    return [
        text[max(0, found.start() - 60) : found.end()]
        for found in PLACE.finditer(text)
        if not re.search(
            r"\w \(?(?:19|20)\d\d\)?,", text[max(0, found.start() - 60) : found.start()]
        )
    ]


def test_a_bare_place_is_found():
    assert bare("as in section 4.1, eq. 18")
    assert bare("see Fu\n# (2005). Then\n# Table 1")
    assert not bare("as in Fu (2005),\n    section 4, eq. 18 and 34, or Table 1")


def test_every_place_names_its_document():
    found = {name_of(path): bare(path.read_text()) for path in WRITTEN if path != Path(__file__)}
    assert not {name: places for name, places in found.items() if places}


def test_every_author_cited_stands_in_the_references():
    entries = running(REFERENCES.read_text()).split(" - ")
    assert len(entries) > 50
    for path in WRITTEN:
        for author, year in CITED.findall(path.read_text()):
            found = any(author in entry and f"({year})" in entry for entry in entries)
            assert found, f"{name_of(path)}: {author} {year}"
