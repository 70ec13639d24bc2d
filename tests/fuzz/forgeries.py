"""Webhooks as anybody might send them: genuine ones changed in every way, and whole inventions.

What is genuine is said by a list of what the provider has signed, not by the code under test: a
request is genuine when its id, its time and its bytes stand in the list, a signature of the list
for exactly these comes with it, and its time is not over.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from payments.api import webhooks
from tests.fuzz.gateway import CONTEXT
from tests.fuzz.platform import NOW, SECRET, Platform
from tests.fuzz.requests import Found

KEY: Final = base64.b64decode(SECRET.removeprefix("whsec_"))
SENT_AT: Final = int(NOW.timestamp())
TOLERANCE_SECONDS: Final = 300
PLATFORM_LIVES_FOR: Final = 500
TAKEN: Final = 200
REFUSED: Final = range(400, 500)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request to the function URL; `signatures` is the header as it is sent."""

    webhook_id: str
    sent_at: str
    body: bytes
    signatures: str
    path: str = "/webhooks/sandbox"
    method: str = "POST"
    encoded: bool = False

    def event(self) -> dict[str, Any]:
        text = base64.b64encode(self.body).decode() if self.encoded else self.body.decode("latin-1")
        return {
            "version": "2.0",
            "headers": {
                "webhook-id": self.webhook_id,
                "webhook-timestamp": self.sent_at,
                "webhook-signature": self.signatures,
            },
            "requestContext": {"http": {"method": self.method, "path": self.path}},
            "body": text,
            "isBase64Encoded": self.encoded,
        }


def sign(webhook_id: str, sent_at: str, body: bytes, key: bytes = KEY) -> str:
    digest = hmac.new(key, f"{webhook_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def genuine(number: int) -> Webhook:
    """What the provider tells of an operation; each number is another one."""
    notice = {
        "id": f"evt_{number}",
        "type": "operation.succeeded",
        "created_at": "2026-01-02T03:04:05Z",
        "data": {
            "id": f"sbx_op_{number}",
            "operation": "capture",
            "payment": "sbx_pay_1",
            "reference": f"pay_{number}-capture-1",
            "status": "succeeded",
            "amount": 3998 + number,
            "currency": "EUR",
            "decline_code": None,
            "capture_before": None,
            "metadata": {},
            "created_at": "2026-01-02T03:04:05Z",
        },
    }
    webhook_id, sent_at, body = f"msg_{number}", str(SENT_AT), json.dumps(notice).encode()
    return Webhook(webhook_id, sent_at, body, sign(webhook_id, sent_at, body))


@dataclass
class Forger:
    """Sends requests, most of them forged, and knows which must be taken and what they change."""

    random: Random
    platform: Platform = field(default_factory=Platform)
    signed: dict[tuple[str, str, bytes], str] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    number: int = 0

    def run(self, requests: int) -> None:
        """Raises Found where a request has another answer or effect than it must have."""
        for block in range(-(-requests // PLATFORM_LIVES_FOR)):
            self.platform = Platform()
            self.signed.clear()
            self.stored.clear()
            with self.platform.installed():
                for _ in range(min(PLATFORM_LIVES_FOR, requests - block * PLATFORM_LIVES_FOR)):
                    self._send(self._next())

    def _next(self) -> Webhook:
        if not self.signed or self.random.random() < 0.02:
            self.number += 1
            new = genuine(self.number)
            self.signed[new.webhook_id, new.sent_at, new.body] = new.signatures
            return new
        webhook_id, sent_at, body = self.random.choice(list(self.signed))
        known = Webhook(webhook_id, sent_at, body, self.signed[webhook_id, sent_at, body])
        for _ in range(self.random.choice((0, 1, 1, 1, 2, 3))):
            known = self.random.choice(CHANGES)(known, self.random)
        return known

    def is_genuine(self, webhook: Webhook) -> bool:
        signature = self.signed.get((webhook.webhook_id, webhook.sent_at, webhook.body))
        asked_for = webhook.method == "POST" and webhook.path.rstrip("/") == "/webhooks/sandbox"
        return asked_for and signature is not None and signature in webhook.signatures.split(" ")

    def _send(self, webhook: Webhook) -> None:
        before = self.platform.writes
        answer = webhooks.handler(webhook.event(), CONTEXT)
        status, written = answer["statusCode"], self.platform.writes - before
        told = len(self.platform.inserted())
        if not self.is_genuine(webhook):
            kind, right = "forged", status in REFUSED and (written, told) == (0, 0)
        elif webhook.webhook_id in self.stored:
            kind, right = "replayed", status == TAKEN and (written, told) == (0, 0)
        else:
            kind, right = "genuine", status == TAKEN and (written, told) == (1, 1)
            self.stored.add(webhook.webhook_id)
        self.counts[kind] += 1
        self.counts[f"answered {status}"] += 1
        if not right:
            raise Found(f"{kind}: {webhook}\n{status}, {written} writes, {told} messages")


def _flip(webhook: Webhook, random: Random) -> Webhook:
    body = bytearray(webhook.body)
    body[random.randrange(len(body))] ^= 1 << random.randrange(8)
    return replace(webhook, body=bytes(body), encoded=True)


def _amount(webhook: Webhook, random: Random) -> Webhook:
    return replace(webhook, body=webhook.body.replace(b'"amount": ', b'"amount": 1'))


def _cut(webhook: Webhook, random: Random) -> Webhook:
    return replace(webhook, body=webhook.body[: random.randrange(1, len(webhook.body))])


def _grown(webhook: Webhook, random: Random) -> Webhook:
    return replace(webhook, body=webhook.body + random.choice((b" ", b"\n", b"{}", b"\0")))


def _other_id(webhook: Webhook, random: Random) -> Webhook:
    fresh = ("", "msg_0", webhook.webhook_id + "0", webhook.webhook_id + ".1", "é", "x" * 3000)
    return replace(webhook, webhook_id=random.choice(fresh))


def _other_time(webhook: Webhook, random: Random) -> Webhook:
    times = (
        SENT_AT + 1,
        SENT_AT - 1,
        SENT_AT - TOLERANCE_SECONDS - 1,
        0,
        -1,
        10**11,
        10**12 - 1,
        10**30,
    )
    texts = ("", " ", f" {SENT_AT}", f"+{SENT_AT}", f"{SENT_AT}.0", f"0{SENT_AT}", "\uff11\uff17")
    return replace(webhook, sent_at=random.choice((*map(str, times), *texts)))


def _other_signature(webhook: Webhook, random: Random) -> Webhook:
    sent = (webhook.webhook_id, webhook.sent_at, webhook.body)
    made = (
        "",
        "v1,",
        "v1",
        "v1,====",
        webhook.signatures[:-3],
        webhook.signatures.lower(),
        webhook.signatures.replace("v1", "v2"),
        webhook.signatures.replace("v1,", "v1a,"),
        webhook.signatures.replace("v1,", ""),
        sign("x", webhook.sent_at, webhook.body),
        sign(*sent, key=b""),
        sign(*sent, key=b"another secret of enough bytes"),
        sign(*sent, key=SECRET.encode()),
        "v1," + base64.b64encode(random.randbytes(32)).decode(),
        "v1,é",
    )
    return replace(webhook, signatures=random.choice(made))


def _more_signatures(webhook: Webhook, random: Random) -> Webhook:
    """A genuine one stays genuine among others, as while a secret is changed."""
    more = random.choice(("v1,AAAA", "v2,x", "", "v1,not base 64!"))
    pair = [more, webhook.signatures] if random.random() < 0.5 else [webhook.signatures, more]
    return replace(webhook, signatures=" ".join(pair))


def _of_another(webhook: Webhook, random: Random) -> Webhook:
    """Its signature and time, with the content of another genuine one."""
    other = genuine(random.randrange(1, 50))
    return replace(webhook, body=other.body)


def _moved_border(webhook: Webhook, random: Random) -> Webhook:
    """The same signed bytes, divided elsewhere."""
    first, _, rest = webhook.body.partition(b".")
    if rest:
        return replace(webhook, sent_at=f"{webhook.sent_at}.{first.decode('latin-1')}", body=rest)
    webhook_id = f"{webhook.webhook_id}.{webhook.sent_at}"
    return replace(webhook, webhook_id=webhook_id, sent_at="")


def _elsewhere(webhook: Webhook, random: Random) -> Webhook:
    paths = ("/webhooks/stripe", "/webhooks/", "/webhooks/sandbox/", "/webhooks/sandbox/x", "/")
    return replace(webhook, path=random.choice(paths))


def _asked(webhook: Webhook, random: Random) -> Webhook:
    return replace(webhook, method=random.choice(("GET", "PUT", "post")))


def _in_base64(webhook: Webhook, random: Random) -> Webhook:
    return replace(webhook, encoded=True)


CHANGES: Final[tuple[Callable[[Webhook, Random], Webhook], ...]] = (
    _flip,
    _amount,
    _cut,
    _grown,
    _other_id,
    _other_time,
    _other_signature,
    _more_signatures,
    _of_another,
    _moved_border,
    _elsewhere,
    _asked,
    _in_base64,
)
