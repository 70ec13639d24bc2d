"""The Lambda behind every task of the compensation's state machine."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orders import wiring
from orders.application.compensate import Execution, Wait, act, end, next_move
from orders.application.ports import Executions, Orders
from orders.domain.compensation import Terms
from orders.domain.errors import TaskMalformed
from orders.domain.undoing import Move
from shared import clock
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import QuittanceException
from shared.observability import log
from shared.observability.trace import child_of

ID_LENGTH_MAX = 100


class Task(BaseModel):
    """What the state machine hands over: what to do, and ids. Nothing it says is a fact."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    task: Literal["decide", "release_hold", "refund", "wait", "end"]
    order_id: str = Field(min_length=1, max_length=ID_LENGTH_MAX)
    compensation_id: str = Field(min_length=1, max_length=ID_LENGTH_MAX)
    execution: int = Field(ge=1)
    cause: str = Field(min_length=1, max_length=ID_LENGTH_MAX)
    paused: bool = False
    token: str = ""


def handler(event: Any, context: Any) -> dict[str, str]:
    """The next move for `decide`; an error's name is what the state machine retries by."""
    del context
    return carry_out(
        event,
        orders=wiring.orders(),
        executions=wiring.executions(),
        terms=wiring.terms(clock.now()),
    )


def carry_out(
    event: Any, *, orders: Orders, executions: Executions, terms: Terms
) -> dict[str, str]:
    """One task as the state machine asks for it; raises TaskMalformed, CompensationUnknown."""
    task = _checked(event)
    log.bind(correlation_id=task.compensation_id, order_id=task.order_id)
    try:
        return _carried_out(task, orders, executions, terms)
    except QuittanceException as failure:
        log.warning("task failed", code=failure.code, task=task.task)
        raise


def _carried_out(
    task: Task, orders: Orders, executions: Executions, terms: Terms
) -> dict[str, str]:
    execution = Execution(
        order_id=task.order_id,
        compensation_id=task.compensation_id,
        execution=task.execution,
    )
    cause = Cause(
        id=task.cause,
        correlation_id=task.compensation_id,
        traceparent=child_of(None),
        now=terms.now,
    )
    if task.task == "decide":
        move = next_move(execution, paused=task.paused, orders=orders, terms=terms)
        return {"next": move.value}
    if task.task == "end":
        end(execution, orders=orders, terms=terms, cause=cause)
        return {}
    if not task.token:
        raise TaskMalformed("a task that waits needs its token")
    wait = Wait(move=Move(task.task), token=task.token)
    act(execution, wait, orders=orders, executions=executions, terms=terms, cause=cause)
    return {}


def _checked(event: Any) -> Task:
    """Raises TaskMalformed, which is not retried: the execution fails and is seen."""
    try:
        return Task.model_validate(event)
    except ValidationError as error:
        places = sorted({"/".join(map(str, fault["loc"])) for fault in error.errors()})
        raise TaskMalformed(f"wrong at {', '.join(places)}") from None
