"""What the provider itself might sign by mistake: its notices with anything in any place."""

from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from payments.api import webhooks
from payments.application.reactions import Subscribed
from shared.contracts.codec import decode
from tests.fuzz.forgeries import PLATFORM_LIVES_FOR, REFUSED, SENT_AT, TAKEN, Webhook, genuine, sign
from tests.fuzz.gateway import CONTEXT
from tests.fuzz.platform import Platform
from tests.fuzz.requests import Found

HOSTILE: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**18,
    10**40,
    "",
    " ",
    "x" * 3000,
    "é\x00\ud800",
    "4111111111111111",
    "succeeded",
    "dispute",
    "opened",
    "JPY",
    "2026-01-01",
    "2026-01-01T00:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    [],
    {},
    [[[]]],
    {"a": {"b": None}},
)
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1")


@dataclass
class Notices:
    """Signed requests only: each is stored whole and readable, or refused and leaves nothing."""

    random: Random
    platform: Platform = field(default_factory=Platform)
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, requests: int) -> None:
        """Raises Found."""
        for block in range(-(-requests // PLATFORM_LIVES_FOR)):
            self.platform = Platform()
            with self.platform.installed():
                for number in range(min(PLATFORM_LIVES_FOR, requests - block * PLATFORM_LIVES_FOR)):
                    self._send(self._next(number))

    def _next(self, number: int) -> Webhook:
        document = json.loads(genuine(number).body)
        for _ in range(self.random.choice((1, 1, 2, 3))):
            self._spoil(document)
        body = json.dumps(document, ensure_ascii=self.random.random() < 0.9).encode(
            self.random.choice(ENCODINGS) if self.random.random() < 0.1 else "utf-8",
            errors="backslashreplace",
        )
        webhook_id = f"msg_{number}" + ("x" * 2000 if self.random.random() < 0.02 else "")
        sent_at = str(SENT_AT)
        return Webhook(webhook_id, sent_at, body, sign(webhook_id, sent_at, body), encoded=True)

    def _spoil(self, document: dict[str, Any]) -> None:
        """Put something else in one place, or take it away."""
        place = document["data"] if isinstance(document.get("data"), dict) else document
        if self.random.random() < 0.1:
            place = document
        if isinstance(place.get("metadata"), dict) and self.random.random() < 0.2:
            place = place["metadata"]
        name = self.random.choice([*place, "quittance_cause", "causation_id", "more"])
        if self.random.random() < 0.1:
            place.pop(name, None)
        else:
            place[name] = deepcopy(self.random.choice(HOSTILE))

    def _send(self, webhook: Webhook) -> None:
        before = self.platform.writes
        answer = webhooks.handler(webhook.event(), CONTEXT)
        status, written = answer["statusCode"], self.platform.writes - before
        told = self.platform.inserted()
        self.counts[f"answered {status}"] += 1
        if status in REFUSED and (written, told) == (0, []):
            return
        if status != TAKEN or written != 1 or len(told) != 1:
            raise Found(f"{webhook}\n{status}, {written} writes, {len(told)} messages")
        decode(Subscribed, json.loads(str(told[0]["Payload"])))
