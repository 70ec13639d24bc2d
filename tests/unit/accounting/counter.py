"""The ledger's REST API over a ledger in memory, with two people who may write."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounting import wiring
from accounting.api.app import app
from accounting.api.http import handler
from shared.messaging.guard import Answered
from shared.rest.access import ApiKeys
from tests.doubles.ledger import Ledger
from tests.unit.shared.gateway import proxy_event

SCOPES = ["ledger:read", "ledger:write"]


class Unguarded:
    """Every command runs: what the stored answer of a repeated one hides is seen."""

    def run(self, action: Callable[[], dict[str, Any]], **_: object) -> Answered:
        return Answered(answer=action(), replayed=False)


@dataclass
class Counter:
    """Where people ask the ledger, and write in it."""

    ledger: Ledger
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    @classmethod
    def opened(cls, patch: pytest.MonkeyPatch, ledger: Ledger) -> Counter:
        patch.setattr(wiring, "journal", lambda: ledger.journal)
        patch.setattr(wiring, "folds", lambda: ledger.folds)
        patch.setattr(wiring, "vault", lambda: ledger.vault)
        patch.setattr(app, "_guard", Unguarded)
        patch.setattr(app, "_clock", lambda: ledger.now)
        keys = ApiKeys(load=_secret, seconds=lambda: 0.0)
        patch.setattr(app, "_api_keys", lambda: keys)
        return cls(ledger)

    def post(self, path: str, body: Any, *, key: str = "operator") -> tuple[int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer qk_{key}",
            "Idempotency-Key": f"request-{next(self.numbers)}",
        }
        return self._answer(proxy_event("POST", path, headers=headers, body=json.dumps(body)))

    def get(self, path: str, **query: str) -> tuple[int, dict[str, Any]]:
        event = proxy_event("GET", path, headers={"Authorization": "Bearer qk_operator"})
        event["queryStringParameters"] = query
        event["multiValueQueryStringParameters"] = {name: [text] for name, text in query.items()}
        return self._answer(event)

    def _answer(self, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = handler(event, None)
        return answer["statusCode"], json.loads(answer["body"])


def _secret() -> str:
    def entry(name: str) -> dict[str, object]:
        digest = hashlib.sha256(f"qk_{name}".encode()).hexdigest()
        return {"name": name, "sha256": digest, "scopes": SCOPES}

    return json.dumps({"keys": [entry("operator"), entry("supervisor")]})
