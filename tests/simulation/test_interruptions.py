"""An execution that is cut short anywhere, in whatever way, leaves the order where it should be."""

from collections import Counter

import pytest

from tests.simulation.crashes import lived
from tests.simulation.executions import STATES
from tests.simulation.interruptions import Cut, cut_short, cuts, wrong
from tests.simulation.upsets import life_called

RETRIED = "cancel loses the race, its refund is refused once"
LIVES: dict[str, tuple[dict[str, int], str]] = {
    "void": (
        {"stopped": 11, "frozen": 7, "lost": 1, "doubled": 1, "killed": 8},
        "cancelled, 0 - 0, 0 held; order_cancelled completed after 1",
    ),
    "void refused for good, hold expires": (
        {"stopped": 31, "frozen": 19, "lost": 3, "doubled": 3, "killed": 18},
        "cancelled, 0 - 0, 0 held; order_cancelled escalated after 3",
    ),
    RETRIED: (
        {"stopped": 26, "frozen": 16, "lost": 3, "doubled": 3, "killed": 17},
        "refunded, 1000 - 1000, 0 held; order_cancelled completed after 2",
    ),
    "void refused for good, tried again by a person": (
        {"stopped": 42, "frozen": 26, "lost": 4, "doubled": 4, "killed": 26},
        "cancelled, 0 - 0, 0 held; order_cancelled completed after 4",
    ),
    "capture comes after its hold was given back": (
        {"stopped": 22, "frozen": 14, "lost": 2, "doubled": 2, "killed": 16},
        "payment_failed, 1000 - 1000, 0 held; capture_failed completed after 1, captured_late"
        " completed after 1",
    ),
    "capture comes after the order was cancelled, its refund is refused once": (
        {"stopped": 42, "frozen": 26, "lost": 4, "doubled": 4, "killed": 29},
        "cancelled, 1000 - 1000, 0 held; order_cancelled completed after 1, captured_late"
        " completed after 2",
    ),
    "capture refused, paid anew": (
        {"stopped": 11, "frozen": 7, "lost": 1, "doubled": 1, "killed": 8},
        "paid, 1000 - 0, 0 held; capture_failed completed after 1",
    ),
    "capture withdrawn": (
        {"stopped": 22, "frozen": 14, "lost": 2, "doubled": 2, "killed": 16},
        "cancelled, 0 - 0, 0 held; capture_undone completed after 0, not_confirmed completed"
        " after 1",
    ),
    "refund comes back": (
        {"stopped": 11, "frozen": 7, "lost": 1, "doubled": 1, "killed": 8},
        "paid, 1000 - 0, 0 held; refund_failed escalated after 0",
    ),
    "hold expires": (
        {"stopped": 6, "frozen": 4, "killed": 4},
        "payment_failed, 0 - 0, 0 held; authorization_expired completed after 0",
    ),
}


BOOKED_BEFORE = {
    "capture withdrawn": {"stopped": 17, "frozen": 11, "lost": 1, "doubled": 1, "killed": 12},
    "refund comes back": {"stopped": 6, "frozen": 4, "killed": 4},
}
"""Where the ledger may have reversed the entry before anybody has to wait for it."""


@pytest.mark.parametrize("name", LIVES)
def test_an_execution_that_is_cut_short_anywhere_ends_right(name: str) -> None:
    counts, end = LIVES[name]
    every = cuts(name)
    assert Counter(cut.kind for cut in every) in (counts, BOOKED_BEFORE.get(name, counts))
    found = [line for cut in every for line in wrong(name, cut, end)]
    assert not found, "\n".join(found)


def test_every_state_is_entered_and_cut_short_in_every_way_that_it_has() -> None:
    struck = {(cut.kind, cut.where.split(" ", 1)[-1]) for cut in _all("stopped", "frozen")}
    inner = set(STATES["States"]) - {"Superseded"}
    assert struck == {(kind, state) for kind in ("stopped", "frozen") for state in inner}
    waits = {"Release hold", "Refund", "Wait for the outcome"}
    assert {cut.where for cut in _all("lost")} == {cut.where for cut in _all("doubled")} == waits
    assert {cut.where for cut in _all("killed")} == waits | {"Decide", "Complete", "Escalate"}


def test_an_execution_that_comes_back_a_day_later_finds_itself_replaced() -> None:
    (cut,) = [each for each in cuts("void") if each.kind == "frozen" and "Release" in each.where]
    first, second = cut_short("void", cut).executions.by_name.values()
    assert first.entered == ["Decide", "Choose", "Release hold", "Decide", "Choose", "Superseded"]
    assert second.entered[-1] == "Completed"


def test_the_second_of_two_callbacks_is_counted_as_too_late() -> None:
    (cut,) = [each for each in cuts("void") if each.kind == "doubled"]
    assert cut_short("void", cut).metrics["CallbackTooLate"] == 1
    assert "CallbackTooLate" not in lived(life_called("void")).metrics


def test_a_stopped_execution_that_nobody_replaces_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.application.recover.attended", lambda order, _: (order, ()))
    cut = Cut("stopped", "before Decide", 1)
    assert "never went quiet" in "\n".join(wrong("void", cut, LIVES["void"][1]))


def _all(*kinds: str) -> list[Cut]:
    return [cut for name in LIVES for cut in cuts(name) if cut.kind in kinds]
