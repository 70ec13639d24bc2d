"""Everything that reads what others have written: any bytes are read, or refused by a known name.

A parser is one line of PARSERS; the properties and the fuzzer that is
guided by coverage run over all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from accounting.api.requests import moment, number
from accounting.application import reactions as accounting
from accounting.domain import notation
from accounting.domain.errors import EntryMalformed, UnknownAccount
from client.amounts import LineMalformed, order_line
from orders.application import reactions as orders
from payments.api.lists import _place
from payments.application import reactions as payments
from payments.domain.errors import (
    OutcomeUnknown,
    ProviderBusy,
    ProviderRefusesUs,
    SignatureInvalid,
    WebhookMalformed,
)
from payments.infrastructure.providers import sandbox
from payments.infrastructure.settlement.records import NotAReport
from payments.infrastructure.standard_webhooks import verified_id
from shared.contracts.codec import UndecodableMessage, decode, encode
from shared.contracts.provider_notice import Notice
from shared.errors.taxonomy import (
    CardNumberRefused,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    InvalidRequest,
    MalformedJson,
    PayloadTooLarge,
)
from shared.http import HttpAnswer
from shared.messaging.consumer import _detail
from shared.moments import timestamp
from shared.money import AmountMalformed, UnknownCurrency, parse
from shared.observability.trace import child_of
from shared.rest import requests
from tests.contract.operations import OPERATIONS
from tests.contract.settlement_files import FOLDER as REPORTS
from tests.contract.settlement_files import read as read_report
from tests.contract.statement_files import FILES as STATEMENT_FILES
from tests.contract.statement_files import FOLDER as STATEMENTS
from tests.contract.statement_files import read as read_statement
from tests.fuzz.forgeries import SENT_AT, sign
from tests.fuzz.platform import NOW, PROVIDER, SECRET

type Refusals = tuple[type[Exception], ...]

UNIONS: Final = (
    payments.Accepted,
    payments.Subscribed,
    orders.Subscribed,
    accounting.Subscribed,
)
SHAPES: Final[tuple[type[BaseModel], ...]] = tuple(
    {operation.body.shape: None for operation in OPERATIONS.values() if operation.body}
)
GATEWAY: Final = sandbox.SandboxGateway(PROVIDER)
HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True)
class Parser:
    """`read` takes any bytes; `refuses` is all that it may raise for them."""

    read: Callable[[bytes], object]
    refuses: Refusals
    seeds: tuple[bytes, ...] = ()

    def try_(self, data: bytes) -> bool:
        """Whether the bytes were read; raises what no caller of the parser expects."""
        try:
            self.read(data)
        except self.refuses:
            return False
        return True


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="surrogateescape")


def _message(data: bytes) -> None:
    """What is decoded can be said again, and is then the same."""
    document = _detail(_text(data))
    for union in UNIONS:
        try:
            envelope = decode(union, document)
        except UndecodableMessage:
            continue
        assert decode(union, json.loads(encode(envelope))) == envelope


def _body(data: bytes) -> None:
    document = requests.json_object(_text(data))
    for shape in SHAPES:
        with suppress(InvalidRequest):
            requests.checked(shape, document)


def _signature(data: bytes) -> None:
    """Nobody knows the secret, so nothing is believed."""
    parts = (*_text(data).split("\n", 3), "", "", "", "")
    given = dict(zip(HEADERS, parts, strict=False))
    for headers in (given, {**given, HEADERS[1]: str(SENT_AT)}):
        try:
            verified_id(data, headers, secret=SECRET, now=NOW)
        except SignatureInvalid:
            continue
        raise AssertionError(f"believed: {headers}")


def _webhook(data: bytes) -> None:
    headers = dict(zip(HEADERS, ("msg_1", str(SENT_AT), ""), strict=True))
    headers[HEADERS[2]] = sign("msg_1", str(SENT_AT), data)
    for received in GATEWAY.receive(data, headers, now=NOW):
        _assert_notice(received.notice)


def _answer(data: bytes) -> None:
    """What a provider answers to a call: its status in the first byte, its document behind it."""
    statuses = (200, 201, 400, 401, 404, 409, 422, 429, 500)
    status = statuses[data[0] % len(statuses)] if data else 200
    sandbox._answer(HttpAnswer(status, _json(data[1:])))


def _query(data: bytes) -> None:
    _assert_notice(sandbox._found(HttpAnswer(200, _json(data))))


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _assert_notice(notice: Notice | None) -> None:
    if notice is not None:
        assert type(notice.amount.minor) is int
        assert notice.amount.minor >= 0
        assert notice.capture_before is None or timestamp(notice.capture_before)


def _moment(data: bytes) -> None:
    timestamp(moment("at", _text(data)))


def _money(data: bytes) -> None:
    currency, _, text = _text(data).partition(" ")
    amount = parse(text, currency)
    assert parse(str(amount).split(" ")[0], currency) == amount


def _postings(data: bytes) -> None:
    postings = notation.read(_text(data))
    assert notation.read(notation.written(postings)) == postings


def _headers(data: bytes) -> None:
    text = _text(data)
    assert len(child_of(text)) == 55, "00-, 32 and 16 hex digits, and the flags"
    requests.correlation_id(text)
    requests.idempotency_key(text)


_DOCUMENT: Final = b'{"detail": {"specversion": "1.0", "type": "PaymentCaptured", "data": {}}}'
_NOTICE: Final = (
    b'{"data": {"id": "op_1", "operation": "capture", "payment": "p", "reference": "pay_1-1", '
    b'"status": "succeeded", "amount": 1, "currency": "EUR", "decline_code": null, '
    b'"capture_before": "2026-01-01T00:00:00Z", "metadata": {}}}'
)
_ORDER: Final = (
    b'{"customer_id": "ada", "currency": "EUR", "lines": [{"sku": "mug", "quantity": 2, '
    b'"unit_amount": 1999}], "payment_method": {"token": "tok_visa"}}'
)

PARSERS: Final[Mapping[str, Parser]] = {
    "message": Parser(_message, (UndecodableMessage,), (_DOCUMENT,)),
    "request body": Parser(_body, (MalformedJson, PayloadTooLarge, CardNumberRefused), (_ORDER,)),
    "headers": Parser(_headers, (IdempotencyKeyInvalid, IdempotencyKeyMissing), (b"checkout-1",)),
    "webhook signature": Parser(_signature, (), (b"msg_1\n1767323045\nv1,AAAA",)),
    "webhook": Parser(_webhook, (WebhookMalformed,), (_NOTICE,)),
    "provider's answer": Parser(_answer, (ProviderBusy, ProviderRefusesUs), (b"\1" + _NOTICE,)),
    "provider's word": Parser(
        _query, (OutcomeUnknown, ProviderRefusesUs), (b'{"data": [' + _NOTICE[9:-1] + b"]}",)
    ),
    "cursor": Parser(
        lambda data: _place(_text(data)), (InvalidRequest,), (b"WyIwIiwgIjIwMjYiXQ==",)
    ),
    "moment": Parser(_moment, (InvalidRequest,), (b"2026-01-01T00:00:00+01:00",)),
    "whole number": Parser(
        lambda data: number("limit", _text(data), most=100), (InvalidRequest,), (b"20",)
    ),
    "amount": Parser(_money, (AmountMalformed, UnknownCurrency), (b"EUR 39.98",)),
    "order line": Parser(
        lambda data: order_line(_text(data), "EUR"), (LineMalformed,), (b"mug:2:19.99",)
    ),
    "postings": Parser(
        _postings, (ValueError, UnknownAccount, EntryMalformed), (b"D1100 3998 EUR;C4000 3998 EUR",)
    ),
    "settlement report": Parser(
        lambda data: read_report(data, "sandbox"),
        (NotAReport,),
        ((REPORTS / "sandbox/settlement-000003.csv").read_bytes(),),
    ),
    "bank statement": Parser(
        read_statement,
        (NotAReport,),
        tuple((STATEMENTS / file).read_bytes() for file in STATEMENT_FILES),
    ),
}
