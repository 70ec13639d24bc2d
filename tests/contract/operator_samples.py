"""What the API shows of dead letters and replays; the types of the views check every field."""

from typing import Any

from shared.operations.dead_letters import Status
from shared.operations.replays import Status as ReplayStatus
from shared.operations.views import DeadLettersView, DeadLetterView, InspectedView, ReplayView
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

REPLAY_REQUEST: dict[str, Any] = {
    "from": "2026-11-02T12:00:00Z",
    "to": "2026-11-03T14:00:00Z",
    "types": ["PaymentCaptured"],
    "reason": "accounting heard nothing for 26 hours",
}
REPLAY_ALL: dict[str, Any] = {
    "from": "2026-11-02T12:00:00Z",
    "per_second": 20,
    "reason": "accounting heard nothing for 26 hours",
}
STOPPING: dict[str, Any] = {"reason": "the queues of accounting fill up"}
REPLAY: ReplayView = {
    "replay_id": "rp_payments_8w2r5cmjz1xt7vfw6k3q9ya0bd",
    "service": "payments",
    "status": ReplayStatus.RUNNING.value,
    "from": "2026-11-02T12:00:00.000000Z",
    "to": "2026-11-03T14:00:00.000000Z",
    "types": ["PaymentCaptured"],
    "about": None,
    "per_second": 100,
    "looked_at": 0,
    "published": 0,
    "asked": {
        "actor": "ada",
        "reason": "accounting heard nothing for 26 hours",
        "at": "2026-11-03T14:41:07.000000Z",
    },
    "stopped": None,
    "ended_at": None,
}
REPLAYED: ReplayView = {
    **REPLAY,
    "status": ReplayStatus.DONE.value,
    "looked_at": 48210,
    "published": 5120,
    "ended_at": "2026-11-03T14:43:01.000000Z",
}
STOPPED: ReplayView = {
    **REPLAY,
    "status": ReplayStatus.STOPPED.value,
    "looked_at": 20000,
    "published": 2100,
    "stopped": {
        "actor": "ada",
        "reason": "the queues of accounting fill up",
        "at": "2026-11-03T14:42:07.000000Z",
    },
    "ended_at": "2026-11-03T14:42:07.000000Z",
}
