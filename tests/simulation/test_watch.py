"""What is watched at every step can fail, too."""

from typing import Any

import pytest

from shared.persistence.rows import dump_row
from tests.simulation.evidence import Finding
from tests.simulation.watch import Watch, reachable
from tests.simulation.watch_books import BooksWatch

ATTEMPT = {
    "attempt_id": "pay_1-authorize-1",
    "key": "pay_1:authorize:1",
    "cause_id": "orders/ord_1/1/2",
    "operation": "authorize",
    "amount": 5000,
    "status": "succeeded",
    "started_at": "2026-01-01T00:00:00.000000Z",
    "withdrawn": False,
    "decline_code": None,
}
TAKEN = {
    **ATTEMPT,
    "attempt_id": "pay_1-capture-1",
    "key": "pay_1:capture:1",
    "cause_id": "orders/ord_1/3/2",
    "operation": "capture",
}
GONE = {**TAKEN, "withdrawn": True}


def payment(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "pk": "PAYMENT#pay_1",
        "sk": "STATE",
        "payment_id": "pay_1",
        "status": "captured",
        "authorized": 5000,
        "captured": 5000,
        "capturing": 0,
        "released": 0,
        "expired": 0,
        "refunding": 0,
        "refunded": 0,
        "attempts": [ATTEMPT],
        "disputes": [],
    }
    return dump_row({**row, **changes})


def rules(watch: Watch) -> list[str]:
    return [finding.rule for finding in watch.findings]


def test_what_is_right_is_not_found() -> None:
    watch = Watch()
    watch.written("payments", None, payment())
    watch.written("payments", None, payment(refunding=5000))
    watch.called(1, "pay_1-authorize-1", "pay_1:authorize:1")
    assert watch.findings == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"captured": 5001}, "P1"),
        ({"capturing": -1}, "P1"),
        ({"refunded": 5001}, "P2"),
        ({"refunding": 5001, "attempts": [ATTEMPT, {**ATTEMPT, "attempt_id": "b"}]}, "P2"),
        ({"disputes": [{"amount": 5001, "status": "opened"}]}, "P2"),
        ({"status": "requires_authorization"}, "P3"),
        ({"attempts": [{**ATTEMPT, "status": "declined"}]}, "P3"),
        ({"attempts": [{**ATTEMPT, "key": "another"}]}, "P4"),
        ({"attempts": []}, "P4"),
    ],
)
def test_a_step_that_breaks_an_invariant_is_found(changes: dict[str, Any], rule: str) -> None:
    watch = Watch()
    watch.written("payments", None, payment())
    watch.written("payments", None, payment(**changes))
    assert rules(watch) == [rule]


def held_again(**changes: Any) -> dict[str, Any]:
    """Its one capture has been withdrawn."""
    row = {"status": "authorized", "captured": 0, "attempts": [ATTEMPT, GONE]}
    return payment(**{**row, **changes})


@pytest.mark.parametrize(
    ("back", "before", "after"),
    [
        ({"refunded": 5000}, "refunded", "authorized"),
        ({"disputes": [{"amount": 5000, "status": "opened"}]}, "disputed", "disputed"),
    ],
)
def test_what_was_given_back_of_a_capture_that_was_withdrawn_may_stand(
    back: dict[str, Any], before: str, after: str
) -> None:
    """That the refund came back as well, or that the dispute was won, is heard of later."""
    watch = Watch()
    watch.written("payments", None, payment(**back, status=before, attempts=[ATTEMPT, TAKEN]))
    watch.written("payments", None, held_again(**back, status=after))
    watch.written("payments", None, held_again())
    watch.written("payments", None, held_again(**back, status=after))
    assert watch.findings == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"attempts": [ATTEMPT, TAKEN]}, "pay_1: 4000 back of 0"),
        ({"refunded": 5001}, "pay_1: 5001 back of 0"),
        ({"disputes": [{"amount": 1001, "status": "lost"}]}, "pay_1: 5001 back of 0"),
        ({"refunding": 1}, "pay_1: 1 more reserved of -4000"),
    ],
)
def test_more_back_than_was_ever_captured_is_found_and_so_is_more_that_is_asked_for(
    changes: dict[str, Any], what: str
) -> None:
    asked = {**ATTEMPT, "attempt_id": "pay_1-refund-2", "key": "k", "operation": "refund"}
    watch = Watch()
    partly = payment(status="partially_refunded", refunded=4000, attempts=[ATTEMPT, TAKEN])
    watch.written("payments", None, partly)
    watch.written("payments", None, held_again(refunded=4000))
    assert watch.findings == []
    changed = {"refunded": 4000, "attempts": [ATTEMPT, GONE, asked], **changes}
    watch.written("payments", None, held_again(**changed))
    assert watch.findings == [Finding("P2", what)]


def test_a_call_before_its_intent_is_durable_is_found() -> None:
    watch = Watch()
    watch.called(1, "pay_1-authorize-1", "pay_1:authorize:1")
    watch.written("payments", None, payment())
    watch.called(1, "pay_1-authorize-1", "a fresh key")
    assert rules(watch) == ["P4", "P4"]


def test_a_call_while_another_outcome_is_unknown_is_found() -> None:
    unknown = {**ATTEMPT, "attempt_id": "pay_1-capture-1", "key": "k", "status": "unknown"}
    watch = Watch()
    watch.written("payments", None, payment(attempts=[ATTEMPT, unknown]))
    watch.called(1, "pay_1-authorize-1", "pay_1:authorize:1")  # it could not know
    watch.read(1, payment(attempts=[ATTEMPT, unknown]))
    watch.called(1, "pay_1-capture-1", "k")  # the same again is no other operation
    assert watch.findings == []
    watch.called(1, "pay_1-authorize-1", "pay_1:authorize:1")
    assert rules(watch) == ["P5"]


@pytest.mark.parametrize(("sk", "rule"), [("ENTRY", "L4"), ("MESSAGE#1", "X2")])
def test_what_was_written_once_and_is_changed_or_deleted_is_found(sk: str, rule: str) -> None:
    before = dump_row({"pk": "a", "sk": sk, "Payload": "{}", "Retries": 0, "Unprocessed": "1"})
    stamped = dump_row({"pk": "a", "sk": sk, "Payload": "{}", "Retries": 1, "ProcessedOn": "now"})
    watch = Watch()
    watch.written("accounting", before, stamped)
    assert watch.findings == []
    watch.written("accounting", stamped, {**stamped, "Payload": {"S": "{1}"}})
    watch.written("accounting", stamped, None)
    assert rules(watch) == [rule, rule]


def test_the_published_diagrams_are_read() -> None:
    assert "captured" in reachable("Payment")["capturing"]
    assert reachable("Order")["refunded"] >= {"paid", "disputed"}
    assert reachable("Order")["cancelled"] == {"paid", "partially_refunded", "refunded", "disputed"}


@pytest.mark.parametrize(
    "before",
    [
        {"captured": 4000},  # a part is held still
        {"attempts": [{**ATTEMPT, "status": "unknown"}]},
    ],
)
def test_trying_again_while_money_may_be_held_is_found(before: dict[str, Any]) -> None:
    watch = Watch()
    watch.written("payments", None, payment(**before))
    attempts = [*before.get("attempts", [ATTEMPT]), {**ATTEMPT, "attempt_id": "pay_1-authorize-2"}]
    watch.written("payments", None, payment(**{**before, "attempts": attempts}))
    assert rules(watch) == ["P6"]


def booked(name: str, **more: Any) -> dict[str, Any]:
    payload = '{"data": {"fact": "ManualEntry", "reference": ""}}'
    return dump_row({"pk": f"ENTRY#{name}", "sk": "ENTRY", "Payload": payload, **more})


def test_credit_that_is_overspent_for_one_step_is_found_at_that_step() -> None:
    """However soon it is made good again; what is held counts as spent."""
    books = BooksWatch()
    books.written("accounting", booked("granted", postings="D5910 100 EUR;C2120 100 EUR"))
    books.written("accounting", booked("held", held="D2120 60 EUR;C4000 60 EUR"))
    books.check()
    assert books.findings == []
    books.written("accounting", booked("spent", postings="D2120 41 EUR;C4000 41 EUR"))
    books.check()
    books.written("accounting", booked("made good", postings="D5910 1 EUR;C2120 1 EUR"))
    books.check()
    assert books.findings == [Finding("L6", "2120 may rise to 1 EUR")]


def message(kind: str, at: str, attempt_id: str = "") -> dict[str, Any]:
    payload = f'{{"data": {{"attempt_id": "{attempt_id}"}}}}'
    row = {"pk": f"{kind}#{at}", "sk": "MESSAGE#1", "Type": kind, "Payload": payload}
    return dump_row({**row, "OccurredOn": f"2026-01-{at}T00:00:00.000000Z"})


@pytest.mark.parametrize(("day", "found"), [("06", []), ("07", ["P5"])])
def test_what_is_unknown_for_more_than_five_days_and_told_to_nobody_is_found(
    day: str, found: list[str]
) -> None:
    waiting = payment(attempts=[{**ATTEMPT, "status": "pending"}])
    watch = Watch()
    watch.written("payments", None, waiting)
    watch.written("orders", None, message("OrderPlaced", day))
    watch.written("payments", waiting, payment())
    assert rules(watch) == found


def test_a_person_who_was_told_of_it_once_is_enough_and_twice_is_found() -> None:
    waiting = payment(attempts=[{**ATTEMPT, "status": "pending"}])
    watch = Watch()
    watch.written("payments", None, waiting)
    watch.written("payments", None, message("PaymentUnresolved", "04", "pay_1-authorize-1"))
    watch.written("orders", None, message("OrderPlaced", "09"))
    watch.written("payments", waiting, payment())
    assert watch.findings == []
    watch.written("payments", None, message("PaymentUnresolved", "10", "pay_1-authorize-1"))
    assert rules(watch) == ["P5"]


def test_a_person_who_is_told_too_late_is_one_finding_and_not_told_twice() -> None:
    waiting = payment(attempts=[{**ATTEMPT, "status": "pending"}])
    watch = Watch()
    watch.written("payments", None, waiting)
    watch.written("orders", None, message("OrderPlaced", "07"))
    watch.written("payments", waiting, waiting)
    watch.written("payments", waiting, waiting)
    watch.written("payments", None, message("PaymentUnresolved", "08", "pay_1-authorize-1"))
    watch.written("payments", waiting, payment())
    assert rules(watch) == ["P5"]
