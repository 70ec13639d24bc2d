"""The auditor can fail: whatever is put into a finished world that is not right, it names."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from tests.simulation.audit import CHECKS, evidence_of, findings
from tests.simulation.audit_secrets import row_texts
from tests.simulation.corrupted_books import OF_THE_BOOKS, entry
from tests.simulation.evidence import Evidence, Plain
from tests.simulation.upsets import life_called
from tests.simulation.world import World

LIVES = (
    "place and capture",
    "refund in two parts",
    "refund comes back",
    "capture withdrawn",
    "dispute lost",
    "void",
    "refund refused, paid by hand",
)


@cache
def finished() -> Evidence:
    world = World(1, lives=[life_called(name) for name in LIVES], rates={})
    world.run()
    return evidence_of(world)


def order(evidence: Evidence, number: int) -> Plain:
    return next(each for each in evidence.orders.values() if each["customer_id"] == f"cus_{number}")


def payment(evidence: Evidence, number: int) -> Plain:
    return evidence.payments[order(evidence, number)["payment_id"]]


def told(evidence: Evidence, kind: str, change: Callable[[Plain], Any]) -> None:
    """Change one event everywhere that it was told."""
    document = next(each["document"] for each in evidence.outbox if each["Type"] == kind)
    for each in [document, *evidence.published]:
        if each["id"] == document["id"]:
            change(each)


def breach_told(evidence: Evidence, check: str) -> None:
    breach = {"check": check, "detail": "it is so", "entry_id": "je_1"}
    told(evidence, "OrderPlaced", lambda each: each["data"].update(breach))
    next(row for row in evidence.outbox if row["Type"] == "OrderPlaced")["Type"] = "LedgerBreached"


def breach_proved(evidence: Evidence) -> None:
    """In some night, and none of what is only late."""
    breach_told(evidence, "limit")


def breach_left(evidence: Evidence) -> None:
    """What may be late, and should have come by the end."""
    breach_told(evidence, "not_booked")
    assert findings(evidence) == []
    evidence.breaches = 1


def captured_too_much(evidence: Evidence) -> None:
    payment(evidence, 0)["released"] += 1


def refunded_too_much(evidence: Evidence) -> None:
    payment(evidence, 1)["refunding"] += 1


def two_attempts_for_one_cause(evidence: Evidence) -> None:
    first, second = payment(evidence, 0)["attempts"]
    second["cause_id"] = first["cause_id"]


def carried_out_twice(evidence: Evidence) -> None:
    charge = next(each for each in evidence.charges if len(each["operations"]) == 2)
    charge["operations"].append(dict(charge["operations"][1]))


def left_unknown(evidence: Evidence) -> None:
    payment(evidence, 0)["attempts"][0]["status"] = "unknown"


def token_told(evidence: Evidence) -> None:
    told(evidence, "OrderPlaced", lambda each: each["data"].update(customer_id="tok_0"))


def card_told(evidence: Evidence) -> None:
    told(evidence, "OrderPlaced", lambda each: each["data"].update(customer_id="4111111111111111"))


def said(where: str, text: object) -> Callable[[Evidence], None]:
    def corrupt(evidence: Evidence) -> None:
        evidence.texts.append((where, text))

    corrupt.__name__ = f"said in {where}"
    return corrupt


IN_ROWS: list[Plain] = [
    {"pk": {"S": "DEADLETTER#1"}, "body": {"S": '{"number": "5555 5555 5555 4444"}'}},
    {"pk": {"S": "DEADLETTER#2"}, "message_type": {"S": "CapturePayment"}, "body": {"S": "tok_1"}},
    {"id": {"S": "orders.http#1"}, "data": {"S": '{"message": "whsec_1"}'}},
    {"pk": {"S": "PAYMENT#1"}, "sk": {"S": "STATE"}, "reason": {"S": "tok_1"}},
]


def charge_of_nobody(evidence: Evidence) -> None:
    charge = {"reference": "pay_nobody-authorize-1", "held": 0, "operations": []}
    evidence.charges.append(charge)


def booked_elsewhere(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["payment_id"] = payment(evidence, 5)["payment_id"]


def order_knows_less(evidence: Evidence) -> None:
    order(evidence, 0)["captured"] -= 1


def entry_lost(evidence: Evidence) -> None:
    evidence.entries.remove(entry(evidence, "DisputeLost"))


def not_published(evidence: Evidence) -> None:
    del evidence.outbox[0]["ProcessedOn"]


def told_otherwise(evidence: Evidence) -> None:
    evidence.published.append({**evidence.published[0], "time": "later"})


def sequence_gap(evidence: Evidence) -> None:
    told(evidence, "OrderPlaced", lambda each: each.update(sequence="0000000099"))


def other_flow(evidence: Evidence) -> None:
    told(evidence, "PaymentAuthorized", lambda each: each.update(correlationid="flow-99"))


def says_otherwise(evidence: Evidence) -> None:
    order(evidence, 0)["status"] = "refunded"


def left_half_way(evidence: Evidence) -> None:
    order(evidence, 0)["status"] = "capturing"


def execution_left(evidence: Evidence) -> None:
    name = next(iter(evidence.executions))
    evidence.executions[name] = "RUNNING"


def compensation_left(evidence: Evidence) -> None:
    order(evidence, 6)["compensations"][0]["status"] = "open"


def letter_left(evidence: Evidence) -> None:
    evidence.letters.append("a message")


def exception(evidence: Evidence) -> None:
    evidence.unexpected.append("KeyError")


def contradiction(evidence: Evidence) -> None:
    evidence.wrong_webhooks += 1


def another_ones_command(evidence: Evidence) -> None:
    """A compensation that has sent what it does not own."""
    step = next(
        step
        for order in evidence.orders.values()
        for compensation in order["compensations"]
        for step in compensation["steps"]
    )
    step["reference"] = "cmp_another-release-hold-1"


def tried_again_beside_a_hold(evidence: Evidence) -> None:
    row = payment(evidence, 0)
    first = next(each for each in row["attempts"] if each["operation"] == "authorize")
    again = {"attempt_id": f"{row['payment_id']}-authorize-2", "cause_id": "b", "key": "b"}
    row["attempts"].append({**first, **again})
    first["status"] = "pending"


def case(evidence: Evidence, status: str) -> Plain:
    return next(each for each in evidence.cases.values() if each["CaseStatus"] == status)


def case_lost(evidence: Evidence) -> None:
    del evidence.cases[case(evidence, "open")["case_id"]]


def case_of_nothing(evidence: Evidence) -> None:
    evidence.cases["case_x"] = {**case(evidence, "open"), "payment_id": "pay_nobody"}


def decided_by_nobody(evidence: Evidence) -> None:
    told(evidence, "CaseResolved", lambda each: each["data"].update(actor=""))


def decided_in_silence(evidence: Evidence) -> None:
    case(evidence, "open")["CaseStatus"] = "resolved"


def told_of_nothing_twice(evidence: Evidence) -> None:
    told(evidence, "CompensationEscalated", lambda each: each["data"].update(code="refunded_twice"))


CORRUPTIONS: list[tuple[Callable[[Evidence], None], set[str]]] = [
    *OF_THE_BOOKS,
    (tried_again_beside_a_hold, {"P6", "P5"}),
    (captured_too_much, {"P1", "provider = payments"}),
    (refunded_too_much, {"P2", "P5"}),
    (two_attempts_for_one_cause, {"P4"}),
    (carried_out_twice, {"P4"}),
    (left_unknown, {"P5"}),
    (token_told, {"P8"}),
    (card_told, {"P8"}),
    (said("a log", {"event": "refused", "code": "tok_7 was"}), {"P8"}),
    (said("an error", '{"detail": "not 4111-1111-1111-1111"}'), {"P8"}),
    (said("an answer", '{"key": "the key of the API"}'), {"P8"}),
    *((said(*text), {"P8"}) for text in row_texts(IN_ROWS)),
    (charge_of_nobody, {"provider = payments"}),
    (booked_elsewhere, {"provider = ledger", "L4", "L5"}),
    (order_knows_less, {"payments = orders"}),
    (entry_lost, {"X1", "L3", "L4", "provider = ledger"}),
    (not_published, {"X2"}),
    (told_otherwise, {"X2"}),
    (sequence_gap, {"X2"}),
    (other_flow, {"X3"}),
    (says_otherwise, {"X4"}),
    (another_ones_command, {"X5"}),
    (case_lost, {"X6"}),
    (case_of_nothing, {"X6"}),
    (decided_by_nobody, {"X6"}),
    (decided_in_silence, {"X6"}),
    (told_of_nothing_twice, {"X6"}),
    (left_half_way, {"liveness"}),
    (execution_left, {"liveness"}),
    (compensation_left, {"liveness", "X5"}),
    (letter_left, {"liveness"}),
    (exception, {"unexpected"}),
    (breach_proved, {"unexpected"}),
    (breach_left, {"unexpected"}),
    (contradiction, {"unexpected"}),
]


def test_a_world_without_faults_has_no_findings() -> None:
    assert findings(finished()) == []


@pytest.mark.parametrize(
    ("corrupt", "rules"), CORRUPTIONS, ids=[corrupt.__name__ for corrupt, _ in CORRUPTIONS]
)
def test_the_auditor_finds(corrupt: Callable[[Evidence], None], rules: set[str]) -> None:
    """Exactly the invariants that the corruption breaks: no check fails for another's reason."""
    evidence = deepcopy(finished())
    evidence.forget()
    evidence.secrets = ("the key of the API", "whsec_1")
    corrupt(evidence)
    assert {finding.rule for finding in findings(evidence)} == rules


def test_no_check_is_without_a_corruption_that_it_finds() -> None:
    assert set().union(*(rules for _, rules in CORRUPTIONS)) == set(CHECKS)


def test_a_token_is_where_an_order_is_paid_with_it() -> None:
    rows = [
        {"pk": {"S": "PAYMENT#1"}, "sk": {"S": "STATE"}, "payment_method_token": {"S": "tok_1"}},
        {
            "pk": {"S": "DEADLETTER#1"},
            "message_type": {"S": "AuthorizePayment"},
            "body": {"S": "tok_1"},
        },
    ]
    assert not any("tok_" in text for _, text in row_texts(rows))


def test_a_trace_of_digits_is_no_card() -> None:
    evidence = Evidence()
    trace = "00-0af7651916cd43dd8448eb211c80319c-4111111111111111-01"
    evidence.texts = [("a log", {"traceparent": trace})]
    assert list(CHECKS["P8"](evidence)) == []
    evidence.texts = [("a log", {"traceparent": "4111111111111111"})]
    assert list(CHECKS["P8"](evidence)) == ["a log tells a card number"]
