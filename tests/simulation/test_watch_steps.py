"""What is watched of a compensation as it asks for something, or ends, can fail, too."""

from typing import Any

import pytest

from tests.simulation.evidence import Plain
from tests.simulation.watch_steps import Steps

FIRST = {"action": "release_hold", "reference": "cmp_1-release-hold-1", "outcome": "failed"}
SECOND = {"action": "release_hold", "reference": "cmp_1-release-hold-2", "outcome": "pending"}
REFUND = {"action": "refund", "reference": "cmp_1-refund-2", "outcome": "pending"}
BACK = {"refund_id": "ref_1", "amount": 400, "status": "pending", "unapplied": False}


def order(*steps: Plain, **changes: Any) -> Plain:
    """It is given up, and one try to give its hold back has failed."""
    compensation = {
        "compensation_id": "cmp_1",
        "reason": "order_cancelled",
        "cause": "req_1",
        "in_books": False,
        "status": "open",
        "first_step": 0,
        "steps": [FIRST, *steps],
    }
    of_it = {name: changes.pop(name) for name in compensation.keys() & changes.keys()}
    row = {
        "pk": "ORDER#ord_1",
        "hold": "held",
        "capturing": False,
        "captured": 0,
        "cancel_wanted": True,
        "release_wanted": False,
        "refunds": [],
        "reversals": [],
        "compensations": [{**compensation, **of_it}],
    }
    return {**row, **changes}


def found(before: Plain, after: Plain) -> list[tuple[str, str]]:
    findings: list[tuple[str, str]] = []
    Steps(lambda rule, what: findings.append((rule, what))).order(before, after)
    return findings


def test_what_may_be_asked_for_is_not_found() -> None:
    assert found(order(), order(SECOND)) == []
    paid = {"captured": 1000, "hold": "released"}
    assert found(order(**paid), order(REFUND, **paid)) == []
    assert found(order(), order(status="completed")) == []


@pytest.mark.parametrize(
    ("step", "changes", "why"),
    [
        (SECOND, {"status": "completed"}, "when all is done"),
        (SECOND, {"steps": [{**FIRST, "outcome": "pending"}]}, "while what was asked for has no"),
        (SECOND, {"steps": [FIRST] * 3}, "after it was refused for good"),
        (SECOND, {"capturing": True}, "while it is not known what becomes of a capture"),
        (REFUND, {"capturing": True}, "while it is not known what becomes of a capture"),
        (SECOND, {"in_books": True}, "before the books are right"),
        (SECOND, {"hold": "expired"}, "though nothing is held"),
        (SECOND, {"cancel_wanted": False}, "though nobody gives the order up"),
        (REFUND, {"cancel_wanted": False}, "though nobody wants the money back"),
        (REFUND, {"refunds": [BACK]}, "beside a refund that has no outcome"),
        (
            REFUND,
            {"reason": "captured_late", "steps": [{**FIRST, "outcome": "succeeded"}]},
            "though it was given back",
        ),
        (SECOND, {"reason": "captured_late"}, "for captured_late"),
        (REFUND, {"reason": "capture_undone"}, "for capture_undone"),
    ],
)
def test_what_should_not_be_asked_for_is_found(step: Plain, changes: Plain, why: str) -> None:
    before = order(**changes)
    (compensation,) = before["compensations"]
    steps = [*compensation["steps"], step]
    after = {**before, "compensations": [{**compensation, "steps": steps}]}
    ((rule, what),) = found(before, after)
    assert rule == "X5"
    assert f"is asked for {why}" in what


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"in_books": True}, "before the books are right"),
        (
            {"reason": "capture_undone", "refunds": [{**BACK, "status": "succeeded"}]},
            "though more was given back than taken",
        ),
        ({"captured": 1000, "refunds": [BACK]}, "beside a refund that has no outcome"),
    ],
)
def test_what_is_completed_too_early_is_found(changes: Plain, why: str) -> None:
    ended = order(**changes, status="completed")
    assert found(order(**changes), ended) == [("X5", f"cmp_1 is completed {why}")]


def test_the_same_that_is_undone_twice_is_found() -> None:
    (compensation,) = order()["compensations"]
    again = {**compensation, "compensation_id": "cmp_2"}
    twice = order(compensations=[compensation, again])
    assert found(order(), twice) == [
        ("X5", "ORDER#ord_1: order_cancelled of req_1 is undone 2 times")
    ]


def test_a_refund_that_is_asked_for_again_anyway_is_not_undone_beside_that() -> None:
    (compensation,) = order(REFUND)["compensations"]
    beside = {**compensation, "compensation_id": "cmp_2", "reason": "refund_failed", "steps": []}
    both = order(compensations=[compensation, {**beside, "cause": REFUND["reference"]}])
    assert found(order(REFUND), both) == [("X5", "cmp_2 undoes what is tried again anyway")]


def test_money_that_was_never_the_orders_and_is_refunded_as_if_it_were_is_found() -> None:
    late = {"reason": "captured_late", "refunds": [{**BACK, "refund_id": REFUND["reference"]}]}
    assert found(order(reason="captured_late"), order(REFUND, **late)) == [
        ("X5", "cmp_1 gives back money of the order")
    ]
