"""Optimistic writing is repeated while someone else is faster, for a bounded number of times."""

import pytest

from shared.errors.taxonomy import StaleRow, StoreBusy
from shared.persistence.until_fresh import until_fresh


def test_it_is_done_again_until_nobody_came_in_between() -> None:
    tries: list[int] = []

    def third_time_lucky() -> str:
        tries.append(len(tries) + 1)
        if len(tries) < 3:
            raise StaleRow
        return "written"

    assert until_fresh(third_time_lucky) == "written"
    assert tries == [1, 2, 3]


def test_after_six_tries_it_is_someone_elses_turn() -> None:
    tries: list[int] = []

    def never_fresh() -> None:
        tries.append(1)
        raise StaleRow

    with pytest.raises(StaleRow):
        until_fresh(never_fresh)
    assert len(tries) == 6


def test_any_other_failure_is_not_tried_again() -> None:
    tries: list[int] = []

    def busy() -> None:
        tries.append(1)
        raise StoreBusy

    with pytest.raises(StoreBusy):
        until_fresh(busy)
    assert len(tries) == 1
