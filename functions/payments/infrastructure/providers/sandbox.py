"""The simulated acquirer as a provider: its HTTP API and its signed webhooks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from payments.application.fetch_reports import Offered
from payments.domain.attempt import Answer, Attempt, Outcome
from payments.domain.errors import (
    OutcomeUnknown,
    ProviderBusy,
    ProviderNotReached,
    ProviderRefusesUs,
    WebhookMalformed,
)
from payments.domain.payment import Evidence
from payments.infrastructure.providers.received import Received
from payments.infrastructure.providers.retries import patiently
from payments.infrastructure.standard_webhooks import verified_id
from shared.contracts.codec import reject_constant
from shared.contracts.provider_notice import DeclineClass, Notice, Operation, Verdict
from shared.http import HttpAnswer, HttpClient, NotAnswered, NotSent
from shared.money import AMOUNT_MAX, Money

TOTAL_SECONDS: Final = 8.0
"""Well inside the Lambda's own timeout, so that an outcome can still be written."""
_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_CLASSES: Final = {
    "insufficient_funds": DeclineClass.SOFT,
    "do_not_honor": DeclineClass.SOFT,
    "lost_card": DeclineClass.FRAUD,
    "expired_card": DeclineClass.HARD,
    "authentication_required": DeclineClass.AUTHENTICATION_REQUIRED,
    "invalid_request": DeclineClass.CONFIGURATION,
}
_REJECTIONS: Final = frozenset({400, 404, 409})
_REFUSALS: Final = frozenset({401, 403})
_BUSY: Final = 429
_IN_FLIGHT: Final = "idempotency_in_flight"


_NAME: Final = re.compile(r"[\x21-\x7e]{1,255}")
_NO_NOTICE: Final = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What reading a document that is no notice raises."""


class SandboxGateway:
    """Configured by `url`, `api_key` and `webhook_secret`."""

    key_used_for = timedelta(minutes=10)
    absent_after = timedelta(minutes=42)
    """Ten on top for its way, twenty for two clocks; the seventh check comes at 42:20."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._webhook_secret = config["webhook_secret"]
        self._http = HttpClient(
            config["url"],
            headers={"Authorization": f"Bearer {config['api_key']}"},
            total_seconds=TOTAL_SECONDS,
        )

    def authorize(self, attempt: Attempt, *, token: str, metadata: Mapping[str, str]) -> Answer:
        body = _body(attempt, metadata)
        return self._operate("/v1/payments", attempt, {**body, "payment_method": {"token": token}})

    def capture(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        path = f"/v1/payments/{quote(provider_payment, safe='')}/captures"
        return self._operate(path, attempt, {**_body(attempt, metadata), "final": attempt.final})

    def void(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        path = f"/v1/payments/{quote(provider_payment, safe='')}/voids"
        body = _body(attempt, metadata)
        del body["amount"]  # a void gives back all that is held
        return self._operate(path, attempt, body)

    def refund(
        self, attempt: Attempt, *, provider_payment: str, metadata: Mapping[str, str]
    ) -> Answer:
        path = f"/v1/payments/{quote(provider_payment, safe='')}/refunds"
        return self._operate(path, attempt, _body(attempt, metadata))

    def find(self, reference: str) -> Notice | None:
        return _found(self._ask(f"/v1/operations?reference={quote(reference, safe='')}"))

    def submit_evidence(self, dispute_id: str, evidence: Evidence, *, key: str) -> bool:
        path = f"/v1/disputes/{quote(dispute_id, safe='')}/evidence"
        body = {"text": evidence.text, "document": evidence.document}

        def send() -> bool:
            try:
                answer = self._http.call("POST", path, body=body, headers={"Idempotency-Key": key})
            except NotSent as error:
                raise ProviderNotReached from error
            except NotAnswered as error:
                raise OutcomeUnknown from error
            return _takes(answer)

        return patiently(send)

    def offered(self) -> tuple[Offered, ...]:
        document = self._get("/v1/settlement-reports")
        try:
            return tuple(
                Offered(account=each["account"], number=each["number"], name=each["name"])
                for each in document["data"]
            )
        except (KeyError, TypeError) as error:
            raise OutcomeUnknown from error

    def fetched(self, report: Offered) -> bytes:
        content = self._get(f"/v1/settlement-reports/{report.number}").get("content")
        if not isinstance(content, str):
            raise OutcomeUnknown
        return content.encode()

    def receive(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> tuple[Received, ...]:
        webhook_id = verified_id(raw, headers, secret=self._webhook_secret, now=now)
        try:
            document = json.loads(raw.decode(), parse_constant=reject_constant)
            operation = document["data"]
            notice = _notice(operation)
            metadata = {str(name): str(text) for name, text in operation["metadata"].items()}
            name = _name(webhook_id)
        except _NO_NOTICE:
            raise WebhookMalformed from None
        return (Received(webhook_id=name, notice=notice, metadata=metadata),)

    def _ask(self, path: str) -> HttpAnswer:
        try:
            return self._http.call("GET", path)
        except NotSent as error:
            raise ProviderNotReached from error
        except NotAnswered as error:
            raise OutcomeUnknown from error

    def _get(self, path: str) -> dict[str, Any]:
        """A document that the sandbox has; silence, and what is none, are unknown."""
        answer = self._ask(path)
        if answer.status in _REFUSALS:
            raise ProviderRefusesUs
        if answer.status != 200 or not isinstance(answer.body, dict):  # noqa: PLR2004
            raise OutcomeUnknown
        return answer.body

    def _operate(self, path: str, attempt: Attempt, body: dict[str, Any]) -> Answer:
        return patiently(lambda: self._send(path, attempt, body))

    def _send(self, path: str, attempt: Attempt, body: dict[str, Any]) -> Answer:
        try:
            answer = self._http.call(
                "POST", path, body=body, headers={"Idempotency-Key": attempt.key}
            )
        except NotSent as error:
            raise ProviderNotReached from error
        except NotAnswered:
            return Answer(outcome=Outcome.UNKNOWN)
        return _answer(answer)


def _body(attempt: Attempt, metadata: Mapping[str, str]) -> dict[str, Any]:
    return {
        "amount": attempt.amount.minor,
        "currency": attempt.amount.currency,
        "reference": attempt.attempt_id,
        "metadata": dict(metadata),
    }


def _takes(answer: HttpAnswer) -> bool:
    """Only a plain yes or no counts."""
    if answer.status in _REFUSALS:
        raise ProviderRefusesUs
    code = _code_of(answer)
    if answer.status == _BUSY or code == _IN_FLIGHT:
        raise ProviderBusy
    if answer.status == 201:  # noqa: PLR2004
        return True
    if answer.status in _REJECTIONS and code:
        return False
    raise OutcomeUnknown


def _code_of(answer: HttpAnswer) -> str | None:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return str(error.get("code")) if isinstance(error, dict) else None


def _found(answer: HttpAnswer) -> Notice | None:
    """The latest word on what was asked about; only an empty list means that nothing is known."""
    if answer.status in _REFUSALS:
        raise ProviderRefusesUs
    operations = answer.body.get("data") if isinstance(answer.body, dict) else None
    if answer.status != 200 or not isinstance(operations, list):  # noqa: PLR2004
        raise OutcomeUnknown
    try:
        return _notice(operations[-1]) if operations else None
    except _NO_NOTICE:
        raise OutcomeUnknown from None


def _answer(answer: HttpAnswer) -> Answer:
    """An operation means that its notice will follow; only a plain no means that none will.

    A key that came with another body (422) is unknown, too: something did run under it.
    """
    body = answer.body if isinstance(answer.body, dict) else {}
    error = body.get("error")
    code = str(error.get("code")) if isinstance(error, dict) else None
    if answer.status in _REFUSALS:
        raise ProviderRefusesUs
    if answer.status == _BUSY or code == _IN_FLIGHT:
        raise ProviderBusy
    if answer.status in _REJECTIONS and code:
        return Answer(outcome=Outcome.REJECTED, decline_code=code, decline_class=_class_of(code))
    operation = body.get("operation") if error else body
    if not isinstance(operation, dict) or not {"id", "payment", "status"} <= operation.keys():
        return Answer(outcome=Outcome.UNKNOWN)
    return Answer(
        outcome=Outcome.PENDING,
        provider_payment=str(operation["payment"]),
        provider_reference=str(operation["id"]),
        decline_code=operation.get("decline_code"),
        decline_class=_class_of(operation.get("decline_code")),
    )


def _class_of(code: str | None) -> DeclineClass | None:
    """A code that nobody knows is technical: it says nothing of the card."""
    return None if code is None else _CLASSES.get(code, DeclineClass.TECHNICAL)


def _notice(operation: dict[str, Any]) -> Notice:
    """A status that is not one of the verdicts decides nothing.

    Raises one of _NO_NOTICE where another part is not what it must be.
    """
    code = operation.get("decline_code")
    capture_before = operation.get("capture_before")
    due = operation.get("evidence_due")
    if not 0 <= operation["amount"] <= AMOUNT_MAX:
        raise ValueError("amount")
    return Notice(
        reference=_name(operation["reference"]),
        operation=Operation(operation["operation"]),
        verdict=_VERDICTS.get(operation["status"]),
        amount=Money(operation["amount"], operation["currency"]),
        provider_payment=_name(operation["payment"]),
        provider_reference=_name(operation["id"]),
        decline_code=None if code is None else _name(code),
        decline_class=_class_of(code),
        capture_before=_moment(capture_before) if capture_before else None,
        evidence_due=_moment(due) if due else None,
    )


def _name(text: Any) -> str:
    """An id or a code: it becomes part of keys, so it is short and plain."""
    if not _NAME.fullmatch(text):
        raise ValueError("not a name")
    return str(text)


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC)
