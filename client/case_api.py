"""The cases' part of the API: what is left for people."""

from typing import TypedDict
from urllib.parse import quote

from client.api import PAGE, Api, Reply


class Tried(TypedDict):
    """A command that was sent, and what became of it."""

    action: str
    reference: str
    outcome: str
    code: str | None


class Decision(TypedDict):
    action: str
    reason: str
    actor: str
    at: str


class Known(TypedDict):
    """Where the order stands now, in minor units."""

    status: str
    hold: str
    amount: int
    captured: int
    refunding: int
    refunded: int
    currency: str
    failure_code: str | None


class Case(TypedDict):
    """What could not be undone or decided by itself."""

    case_id: str
    status: str
    event: str
    code: str
    detail: str
    order_id: str
    payment_id: str
    compensation_id: str | None
    correlation_id: str
    opened_at: str
    age_seconds: int
    tried: list[Tried]
    known: Known | None
    decision: Decision | None


class CaseApi(Api):
    """Raises what Api raises."""

    def cases(self, status: str) -> list[Case]:
        return self._list("/cases", {"status": status, "limit": PAGE})

    def case(self, case_id: str) -> Case:
        found: Case = self._get(f"/cases/{quote(case_id, safe='')}")
        return found

    def resolve_case(
        self, case_id: str, *, action: str, reason: str, idempotency_key: str
    ) -> Reply[Case]:
        path = f"/cases/{quote(case_id, safe='')}/resolution"
        return self._post(path, {"action": action, "reason": reason}, idempotency_key)
