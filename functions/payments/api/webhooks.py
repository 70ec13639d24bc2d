"""The function URL that providers call: verify the raw bytes, store, answer. Nothing else."""

import base64
import binascii
import json
import re
from typing import Any, Final

from payments import wiring
from payments.application.carry_out import CAUSATION, CORRELATION
from payments.domain.attempt import payment_of
from payments.domain.errors import WebhookMalformed
from payments.infrastructure.providers import PROVIDERS
from payments.infrastructure.providers.received import Received
from shared import clock
from shared.contracts.envelope import Cause
from shared.contracts.payments import WebhookReceived
from shared.errors.problem import CONTENT_TYPE, problem
from shared.errors.taxonomy import InternalError, NotFound, PayloadTooLarge, QuittanceException
from shared.ids import fresh
from shared.observability import log, metrics
from shared.observability.trace import child_of

BODY_BYTES_MAX: Final = 65_536
_NAME: Final = re.compile(r"[\x21-\x7e]{1,255}")
_PATH: Final = re.compile(r"/webhooks/([a-z0-9_]{1,32})/?")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """200 once stored, 401 for a bad signature, 413 too large, never 500 for bad input."""
    del context
    correlation_id = fresh("cor")
    log.bind(correlation_id=correlation_id)
    try:
        stored = _receive(event, correlation_id)
    except QuittanceException as failure:
        log.warning("webhook refused", code=failure.code)
        metrics.count("WebhookRefused", code=failure.code)
        return _refusal(failure, correlation_id)
    except Exception:
        log.exception("webhook failed unexpectedly")
        return _refusal(InternalError(), correlation_id)
    return _answer(200, "application/json", {"stored": stored}, correlation_id)


def _receive(event: dict[str, Any], correlation_id: str) -> int:
    request = event["requestContext"]["http"]
    match = _PATH.fullmatch(request["path"])
    if match is None or request["method"] != "POST" or match.group(1) not in PROVIDERS:
        raise NotFound("no such webhook")
    name = match.group(1)
    raw = _raw(event)
    headers = {header.lower(): value for header, value in event["headers"].items()}
    received = wiring.provider(name).receive(raw, headers, now=clock.now())
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise WebhookMalformed from None
    for each in received:
        _keep(name, each, text, headers.get("traceparent"), correlation_id)
    return len(received)


def _keep(
    provider: str, received: Received, raw: str, traceparent: str | None, correlation_id: str
) -> None:
    notice = received.notice
    webhook = WebhookReceived(
        provider=provider,
        webhook_id=received.webhook_id,
        payment_id=payment_of(notice.reference),
        notice=notice,
    )
    cause = Cause(
        id=_named(received, CAUSATION) or f"{provider}/{received.webhook_id}",
        correlation_id=_named(received, CORRELATION) or correlation_id,
        traceparent=child_of(traceparent),
        now=clock.now(),
    )
    wiring.payments().keep(webhook, raw, cause)
    log.info("webhook stored", webhook_id=webhook.webhook_id, payment_id=webhook.payment_id)


def _named(received: Received, name: str) -> str | None:
    """What our call gave the provider to carry, if that is what came back."""
    text = received.metadata.get(name, "")
    return text if _NAME.fullmatch(text) else None


def _raw(event: dict[str, Any]) -> bytes:
    """The bytes that were signed, however the gateway has wrapped them."""
    body: str = event.get("body") or ""
    if len(body) > 2 * BODY_BYTES_MAX:
        raise PayloadTooLarge
    try:
        raw = (
            base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        )
    except (binascii.Error, UnicodeEncodeError):
        raise WebhookMalformed from None
    if len(raw) > BODY_BYTES_MAX:
        raise PayloadTooLarge
    return raw


def _refusal(failure: QuittanceException, correlation_id: str) -> dict[str, Any]:
    document = problem(failure, correlation_id=correlation_id)
    return _answer(failure.status, CONTENT_TYPE, document, correlation_id)


def _answer(
    status: int, content_type: str, document: dict[str, Any], correlation_id: str
) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": content_type, "X-Correlation-Id": correlation_id},
        "body": json.dumps(document),
    }
