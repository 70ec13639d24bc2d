"""Every planted bug fits the sources as they are, and is found by the seed that found it before.

Here a fixed part of them is hunted; `make planted` hunts all.
"""

import json
import subprocess
import sys

import pytest

from tests.simulation.planted.bugs import BUGS, REPORT
from tests.simulation.planted.planting import Bug, NotPlanted, check, planted

BUGS_MIN = 80
PART = 8


@pytest.mark.parametrize("bug", BUGS, ids=lambda each: each.name)
def test_a_planted_bug_fits_the_sources(bug: Bug) -> None:
    check(bug)


def test_a_bug_that_no_longer_fits_is_told() -> None:
    bug = BUGS[0]
    with pytest.raises(NotPlanted):
        planted("nothing of it", bug.edits)


def test_there_are_enough_planted_bugs() -> None:
    assert len({each.name for each in BUGS}) == len(BUGS) >= BUGS_MIN


def test_every_planted_bug_was_found() -> None:
    hunts = json.loads(REPORT.read_text())["hunts"]
    assert {each["name"] for each in hunts if each["rules"]} == {each.name for each in BUGS}


def test_a_planted_bug_is_found_by_the_seed_that_found_it_before() -> None:
    """In a process of its own, in which nothing of the platform is imported yet."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation.planted", "--part", str(PART), "--seeds", "1"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
