"""What is watched of causes, holds and what was given up can fail, too."""

from typing import Any

import pytest

from tests.simulation.audit import evidence_of, findings
from tests.simulation.crashes import lived
from tests.simulation.evidence import Evidence, Plain
from tests.simulation.upsets import life_called
from tests.simulation.watch_causes import Causes

FIRST = {
    "attempt_id": "pay_1-authorize-1",
    "cause_id": "orders/ord_1/1/2",
    "status": "started",
}


def payment(*statuses: str) -> Plain:
    """A payment that was tried once for each status, the oldest first."""
    attempts = [
        {**FIRST, "attempt_id": f"pay_1-authorize-{number}", "status": status}
        for number, status in enumerate(statuses, start=1)
    ]
    return {"payment_id": "pay_1", "attempts": attempts}


def order(hold: str, heard: int = 0) -> Plain:
    return {"pk": "ORDER#ord_1", "hold": hold, "hold_sequence": heard}


def mark(cause_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"CAUSE#{cause_id}"}, "sk": {"S": "CAUSE"}}


@pytest.fixture
def found() -> list[str]:
    return []


@pytest.fixture
def causes(found: list[str]) -> Causes:
    return Causes(lambda rule, _: found.append(rule))


@pytest.mark.parametrize("status", ["started", "unknown"])
def test_a_command_that_is_done_with_has_left_its_attempt_open(
    status: str, causes: Causes, found: list[str]
) -> None:
    causes.written("payments", mark("orders/ord_1/1/2"), {})
    causes.written("payments", mark("payments/webhook/sandbox/evt_1"), {})
    causes.payment(payment(status))
    assert found == ["P5"]


@pytest.mark.parametrize("status", ["pending", "succeeded", "declined", "failed"])
def test_a_command_is_done_with_when_its_outcome_is_kept(
    status: str, causes: Causes, found: list[str]
) -> None:
    causes.written("payments", mark("orders/ord_1/1/2"), {})
    causes.written("payments", mark("payments/webhook/sandbox/evt_1"), {})
    causes.payment(payment(status))
    assert found == []


def test_the_mark_and_the_outcome_may_be_one_write(causes: Causes, found: list[str]) -> None:
    causes.written("payments", mark("orders/ord_1/1/2"), {})
    causes.payment(payment("started"))
    assert found == []


@pytest.mark.parametrize(
    ("tried", "rules"),
    [
        (("succeeded",), []),
        (("declined", "succeeded"), []),
        (("succeeded", "pending"), ["X4"]),
        (("declined",), ["X4"]),
        ((), ["X4"]),
    ],
)
def test_an_order_hears_of_the_hold_that_its_payment_has_tried_last(
    tried: tuple[str, ...], rules: list[str], causes: Causes, found: list[str]
) -> None:
    causes.order(order("pending"), order("held", 1), payment(*tried))
    causes.order(order("held", 1), order("held", 1), payment("declined"))
    assert found == rules


@pytest.mark.parametrize(
    ("last", "rules"),
    [("declined", []), ("succeeded", []), ("pending", ["X4"]), ("unknown", ["X4"])],
)
def test_an_order_does_not_hear_of_the_end_of_a_hold_that_is_awaited(
    last: str, rules: list[str], causes: Causes, found: list[str]
) -> None:
    causes.order(order("pending", 1), order("expired", 2), payment("succeeded", last))
    assert found == rules


def given_up() -> Evidence:
    evidence = evidence_of(lived(life_called("cancel before the authorization")))
    assert len(evidence.given_up) == 1
    assert findings(evidence) == []
    return evidence


def test_what_is_authorized_after_it_was_given_up_is_left_to_expire() -> None:
    evidence = given_up()
    evidence.outbox = [row for row in evidence.outbox if row["Type"] != "CancelPayment"]
    for row in evidence.payments.values():
        row["attempts"] = [each for each in row["attempts"] if each["operation"] != "void"]
    assert "X5" in {finding.rule for finding in findings(evidence)}


def test_refunds_have_drawn_more_than_came_back() -> None:
    evidence = evidence_of(lived(life_called("a refund comes back, and two more are asked for")))
    assert findings(evidence) == []
    drawn = [row for row in evidence.outbox if row["document"]["data"].get("already_owed")]
    drawn[-1]["document"]["data"]["already_owed"]["minor"] += 200
    found = [what for rule, what in findings(evidence) if rule == "provider = ledger"]
    assert any("drawn 200 more" in what for what in found)


def test_an_order_takes_a_dispute_that_was_lost_for_open() -> None:
    evidence = evidence_of(lived(life_called("a dispute has ended before it is heard of")))
    assert findings(evidence) == []
    for row in evidence.orders.values():
        (lost,) = [each for each in row["disputes"] if each["status"] == "lost"]
        lost["status"] = "opened"
    told = [what for rule, what in findings(evidence) if rule == "payments = orders"]
    assert len(told) == 2
