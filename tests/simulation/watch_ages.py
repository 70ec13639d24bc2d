"""How long an outcome is waited for, watched at each write: P5, a person is told in time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tests.simulation.audit_payments import DECIDED
from tests.simulation.evidence import Plain

TOLD_AFTER: Final = timedelta(days=3)
"""So long an outcome may be unknown before a person is told."""
ASKED_WITHIN: Final = timedelta(days=2)
"""Whoever asks looks every six hours, and is away for 26 at most."""


class Ages:
    """The time is that of the latest message that anybody has written."""

    def __init__(self, find: Callable[[str, str], None]) -> None:
        self._find = find
        self._now = ""
        self._told: set[str] = set()
        self._late: set[str] = set()

    def written(self, after: Mapping[str, Any]) -> None:
        """A new row of any kind."""
        if "OccurredOn" not in after:
            return
        self._now = max(self._now, after["OccurredOn"]["S"])
        if after.get("Type") == {"S": "PaymentUnresolved"}:
            told = json.loads(after["Payload"]["S"])["data"]
            attempt = told["attempt_id"]
            if attempt in self._told:
                self._find("P5", f"a person was told of {attempt} twice")
            self._told.add(attempt)

    def payment(self, before: Plain | None) -> None:
        """It is written anew; until now it stood as it was before."""
        for attempt in (before or {"attempts": []})["attempts"]:
            name = attempt["attempt_id"]
            known = name in self._told | self._late
            if attempt["status"] in DECIDED or known or not self._now:
                continue
            waited = datetime.fromisoformat(self._now) - datetime.fromisoformat(
                attempt["started_at"]
            )
            if waited > TOLD_AFTER + ASKED_WITHIN:
                self._find("P5", f"{name} is {attempt['status']} for {waited}, told to nobody")
                self._late.add(name)
