"""The table of differences in docs says what the tests expect of the local clouds."""

import re
from collections import Counter
from pathlib import Path

from apphost.capabilities import LACKING, MEANINGS, Capability
from tests.conformance.differences import DIFFERENCES, DOCUMENT, TITLES, differences

TESTS = Path(__file__).parents[1]
MARK = re.compile(r"mark\.needs\(Capability\.(\w+)\)")
COUNT = re.compile(r" \((\d+) tests?\)")


def _marked(folder: str) -> Counter[str]:
    sources = [path.read_text() for path in (TESTS / folder).glob("test_*.py")]
    return Counter(name for source in sources for name in MARK.findall(source))


def test_the_table_is_what_the_code_says_but_for_its_counts() -> None:
    lines = DOCUMENT.read_text().splitlines()
    start = lines.index(DIFFERENCES[1]) + 1
    rows = lines[start : lines.index("", start)]
    expected = differences({target: Counter() for target in TITLES})
    assert [COUNT.sub("", row) for row in rows] == [COUNT.sub("", row) for row in expected], (
        "docs/conformance.md is out of date: run make conformance"
    )
    assert not [row for row in rows if "(0 tests)" in row]


def test_a_test_asks_for_every_capability_that_is_named() -> None:
    assert set(_marked("conformance")) == {capability.name for capability in Capability}
    assert set(_marked("e2e")) <= {capability.name for capability in Capability}


def test_every_capability_is_explained_and_lacking_somewhere() -> None:
    assert set(MEANINGS) == set(Capability)
    assert {lacking for each in LACKING.values() for lacking in each} == set(Capability)
