"""A compensation as a part of its order's row, and back."""

from datetime import datetime
from typing import Any

from orders.domain.compensation import Compensation, CompensationStatus, Step
from shared.contracts.compensation import Action, Outcome, Reason
from shared.moments import timestamp
from shared.money import Money
from shared.persistence.rows import Row


def to_row(compensation: Compensation) -> Row:
    return {
        "compensation_id": compensation.compensation_id,
        "reason": compensation.reason.value,
        "cause": compensation.cause,
        "amount": None if compensation.amount is None else compensation.amount.minor,
        "in_books": compensation.in_books,
        "status": compensation.status.value,
        "code": compensation.code,
        "execution": compensation.execution,
        "steps": [_step_row(step) for step in compensation.steps],
        "first_step": compensation.first_step,
        "token": compensation.token,
        "told": compensation.told,
        "since": _text(compensation.since),
        "due_at": _text(compensation.due_at),
    }


def from_row(read: dict[str, Any], currency: str) -> Compensation:
    return Compensation(
        compensation_id=read["compensation_id"],
        reason=Reason(read["reason"]),
        cause=read["cause"],
        amount=_money(read["amount"], currency),
        in_books=read["in_books"],
        status=CompensationStatus(read["status"]),
        code=read["code"],
        execution=read["execution"],
        steps=tuple(_step(step, currency) for step in read["steps"]),
        first_step=read["first_step"],
        token=read["token"],
        told=read["told"],
        since=_moment(read["since"]),
        due_at=_moment(read["due_at"]),
    )


def _step_row(step: Step) -> Row:
    return {
        "action": step.action.value,
        "reference": step.reference,
        "amount": None if step.amount is None else step.amount.minor,
        "outcome": step.outcome.value,
        "code": step.code,
    }


def _step(read: dict[str, Any], currency: str) -> Step:
    return Step(
        action=Action(read["action"]),
        reference=read["reference"],
        amount=_money(read["amount"], currency),
        outcome=Outcome(read["outcome"]),
        code=read["code"],
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
