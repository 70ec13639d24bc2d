"""The reconciliation's part of the API: runs, what they found, and what a person decides."""

from typing import TypedDict
from urllib.parse import quote

from client.api import PAGE, Api, Reply

SETTLED = "completed"


class Total(TypedDict):
    """A class of a run; `residual` is what is unexplained, in minor units by currency."""

    operations: int
    lines: int
    residual: dict[str, int]


class Payout(TypedDict):
    payout_id: str
    state: str
    currency: str
    lines: int
    net: int
    sent: int | None
    difference: int


class Run(TypedDict):
    reconciliation_id: str
    provider: str
    date: str
    status: str
    stage: str
    looked_at: int
    totals: dict[str, Total]
    payouts: list[Payout]
    requested_at: str
    requested_by: str
    completed_at: str | None


class Operation(TypedDict):
    operation_id: str
    kind: str
    amount: int
    currency: str
    date: str
    entry_id: str


class Line(TypedDict):
    line_id: str
    kind: str
    reference: str
    gross: int
    currency: str
    fee: int
    net: int
    net_currency: str
    payout_id: str
    settled_on: str


Item = TypedDict(
    "Item",
    {
        "item_id": str,
        "class": str,
        "payment_id": str | None,
        "operations": list[Operation],
        "lines": list[Line],
        "residual": dict[str, int],
        "since": str,
        "age": str,
    },
)

OpenItem = TypedDict(
    "OpenItem",
    {
        "item_id": str,
        "class": str,
        "payment_id": str | None,
        "residual": dict[str, int],
        "since": str,
        "age": str,
        "owner": str,
        "due": str,
        "overdue": bool,
        "proposed_account": str | None,
    },
)


class Resolved(TypedDict):
    item_id: str
    status: str
    entry_id: str | None


class ReconciliationApi(Api):
    """Raises what Api raises."""

    def reconcile(self, provider: str, day: str, *, idempotency_key: str) -> Reply[Run]:
        """Ask for a run; it is done in the background."""
        return self._post("/reconciliations", {"provider": provider, "date": day}, idempotency_key)

    def reconciliation(self, reconciliation_id: str) -> Run:
        run: Run = self._get(f"/reconciliations/{quote(reconciliation_id, safe='')}")
        return run

    def reconciliation_items(self, reconciliation_id: str, kind: str | None) -> list[Item]:
        """Everything that a run found, or one class of it."""
        asked = {"limit": PAGE, **({"class": kind} if kind else {})}
        return self._list(f"/reconciliations/{quote(reconciliation_id, safe='')}/items", asked)

    def open_items(self, provider: str) -> list[OpenItem]:
        """What waits, oldest first."""
        return self._list("/reconciliation-items", {"provider": provider, "limit": PAGE})

    def resolve_item(
        self, item_id: str, *, account: str, actor: str, reason: str, idempotency_key: str
    ) -> Reply[Resolved]:
        body = {"account": account, "actor": actor, "reason": reason}
        path = f"/reconciliation-items/{quote(item_id, safe='')}/resolution"
        return self._post(path, body, idempotency_key)
