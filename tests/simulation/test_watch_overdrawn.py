"""More may go back than was captured only where the same write tells a person of it."""

import json
from typing import Any

from tests.simulation.evidence import Finding
from tests.simulation.test_watch import ATTEMPT, TAKEN, payment
from tests.simulation.watch import Watch


def refunded_and_disputed(disputed: int) -> dict[str, Any]:
    dispute = {"amount": disputed, "status": "opened"}
    return payment(status="disputed", refunded=4000, disputes=[dispute], attempts=[ATTEMPT, TAKEN])


def overdrawn(excess: int) -> dict[str, Any]:
    data = {"payment_id": "pay_1", "excess": {"minor": excess, "currency": "EUR"}}
    return {
        "pk": {"S": "PAYMENT#pay_1"},
        "sk": {"S": "EVENT#02"},
        "Type": {"S": "PaymentOverdrawn"},
        "Payload": {"S": json.dumps({"data": data})},
    }


def test_what_is_told_in_the_same_write_may_be() -> None:
    watch = Watch()
    watch.written("payments", None, refunded_and_disputed(3000))
    watch.written("payments", None, overdrawn(2000))
    watch.written("payments", None, refunded_and_disputed(3000))
    assert watch.findings == []


def test_what_is_told_to_nobody_is_found_and_so_is_what_grows_after_it_was_told() -> None:
    watch = Watch()
    watch.written("payments", None, refunded_and_disputed(3000))
    assert watch.findings == [Finding("P2", "pay_1: 7000 back of 5000")]
    told = Watch()
    told.written("payments", None, refunded_and_disputed(3000))
    told.written("payments", None, overdrawn(2000))
    told.written("payments", None, refunded_and_disputed(3001))
    assert told.findings == [Finding("P2", "pay_1: 7001 back of 5000")]


def test_a_word_of_less_than_it_is_is_found() -> None:
    watch = Watch()
    watch.written("payments", None, refunded_and_disputed(3000))
    watch.written("payments", None, overdrawn(1999))
    watch.written("payments", None, refunded_and_disputed(3000))
    assert watch.findings == [Finding("P2", "pay_1: 7000 back of 5000")]


def test_what_was_told_once_is_not_told_for_a_later_time() -> None:
    watch = Watch()
    watch.written("payments", None, refunded_and_disputed(3000))
    watch.written("payments", None, overdrawn(2000))
    watch.written("payments", None, refunded_and_disputed(1000))
    watch.written("payments", None, refunded_and_disputed(3000))
    assert watch.findings == [Finding("P2", "pay_1: 7000 back of 5000")]
