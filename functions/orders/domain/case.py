"""A case: what the platform could not undo or decide by itself, until a person has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from orders.domain.errors import CaseAlreadyResolved, DecisionNotApplicable
from shared.contracts.compensation import CaseResolved, Resolution, Tried
from shared.contracts.envelope import Message


class CaseStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person did about it; `actor` is who the API key belongs to."""

    action: Resolution
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`event` is the type of what was told, `code` and `detail` say what is wrong, `tried` what was
    done about it. `compensation_id` is empty where no compensation has led to it."""

    case_id: str
    event: str
    code: str
    detail: str
    payment_id: str
    order_id: str
    correlation_id: str
    opened_at: datetime
    compensation_id: str = ""
    tried: tuple[Tried, ...] = ()
    status: CaseStatus = CaseStatus.OPEN
    decision: Decision | None = None
    version: int = 0
    sequence: int = 0


def resolved(case: Case, decision: Decision) -> tuple[Case, tuple[Message, ...]]:
    """Decided by a person, and told. Raises CaseAlreadyResolved, DecisionNotApplicable."""
    if case.status is CaseStatus.RESOLVED:
        raise CaseAlreadyResolved
    if decision.action is not Resolution.ACCEPT and not case.compensation_id:
        raise DecisionNotApplicable("no compensation has led to this case")
    told = CaseResolved(
        case_id=case.case_id,
        compensation_id=case.compensation_id,
        payment_id=case.payment_id,
        order_id=case.order_id,
        action=decision.action,
        reason=decision.reason,
        actor=decision.actor,
    )
    return replace(case, status=CaseStatus.RESOLVED, decision=decision), (told,)
