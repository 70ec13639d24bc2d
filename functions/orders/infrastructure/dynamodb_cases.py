"""Cases, kept in the orders table; an index lists them by status, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from orders.domain.case import Case, CaseStatus, Decision
from shared.contracts.compensation import Action, Outcome, Resolution, Tried
from shared.contracts.envelope import Cause, Message
from shared.moments import timestamp
from shared.observability import metrics
from shared.persistence.aggregate import Aggregates, Snapshot
from shared.persistence.rows import Row
from shared.persistence.table import Index, Table

KIND: Final = "CASE"
BY_STATUS: Final = Index("cases", partition="CaseStatus", sort="OpenedAt")
FIRST: Final = " "
"""Before every case: each sort key begins with a digit."""


class DynamoDbCases:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._aggregates = Aggregates(table, service="orders", kind=KIND)

    def find(self, case_id: str) -> Case | None:
        row = self._aggregates.find(case_id)
        return None if row is None else _from_row(row)

    def commit(self, case: Case, messages: Sequence[Message], cause: Cause) -> Case:
        snapshot = Snapshot(
            aggregate_id=case.case_id,
            row=_to_row(case),
            version=case.version,
            sequence=case.sequence,
            correlation_id=case.correlation_id,
        )
        self._aggregates.commit(snapshot, messages, cause, handled=True)
        if not case.version:
            metrics.count("CaseOpened", code=case.code)
        return replace(case, version=case.version + 1, sequence=case.sequence + len(messages))

    def told(self, case_id: str, cause: Cause) -> set[str]:
        return self._aggregates.told(case_id, cause)

    def listed(self, status: CaseStatus, *, after: str = FIRST) -> Iterator[tuple[str, Case]]:
        """Cases in a status with their places, the oldest first; the index may lag behind."""
        for row in self._table.after(BY_STATUS, value=status.value, bound=after):
            case = self.find(str(row["pk"]).removeprefix(f"{KIND}#"))
            if case is not None and case.status is status:
                yield str(row[BY_STATUS.sort]), case


def _to_row(case: Case) -> Row:
    decision = case.decision
    return {
        "case_id": case.case_id,
        "event": case.event,
        "code": case.code,
        "detail": case.detail,
        "payment_id": case.payment_id,
        "order_id": case.order_id,
        "opened_at": timestamp(case.opened_at),
        "compensation_id": case.compensation_id,
        "tried": [
            {
                "action": each.action.value,
                "reference": each.reference,
                "outcome": each.outcome.value,
                "code": each.code,
            }
            for each in case.tried
        ],
        "decision": None
        if decision is None
        else {
            "action": decision.action.value,
            "reason": decision.reason,
            "actor": decision.actor,
            "at": timestamp(decision.at),
        },
        BY_STATUS.partition: case.status.value,
        BY_STATUS.sort: f"{timestamp(case.opened_at)}#{case.case_id}",
    }


def _from_row(row: Row) -> Case:
    read: dict[str, Any] = dict(row)
    return Case(
        case_id=read["case_id"],
        event=read["event"],
        code=read["code"],
        detail=read["detail"],
        payment_id=read["payment_id"],
        order_id=read["order_id"],
        correlation_id=read["correlation_id"],
        opened_at=datetime.fromisoformat(read["opened_at"]),
        compensation_id=read["compensation_id"],
        tried=tuple(
            Tried(
                action=Action(each["action"]),
                reference=each["reference"],
                outcome=Outcome(each["outcome"]),
                code=each["code"],
            )
            for each in read["tried"]
        ),
        status=CaseStatus(read[BY_STATUS.partition]),
        decision=_decision(read.get("decision")),
        version=read["version"],
        sequence=read["sequence"],
    )


def _decision(read: dict[str, Any] | None) -> Decision | None:
    if read is None:
        return None
    return Decision(
        action=Resolution(read["action"]),
        reason=read["reason"],
        actor=read["actor"],
        at=datetime.fromisoformat(read["at"]),
    )
