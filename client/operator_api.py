"""The operators' part of the API: dead letters and replays."""

from typing import NotRequired, TypedDict
from urllib.parse import quote

from client.api import PAGE, Api, Reply

SERVICES = ("orders", "payments", "accounting")


class Failure(TypedDict):
    """What a consumer said of one attempt."""

    attempt: int
    at: str
    code: str
    detail: str


class Decision(TypedDict):
    actor: str
    reason: str
    at: str


class DeadLetter(TypedDict):
    """A message that was given up; `body` and `failures` only where it is looked at alone."""

    dead_letter_id: str
    service: str
    queue: str
    status: str
    code: str
    detail: str
    redrivable: bool
    message_id: str | None
    message_type: str | None
    correlation_id: str | None
    said_at: str
    sent_at: str
    kept_at: str
    redrive_of: str | None
    decision: Decision | None
    body: NotRequired[str]
    failures: NotRequired[list[Failure]]


Replay = TypedDict(
    "Replay",
    {
        "replay_id": str,
        "service": str,
        "status": str,
        "from": str,
        "to": str,
        "types": list[str],
        "about": str | None,
        "per_second": int,
        "looked_at": int,
        "published": int,
        "asked": Decision,
        "stopped": Decision | None,
        "ended_at": str | None,
    },
)
"""`running`, `done`, `stopped` or `failed`."""
NewReplay = TypedDict(
    "NewReplay",
    {
        "from": str,
        "to": NotRequired[str],
        "types": NotRequired[list[str]],
        "about": NotRequired[str],
        "per_second": NotRequired[int],
        "reason": str,
    },
)
"""The body of POST /operations/{service}/replays; moments in RFC 3339."""


class UnknownId(Exception):
    """The id does not say of which service it is: it was not given by this platform."""


class OperatorApi(Api):
    """Ids name their service: `dl_orders_…`. Raises UnknownId, and what Api raises."""

    def dead_letters(self, service: str, *, status: str, queue: str | None) -> list[DeadLetter]:
        asked = {"status": status, "limit": PAGE, **({"queue": queue} if queue else {})}
        return self._list(f"/operations/{service}/dead-letters", asked)

    def dead_letter(self, dead_letter_id: str) -> DeadLetter:
        found: DeadLetter = self._get(_path(dead_letter_id))
        return found

    def redrive(
        self, dead_letter_id: str, *, reason: str, idempotency_key: str
    ) -> Reply[DeadLetter]:
        path = f"{_path(dead_letter_id)}/redrive"
        return self._post(path, {"reason": reason}, idempotency_key)

    def close(self, dead_letter_id: str, *, reason: str, idempotency_key: str) -> Reply[DeadLetter]:
        return self._post(f"{_path(dead_letter_id)}/close", {"reason": reason}, idempotency_key)

    def start_replay(
        self, service: str, replay: NewReplay, *, idempotency_key: str
    ) -> Reply[Replay]:
        return self._post(f"/operations/{service}/replays", replay, idempotency_key)

    def replay(self, replay_id: str) -> Replay:
        found: Replay = self._get(_replay_path(replay_id))
        return found

    def stop_replay(self, replay_id: str, *, reason: str, idempotency_key: str) -> Reply[Replay]:
        return self._post(f"{_replay_path(replay_id)}/stop", {"reason": reason}, idempotency_key)


def _replay_path(replay_id: str) -> str:
    return f"/operations/{service_of(replay_id)}/replays/{quote(replay_id, safe='')}"


def _path(dead_letter_id: str) -> str:
    return f"/operations/{service_of(dead_letter_id)}/dead-letters/{quote(dead_letter_id, safe='')}"


def service_of(id_: str) -> str:
    """The service that an id of an operator's thing names."""
    service = id_.split("_")[1] if id_.count("_") > 1 else ""
    if service not in SERVICES:
        raise UnknownId(f"{id_!r} names none of {', '.join(SERVICES)}")
    return service
