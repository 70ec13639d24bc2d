"""The wire format of every message, kept as files: `messages/<Type>.json`.

A file is written once, when its message is new (`make docs`), and then left alone: it is what lies
in queues, archives and outboxes. The documents show the same files as their examples.
"""

import json
import os
import re
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

from shared.contracts.codec import decode, encode
from shared.contracts.envelope import Command, Envelope, Message
from shared.money import Money
from tests.contract.services import senders

FOLDER: Final = Path(__file__).parent / "messages"

PLACING: Final = "req_hnym8xemr9sqamd8b73mgadwte"
CONFIRMING: Final = "req_ewt8dtdhab8gx653qwteapt5md"
ORDER: Final = "ord_exq58kar48x7g961j1zdarspcp"
PAYMENT: Final = "pay_6zxg1b43psza8nt82gr7dp2qhg"
ENTRY: Final = "je_hwdm7m6rzpjbwkn7e66jbstfar"
CORRELATION: Final = "cor_checkout-1001"
TRACEPARENT: Final = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PROVIDER_PAYMENT: Final = "sbx_pay_6tlj2ehy6n7my476mplh"
AUTHORIZATION: Final = "sbx_op_vel5rtg2om4cr7y524ln"
CAPTURE: Final = "sbx_op_f22rr7xj4v3nz7dzalh2"
CHECK: Final = "check_8v5qg0ymjx3h6ktw9r2n7c4e1b"
WEBHOOK: Final = "webhook/sandbox/evt_2vxqne6td6i5tycywxu4"
AMOUNT: Final = Money(3998, "EUR")

PLACED_AT: Final = datetime(2026, 11, 3, 9, 30, 0, 125_000, tzinfo=UTC)
AUTHORIZED_AT: Final = datetime(2026, 11, 3, 9, 30, 1, 250_000, tzinfo=UTC)
CONFIRMED_AT: Final = datetime(2026, 11, 3, 14, 5, 0, 500_000, tzinfo=UTC)
CAPTURED_AT: Final = datetime(2026, 11, 3, 14, 5, 1, 750_000, tzinfo=UTC)
BOOKED_AT: Final = datetime(2026, 11, 3, 14, 5, 2, tzinfo=UTC)
UNRESOLVED_AT: Final = datetime(2026, 11, 6, 14, 5, 30, tzinfo=UTC)
CAPTURE_BEFORE: Final = datetime(2026, 11, 10, 9, 30, 0, 625_000, tzinfo=UTC)

SUBJECTS: Final = {"orders": ORDER, "payments": PAYMENT, "accounting": ENTRY}
TEXTS: Final = {
    "attempt_id": f"{PAYMENT}-capture-1",
    "capture_id": f"{PAYMENT}-capture-1",
    "code": "capture_rejected",
    "customer_id": "customer-17",
    "decline_code": "insufficient_funds",
    "entry_id": ENTRY,
    "fact": "PaymentCaptured",
    "order_id": ORDER,
    "payment_id": PAYMENT,
    "payment_method_token": "tok_visa",
    "provider": "sandbox",
    "provider_payment": PROVIDER_PAYMENT,
    "provider_reference": AUTHORIZATION,
    "dispute_id": "dsp_1",
    "refund_id": "ref_1",
    "reason": "requested_by_customer",
    "reference": f"{PAYMENT}-authorize-1",
    "webhook_id": WEBHOOK.rpartition("/")[2],
}
"""What a text of that name says in a new file; any other says its own name."""
MOMENTS: Final = {"capture_before": CAPTURE_BEFORE, "started_at": CONFIRMED_AT}

UNSAID: Final = frozenset({"decline_class", "decline_code"})
"""Optional fields that a new file leaves empty."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Where a message stands in the story of the order."""

    version: str = "7/1"
    sequence: int = 5
    at: datetime = BOOKED_AT
    because: str = f"orders/{ORDER}/7/1"


_AUTHORIZED = Told(version="3/1", sequence=1, at=AUTHORIZED_AT, because=f"payments/{WEBHOOK}")
_CAPTURED = Told(version="6/1", sequence=2, at=CAPTURED_AT, because=f"payments/{WEBHOOK}")
STORY: Final = {
    "OrderPlaced": Told(version="1/1", sequence=1, at=PLACED_AT, because=PLACING),
    "AuthorizePayment": Told(version="1/2", sequence=2, at=PLACED_AT, because=PLACING),
    "WebhookReceived": Told(sequence=1, at=AUTHORIZED_AT, because=f"orders/{ORDER}/1/2"),
    "PaymentAuthorized": _AUTHORIZED,
    "PaymentFailed": _AUTHORIZED,
    "OrderConfirmed": Told(version="3/1", sequence=3, at=CONFIRMED_AT, because=CONFIRMING),
    "CapturePayment": Told(version="3/2", sequence=4, at=CONFIRMED_AT, because=CONFIRMING),
    "PaymentCaptured": _CAPTURED,
    "CaptureFailed": _CAPTURED,
    "PaymentUnresolved": Told(version="6/1", sequence=2, at=UNRESOLVED_AT, because=CHECK),
    "LedgerEntryCreated": Told(version="1/1", sequence=1, because=f"payments/{PAYMENT}/6/1"),
}


def document(message: type[Message]) -> dict[str, Any]:
    """The file of a message; `UPDATE_CONTRACTS=1` writes the one of a new message."""
    path = FOLDER / f"{message.__name__}.json"
    if os.environ.get("UPDATE_CONTRACTS") and not path.exists():
        FOLDER.mkdir(exist_ok=True)
        path.write_text(json.dumps(json.loads(encode(_first(message))), indent=2) + "\n")
    if not path.exists():
        raise FileNotFoundError(f"{message.__name__} is new: make docs writes its file")
    written = json.loads(path.read_text())
    assert isinstance(written, dict)
    return written


def envelope(message: type[Message]) -> Envelope[Any]:
    """The file of a message, as its consumers read it."""
    return decode(message, document(message))


def _first(message: type[Message]) -> Envelope[Any]:
    """A new message as its service might send it."""
    told = STORY.get(message.__name__, Told())
    service = next(iter(senders(message)), "orders")  # whose commands come before their sender
    data = _value(message, message.__name__)
    if isinstance(data, Command):
        verb = re.sub("(?<!^)[A-Z].*", "", message.__name__).lower()
        data = replace(data, idempotency_key=f"{ORDER}-{verb}-1")
    subject = WEBHOOK if message.__name__ == "WebhookReceived" else SUBJECTS[service]
    name = subject if subject == WEBHOOK else f"{subject}/{told.version}"
    return Envelope(
        id=f"{service}/{name}",
        source=f"quittance.{service}",
        subject=subject,
        time=told.at,
        sequence=told.sequence,
        correlation_id=CORRELATION,
        causation_id=told.because,
        traceparent=TRACEPARENT,
        data=data,
    )


def _value(type_: Any, name: str) -> Any:
    """A value of a message's field: an optional one is present, a default one is kept."""
    kinds = [kind for kind in get_args(type_) if kind is not NoneType]
    if get_origin(type_) is tuple:
        return (_value(kinds[0], name),)
    if kinds:
        return _value(kinds[0], name)
    if type_ is Money:
        return AMOUNT
    if isinstance(type_, type) and is_dataclass(type_):
        hints = get_type_hints(type_)
        given = {
            each.name: _value(hints[each.name], each.name)
            for each in fields(type_)
            if each.default is MISSING or (each.default is None and each.name not in UNSAID)
        }
        return type_(**given)
    if issubclass(type_, Enum):
        return next(iter(type_))
    return {str: TEXTS.get(name, name), int: 1, bool: True, datetime: MOMENTS.get(name)}[type_]
