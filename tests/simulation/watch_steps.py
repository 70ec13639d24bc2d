"""What must hold at the step at which a compensation asks for something, or has ended: X5.

An order's row is written on the condition that nobody has written it since it was read: what stood
there before is what whoever asked could know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from tests.simulation.evidence import Plain

GIVEN_UP: Final = frozenset({"order_cancelled", "capture_failed", "not_confirmed"})
RELEASE: Final = "release_hold"
LETTING_GO: Final = GIVEN_UP | {"capture_undone"}
HELD: Final = frozenset({"pending", "held"})
REFUSED_MAX: Final = 3
"""So often the same is asked for and refused before a person is called."""


class Steps:
    """Told every write of an order's row."""

    def __init__(self, find: Callable[[str, str], None]) -> None:
        self._find = find

    def order(self, before: Plain | None, row: Plain) -> None:
        if before is None:
            return
        known = {each["compensation_id"]: each for each in before["compensations"]}
        for each in row["compensations"]:
            old = known.get(each["compensation_id"], {"steps": [], "status": "open"})
            for step in each["steps"][len(old["steps"]) :]:
                for why in _not_to_be_asked(before, old, each, step):
                    self._find("X5", f"{step['reference']} is asked for {why}")
            if each["reason"] == "captured_late" and not _unapplied(row, each):
                self._find("X5", f"{each['compensation_id']} gives back money of the order")
            if each["compensation_id"] not in known and _is_tried_again(before, each):
                self._find("X5", f"{each['compensation_id']} undoes what is tried again anyway")
            if each["status"] == "completed" != old["status"]:
                for why in _not_completed(row, each):
                    self._find("X5", f"{each['compensation_id']} is completed {why}")
        for (reason, cause), times in _causes(row).items():
            if times > 1:
                self._find("X5", f"{row['pk']}: {reason} of {cause} is undone {times} times")


def _not_to_be_asked(before: Plain, old: Plain, new: Plain, step: Plain) -> Iterator[str]:
    """Why what it asks for should not have been, by all that was known."""
    release, reason = step["action"] == RELEASE, new["reason"]
    outcomes = [each["outcome"] for each in old["steps"]]
    if old["status"] != "open":
        yield "when all is done"
    if "pending" in outcomes:
        yield "while what was asked for has no outcome"
    if outcomes[new["first_step"] :].count("failed") >= REFUSED_MAX:
        yield "after it was refused for good"
    if before["capturing"] and (release or reason in GIVEN_UP):
        yield "while it is not known what becomes of a capture"
    if _awaits_books(before, new):
        yield "before the books are right"
    if release and before["hold"] not in HELD:
        yield "though nothing is held"
    if release and not (before["cancel_wanted"] or before["release_wanted"]):
        yield "though nobody gives the order up"
    if not release and reason in GIVEN_UP and not before["cancel_wanted"]:
        yield "though nobody wants the money back"
    if not release and reason in GIVEN_UP and _sum(before, "pending"):
        yield "beside a refund that has no outcome"
    if not release and reason == "captured_late" and "succeeded" in outcomes:
        yield "though it was given back"
    if (release and reason not in LETTING_GO) or (not release and reason == "capture_undone"):
        yield f"for {reason}"


def _not_completed(row: Plain, compensation: Plain) -> Iterator[str]:
    if _awaits_books(row, compensation):
        yield "before the books are right"
    reason = compensation["reason"]
    if reason == "capture_undone" and row["captured"] < _sum(row, "pending", "succeeded"):
        yield "though more was given back than taken"
    given_back = reason in GIVEN_UP and row["cancel_wanted"] and row["captured"] > 0
    if given_back and _sum(row, "pending"):
        yield "beside a refund that has no outcome"


def _is_tried_again(before: Plain, begun: Plain) -> bool:
    """Whether it undoes the refund of another one that is open, and asks once more itself."""
    return begun["reason"] == "refund_failed" and any(
        each["status"] == "open" and step["reference"] == begun["cause"]
        for each in before["compensations"]
        for step in each["steps"]
    )


def _unapplied(row: Plain, compensation: Plain) -> bool:
    """Whether what it gives back counts in no sum of the order."""
    refunds = {each["refund_id"]: each["unapplied"] for each in row["refunds"]}
    return all(refunds.get(step["reference"], True) for step in compensation["steps"])


def _awaits_books(order: Plain, compensation: Plain) -> bool:
    return compensation["in_books"] and compensation["cause"] not in order["reversals"]


def _sum(order: Plain, *statuses: str) -> int:
    """Of the order's refunds that stand so."""
    refunds = (each for each in order["refunds"] if not each["unapplied"])
    return sum(each["amount"] for each in refunds if each["status"] in statuses)


def _causes(order: Plain) -> Counter[tuple[str, str]]:
    return Counter((each["reason"], each["cause"]) for each in order["compensations"])
