"""How the provider tells: signed, at least once, in any order; and what others try to tell."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any, Final, Protocol

from tests.simulation.agenda import DAY, HOUR, MINUTE, Agenda
from tests.simulation.faults import LATE_DAYS_MAX, Fate
from tests.simulation.lives import Course

SECRET: Final = "whsec_" + base64.b64encode(b"a secret of the simulated world").decode()
_KEY: Final = base64.b64decode(SECRET.removeprefix("whsec_"))
RETRY_MAX: Final = 12 * HOUR
RETOLD_WITHIN: Final = 4 * DAY

type Json = dict[str, Any]


class Host(Protocol):
    """What a webhook needs of the world around it."""

    agenda: Agenda
    fate: Fate

    def receive_webhook(self, raw: str, headers: dict[str, str]) -> int:
        """The status of the answer; 0 for silence."""

    def down_until(self, actor: str) -> int: ...
    def epoch_seconds(self) -> int: ...
    def surprise(self, what: str) -> None: ...


class Webhooks:
    """Sends each event until it is taken. `wrong` are the operations of which something was told
    that cannot be true.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._sent = 0
        self.wrong: set[str] = set()

    def send(self, operation: Json, course: Course, *, always: bool, after: int = 0) -> None:
        """What `operation` is now. Only what a query finds as well may go missing."""
        strikes = self._host.fate.strikes
        if always or (course.told and not strikes("webhook_missing")):
            self._launch(operation, after=after)
            if course.retold_after is not None:
                self._launch(operation, after=course.retold_after)
            if strikes("webhook_doubled"):
                self._launch(operation, again=True)
            if strikes("webhook_retold"):  # some day, as another event of the same content
                self._launch(operation, after=self._host.fate.rng.randrange(RETOLD_WITHIN))
        if operation["operation"] != "dispute" and strikes("webhook_stale"):
            before = {**operation, "status": "pending", "decline_code": None}
            self._launch(before, after=self._host.fate.rng.randrange(RETOLD_WITHIN))
        if operation["operation"] != "dispute" and strikes("webhook_wrong"):
            self.wrong.add(operation["id"])
            self._launch({**operation, "amount": operation["amount"] + 1})
        if strikes("webhook_forged"):
            self._forge({**operation, "status": "succeeded"})

    def _launch(self, operation: Json, *, again: bool = False, after: int = 0) -> None:
        self._sent += 0 if again else 1
        body = json.dumps(
            {"type": f"{operation['operation']}.{operation['status']}", "data": operation}
        )
        name = f"evt_{self._sent}"
        delay = after + self._delay()
        self._host.agenda.add(delay, "provider", lambda: self._try(name, body, 1))

    def _try(self, name: str, body: str, number: int) -> None:
        status = 0
        if self._host.down_until("webhook") <= self._host.agenda.now:
            status = self._host.receive_webhook(body, self._headers(name, body, _KEY))
        if status != 200:
            delay = min(MINUTE << number, RETRY_MAX)
            self._host.agenda.add(delay, "provider", lambda: self._try(name, body, number + 1))

    def _forge(self, operation: Json) -> None:
        body = json.dumps({"type": "forged", "data": operation})
        headers = self._headers("evt_forged", body, b"another secret of just that length")
        status = self._host.receive_webhook(body, headers)
        if status not in {0, 401}:
            self._host.surprise(f"a forged webhook was answered with {status}")

    def _headers(self, name: str, body: str, key: bytes) -> dict[str, str]:
        sent_at = str(self._host.epoch_seconds())
        signed = f"{name}.{sent_at}.{body}".encode()
        signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return {
            "webhook-id": name,
            "webhook-timestamp": sent_at,
            "webhook-signature": f"v1,{signature}",
        }

    def _delay(self) -> int:
        fate = self._host.fate
        if fate.strikes("webhook_late_days"):
            return fate.rng.randrange(LATE_DAYS_MAX * DAY)
        if fate.strikes("webhook_late"):
            return fate.rng.randrange(30 * MINUTE)
        return fate.rng.randrange(50, 400)
