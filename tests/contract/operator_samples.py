"""What the API shows of a dead letter in its life; the types of the views check every field."""

from typing import Any

from shared.operations.dead_letters import Status
from shared.operations.views import DeadLettersView, DeadLetterView, InspectedView
from shared.rest import pages
from tests.contract.envelopes import CORRELATION, PAYMENT

DEAD_LETTER = "dl_orders_3q9tmx0b6c1kzv7r2w8gy4hn5d"
DECISION: dict[str, Any] = {"reason": "the defect is mended since 14:30"}
CLOSING: dict[str, Any] = {"reason": "a message of the load test"}
CURSOR = pages.cursor(f"2026-11-03T14:12:31.000000Z#{DEAD_LETTER}")
OPEN: DeadLetterView = {
    "dead_letter_id": DEAD_LETTER,
    "service": "orders",
    "queue": "events",
    "status": Status.OPEN.value,
    "code": "unexpected_failure",
    "detail": "KeyError at infrastructure/order_rows.py:61",
    "redrivable": True,
    "message_id": f"payments/{PAYMENT}/4/1",
    "message_type": "PaymentCaptured",
    "correlation_id": CORRELATION,
    "said_at": "2026-11-03T14:05:01.750000Z",
    "sent_at": "2026-11-03T14:05:02.000000Z",
    "kept_at": "2026-11-03T14:12:31.000000Z",
    "redrive_of": None,
    "decision": None,
}
INSPECTED: InspectedView = {
    **OPEN,
    "body": f'{{"detail-type": "PaymentCaptured", "detail": {{"subject": "{PAYMENT}"}}}}',
    "failures": [
        {
            "attempt": attempt,
            "at": f"2026-11-03T14:{minute}:31.000000Z",
            "code": "unexpected_failure",
            "detail": "KeyError at infrastructure/order_rows.py:61",
        }
        for attempt, minute in ((3, "08"), (4, "10"), (5, "12"))
    ],
}
REDRIVEN: DeadLetterView = {
    **OPEN,
    "status": Status.REDRIVEN.value,
    "decision": {
        "actor": "ada",
        "reason": "the defect is mended since 14:30",
        "at": "2026-11-03T14:41:07.000000Z",
    },
}
CLOSED: DeadLetterView = {
    **OPEN,
    "status": Status.CLOSED.value,
    "decision": {
        "actor": "ada",
        "reason": "a message of the load test",
        "at": "2026-11-03T14:41:07.000000Z",
    },
}
DEAD_LETTERS: DeadLettersView = {"data": [OPEN], "next_cursor": CURSOR}
