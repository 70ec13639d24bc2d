"""What must hold at the step at which a cause is marked as handled, and a hold is heard of.

A mark is the end of a command: nobody tries it again. So its outcome is kept by then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.simulation.audit_payments import DECIDED, tried
from tests.simulation.evidence import Plain

OPEN: Final = frozenset({"started", "unknown"})
"""Where a provider may have to be called again, if only somebody still does."""
OVER: Final = frozenset({"refused", "expired", "released"})

type Item = Mapping[str, Any]


class Causes:
    """`given_up` is what was being authorized when its payment was given up, by payment."""

    def __init__(self, find: Callable[[str, str], None]) -> None:
        self.given_up: dict[str, str] = {}
        self._find = find
        self._cancels: dict[str, str] = {}
        self._marked: set[str] = set()
        self._last = ""

    def written(self, table: str, after: Item, payments: Mapping[str, Plain]) -> None:
        """A new row of any kind."""
        if after.get("Type") == {"S": "CancelPayment"}:
            told = json.loads(after["Payload"]["S"])
            self._cancels[told["id"]] = told["data"]["payment_id"]
        elif table == "payments" and after["sk"] == {"S": "CAUSE"}:
            cause = after["pk"]["S"].removeprefix("CAUSE#")
            self._marked.add(cause)
            self._last = cause
            self._cancelled(payments.get(self._cancels.get(cause, "")))

    def _cancelled(self, payment: Plain | None) -> None:
        """A command to give it up is handled now; `payment` is as it was before that."""
        last = tried(payment or {"attempts": []})[-1:]
        if payment is not None and last and last[0]["status"] not in DECIDED:
            self.given_up[payment["payment_id"]] = last[0]["attempt_id"]

    def payment(self, before: Plain | None) -> None:
        """It is written anew: what was marked in an earlier write than this has its outcome."""
        for attempt in (before or {"attempts": []})["attempts"]:
            cause = attempt["cause_id"]
            left = attempt["status"] in OPEN and cause in self._marked
            if left and cause != self._last:
                self._find("P5", f"{attempt['attempt_id']} is {attempt['status']} and left alone")
        self._last = ""

    def order(self, before: Plain | None, row: Plain, payment: Plain | None) -> None:
        """X4: what an order takes for held, or for over, is what its payment has tried last."""
        if before is None or row["hold_sequence"] == before["hold_sequence"]:
            return
        last = [each["status"] for each in tried(payment or {"attempts": []})[-1:]]
        if row["hold"] == "held" and before["hold"] != "held" and last != ["succeeded"]:
            self._find("X4", f"{row['pk']} hears of a hold beside {last}")
        over = before["hold"] == "pending" and row["hold"] in OVER
        if over and not DECIDED.issuperset(last):
            self._find("X4", f"{row['pk']} hears of the end of a hold that is awaited")
