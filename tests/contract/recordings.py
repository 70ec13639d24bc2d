"""What providers have said, as files: `providers/<name>/*.json`, with what it must mean to us.

`config.json` holds the adapter's settings; its `url` is where the recording is replayed. Every
other file is one recording:

- `call`: the adapter's method, and the attempt and arguments it is given;
- `sent` and `answer`: the request that went out and what came back, null for a dropped line; or
  `delivered` and `received_at`: a webhook as it came in, and when;
- `expected`: what the adapter makes of it, without its empty fields, or `{"raises": …}`;
- `config`: settings that differ for this one;
- `about`, `before`, `webhook`, `during_webhook`, `delay_seconds`: how it was brought about;
- `by_hand`: nobody has said this yet, but somebody might.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic_core import to_jsonable_python

from payments.domain.attempt import Attempt, AttemptStatus
from payments.infrastructure.providers import PROVIDERS, Provider
from shared.contracts.provider_notice import Operation
from shared.errors.taxonomy import QuittanceException
from shared.money import Money
from tests.contract.loopback import Reply, Request

FOLDER: Final = Path(__file__).parent / "providers"
CONFIG: Final = "config.json"
TRANSPORT: Final = frozenset(
    {"accept-encoding", "connection", "content-length", "date", "host", "server", "user-agent"}
)
"""Headers that HTTP itself adds."""


@dataclass(frozen=True)
class Recording:
    """One file; `document` is its content."""

    provider: str
    path: Path
    document: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.provider}-{self.path.stem}"

    @property
    def method(self) -> str:
        method = self.document["call"]["method"]
        assert isinstance(method, str)
        return method

    def gateway(self, url: str) -> Provider:
        """The provider's adapter, talking to `url`."""
        config = json.loads((self.path.parent / CONFIG).read_text())
        settings = {**config, **self.document.get("config", {}), "url": url}
        return PROVIDERS[self.provider](settings)


def recordings(provider: str) -> list[Recording]:
    paths = sorted((FOLDER / provider).glob("*.json"))
    read = [Recording(provider, path, json.loads(path.read_text())) for path in paths]
    return [each for each in read if each.path.name != CONFIG]


def outcome(gateway: Provider, recording: Recording) -> Any:
    """What the adapter makes of the recorded call, or of the recorded webhook."""
    delivered = recording.document.get("delivered")
    if delivered is None:
        return result(gateway, recording.provider, recording.document["call"])
    received_at = datetime.fromisoformat(recording.document["received_at"])
    return _told(
        lambda: gateway.receive(delivered["body"].encode(), delivered["headers"], now=received_at)
    )


def result(gateway: Provider, provider: str, call: Mapping[str, Any]) -> Any:
    """What one call of the adapter gives, as JSON without empty fields."""
    attempts = [_attempt(provider, call["attempt"])] if "attempt" in call else []
    method = getattr(gateway, call["method"])
    return _told(lambda: method(*attempts, **call.get("arguments", {})))


def sent(request: Request) -> dict[str, Any]:
    """A request as a recording keeps it."""
    return {
        "method": request.method,
        "path": request.path,
        "headers": _own(request.headers),
        "body": json.loads(request.body) if request.body else None,
    }


def kept(reply: Reply | None) -> dict[str, Any] | None:
    """An answer as a recording keeps it: its body as JSON, or as the text it was."""
    if reply is None:
        return None
    text = reply.body.decode()
    try:
        body = json.loads(text)
    except ValueError:
        body = text
    return {"status": reply.status, "headers": _own(reply.headers), "body": body}


def replayed(answer: Mapping[str, Any] | None) -> Reply | None:
    """The answer that a recording has kept."""
    if answer is None:
        return None
    body = answer["body"]
    text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    return Reply(answer["status"], answer["headers"], text.encode())


def _own(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): headers[name] for name in headers if name.lower() not in TRANSPORT}


def _attempt(provider: str, given: Mapping[str, Any]) -> Attempt:
    return Attempt(
        attempt_id=given["attempt_id"],
        operation=Operation(given["operation"]),
        provider=provider,
        key=given["key"],
        amount=Money(given["amount"], given["currency"]),
        status=AttemptStatus.STARTED,
        cause_id="orders/ord_1/1/2",
        started_at=datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
    )


def _told(call: Any) -> Any:
    try:
        given = call()
    except QuittanceException as failure:
        return {"raises": type(failure).__name__}
    return _without_nulls(to_jsonable_python(given))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value
