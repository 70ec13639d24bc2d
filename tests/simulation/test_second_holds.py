"""The auditor on a hold that came beside another one: it is given back, unless it was over then."""

from typing import Any

import pytest

from tests.simulation.audit_compensation import x5_a_compensation_undoes_its_own_cause_alone as x5
from tests.simulation.evidence import Evidence

HELD_UNTIL = "2026-01-08T00:00:00.000Z"
LOST = ["pay_1-authorize-1 came beside another, and is given back 0 times"]


def evidence(*, asked_at: str, status: str) -> Evidence:
    found = Evidence()
    found.payments["pay_1"] = {
        "payment_id": "pay_1",
        "attempts": [_attempt(1), _attempt(2)],
    }
    hold = {"operation": "authorize", "status": status, "capture_before": HELD_UNTIL}
    found.charges = [{"reference": "pay_1-authorize-1", "held": 0, "operations": [hold]}]
    own = {"payment_id": "pay_1", "provider_reference": "at_2"}
    first = "pay_1-authorize-1"
    asked = {"payment_id": "pay_1", "authorization": first, "idempotency_key": f"{first}-cancel"}
    found.outbox = [
        _row("PaymentAuthorized", own, "2026-01-02T00:00:00Z"),
        _row("CancelPayment", asked, asked_at),
    ]
    return found


def _attempt(number: int) -> dict[str, Any]:
    return {
        "attempt_id": f"pay_1-authorize-{number}",
        "operation": "authorize",
        "status": "succeeded",
        "provider_reference": f"at_{number}",
    }


def _row(kind: str, data: dict[str, Any], time: str) -> dict[str, Any]:
    document = {
        "type": kind,
        "id": kind,
        "source": "quittance.payments",
        "subject": "pay_1",
        "sequence": "0000000001",
        "causationid": "a webhook",
        "time": time,
        "data": data,
    }
    return {"Type": kind, "document": document}


@pytest.mark.parametrize(
    ("asked_at", "status", "found"),
    [
        ("2026-01-08T00:10:00Z", "expired", []),
        ("2026-01-07T12:00:00Z", "expired", []),
        ("2026-01-06T12:00:00Z", "expired", LOST),
        ("2026-01-08T00:10:00Z", "succeeded", LOST),
    ],
)
def test_a_hold_that_came_beside_another_is_given_back_unless_it_was_over(
    asked_at: str, status: str, found: list[str]
) -> None:
    assert list(x5(evidence(asked_at=asked_at, status=status))) == found
