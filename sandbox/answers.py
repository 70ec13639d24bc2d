"""What goes back over the wire: answers, errors and the JSON views of the acquirer's values."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.payment import Operation, Payment, Refused, Status

type Json = dict[str, object]

ERRORS: Mapping[str, tuple[int, str]] = {
    "invalid_request": (400, "invalid_request"),
    "amount_too_large": (400, "invalid_request"),
    "unauthorized": (401, "authentication_error"),
    "not_found": (404, "invalid_request"),
    "method_not_allowed": (405, "invalid_request"),
    "invalid_state": (409, "invalid_request"),
    "idempotency_in_flight": (409, "idempotency_error"),
    "body_too_large": (413, "invalid_request"),
    "idempotency_mismatch": (422, "idempotency_error"),
    "rate_limited": (429, "rate_limit_error"),
    "server_error": (500, "api_error"),
}
RETRY_SOON = frozenset({"idempotency_in_flight", "rate_limited"})


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def answer(status: int, body: Json) -> Answer:
    return Answer(status, encoded(body))


def error(code: str, message: str) -> Answer:
    status, kind = ERRORS[code]
    body = encoded({"error": {"type": kind, "code": code, "message": message}})
    return Answer(status, body, (("Retry-After", "1"),) if code in RETRY_SOON else ())


def refusal(refused: Refused) -> Answer:
    return error(refused.code, refused.message)


def declined(operation: Operation) -> Answer:
    reason = {
        "type": "card_error",
        "code": operation.decline_code,
        "message": "The card was declined.",
    }
    return answer(402, {"error": reason, "operation": operation_view(operation)})


def accepted(operation: Operation) -> Answer:
    return answer(201, operation_view(operation))


def listed(operations: Iterable[Operation]) -> Answer:
    return answer(200, {"data": [operation_view(operation) for operation in operations]})


def replayed(stored: Answer) -> Answer:
    return replace(stored, headers=(*stored.headers, ("Idempotent-Replayed", "true")))


def as_if_pending(operation: Operation) -> Operation:
    """What a provider says that has the money and will not commit to it yet."""
    if operation.status is not Status.SUCCEEDED:
        return operation
    return replace(operation, status=Status.PENDING, capture_before=None)


def operation_view(operation: Operation) -> Json:
    before = operation.capture_before
    return {
        "id": operation.id,
        "operation": operation.kind,
        "payment": operation.payment_id,
        "reference": operation.reference,
        "status": operation.status,
        "amount": operation.amount,
        "currency": operation.currency,
        "decline_code": operation.decline_code,
        "capture_before": None if before is None else timestamp(before),
        **_evidence(operation),
        "metadata": dict(operation.metadata),
        "created_at": timestamp(operation.created_at),
    }


def _evidence(operation: Operation) -> Json:
    """Of a dispute: until when evidence is taken, and how much there is."""
    due = operation.evidence_due
    if due is None:
        return {}
    return {"evidence_due": timestamp(due), "evidence": len(operation.evidence)}


def charges_view(payments: Iterable[Payment]) -> Json:
    """The truth the ledger is compared with: what stands of each payment, and the totals."""
    charges: list[Json] = []
    totals: dict[str, Counter[str]] = {}
    for payment in payments:
        totals.setdefault(payment.currency, Counter()).update(
            captured=payment.captured,
            refunded=payment.refunded,
            disputed=payment.disputed,
            charged_back=payment.charged_back,
        )
        charges.append(_charge_view(payment))
    return {"charges": charges, "totals": totals}


def _charge_view(payment: Payment) -> Json:
    return {
        "payment": payment.id,
        "reference": payment.authorization.reference,
        "metadata": dict(payment.authorization.metadata),
        "currency": payment.currency,
        "authorized": payment.authorized,
        "captured": payment.captured,
        "refunded": payment.refunded,
        "voided": payment.voided,
        "released": payment.released,
        "expired": payment.expired,
        "disputed": payment.disputed,
        "charged_back": payment.charged_back,
        "operations": [operation_view(operation) for operation in payment.operations],
    }


def timestamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encoded(body: Json) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
