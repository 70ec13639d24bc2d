"""Every planted bug fits the sources as they are; `make planted` shows that each is found."""

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
