"""The tasks of the compensation's state machine: decide, act and wait, end. Each may come again.

Only ids travel: every task reads the facts anew, and an execution that was replaced by a later one
changes nothing.
"""

from dataclasses import dataclass

from orders.application.ports import Executions, Orders
from orders.domain.compensation import Compensation, Terms
from orders.domain.errors import CompensationUnknown
from orders.domain.order import Order
from orders.domain.undoing import (
    Decision,
    Move,
    decided,
    ended,
    overdue,
    sent,
    waiting,
)
from shared.contracts.envelope import Cause
from shared.persistence.until_fresh import until_fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Which execution of which compensation a task belongs to."""

    order_id: str
    compensation_id: str
    execution: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What is asked for before it waits (nothing for `wait`), and the token it waits with."""

    move: Move
    token: str


def next_move(execution: Execution, *, paused: bool, orders: Orders, terms: Terms) -> Move:
    """What it does next, behind a failure after a pause; raises CompensationUnknown."""
    order, compensation = _find(execution, orders)
    decision = _decision(execution, order, compensation, terms)
    acts = decision.move in {Move.RELEASE_HOLD, Move.REFUND}
    if acts and compensation.failures and not paused:
        return Move.PAUSE
    return decision.move


def act(
    execution: Execution,
    wait: Wait,
    *,
    orders: Orders,
    executions: Executions,
    terms: Terms,
    cause: Cause,
) -> None:
    """Send the command that the wait begins with, and wait.

    Where the facts ask for something else by now, the execution goes on at once.
    """

    def once() -> bool:
        order, compensation = _find(execution, orders)
        decision = _decision(execution, order, compensation, terms)
        if decision.move not in {wait.move, Move.WAIT}:
            return False
        order, messages = sent(order, compensation, decision, terms)
        order = waiting(order, compensation.compensation_id, wait.token, terms)
        orders.keep(order, messages, cause)
        return True

    if not until_fresh(once):
        executions.go_on(wait.token)


def end(execution: Execution, *, orders: Orders, terms: Terms, cause: Cause) -> None:
    """Complete or escalate, as the facts have it; where they have changed nothing is ended.

    What is left open then is taken up by the clock.
    """

    def once() -> None:
        order, compensation = _find(execution, orders)
        decision = _decision(execution, order, compensation, terms)
        if decision.move in {Move.COMPLETE, Move.ESCALATE}:
            orders.keep(*ended(order, compensation, decision), cause)

    until_fresh(once)


def _decision(
    execution: Execution, order: Order, compensation: Compensation, terms: Terms
) -> Decision:
    if compensation.execution != execution.execution:
        return Decision(Move.STOP)
    decision = decided(order, compensation)
    if decision.move is Move.WAIT and overdue(compensation, terms):
        return Decision(Move.ESCALATE, "no_outcome")
    return decision


def _find(execution: Execution, orders: Orders) -> tuple[Order, Compensation]:
    order = orders.find(execution.order_id)
    compensation = order.compensation(execution.compensation_id) if order else None
    if order is None or compensation is None:
        raise CompensationUnknown
    return order, compensation
