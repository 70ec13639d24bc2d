"""The simulator is measured: each bug that is planted in the protocol is found."""

import subprocess
import sys

import pytest

from tests.simulation.planted.bugs import BUGS
from tests.simulation.planted.planting import Bug, NotPlanted, check, planted

BUGS_MIN = 40


@pytest.mark.parametrize("bug", BUGS, ids=lambda each: each.name)
def test_a_planted_bug_fits_the_sources(bug: Bug) -> None:
    check(bug)


def test_a_bug_that_no_longer_fits_is_told() -> None:
    bug = BUGS[0]
    with pytest.raises(NotPlanted):
        planted("nothing of it", bug.edits)


def test_there_are_enough_planted_bugs() -> None:
    assert len({each.name for each in BUGS}) == len(BUGS) >= BUGS_MIN


def test_every_planted_bug_is_found_by_the_simulator() -> None:
    command = [sys.executable, "-m", "tests.simulation.planted"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{len(BUGS)} of {len(BUGS)} found" in told.stdout
