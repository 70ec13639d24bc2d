"""What starts, wakes and watches the executions of compensations, and calls people."""

from dataclasses import dataclass
from typing import Any

from orders.application.cases import Troubling, carry_out_decision, open_case
from orders.application.ports import Cases, Executions, Orders
from orders.application.reactions import TermsAt
from orders.domain.undoing import attended
from shared.contracts.compensation import (
    CaseResolved,
    CompensationAdvanced,
    CompensationRequested,
)
from shared.contracts.envelope import Cause, Envelope
from shared.persistence.until_fresh import until_fresh

type Subscribed = CompensationRequested | CompensationAdvanced | CaseResolved | Troubling


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What it is done with."""

    orders: Orders
    cases: Cases
    executions: Executions
    terms: TermsAt


def recover(envelope: Envelope[Any], cause: Cause, *, by: Recovery) -> None:
    """Start an execution, tell one that its wait is over, or open a case for what needs a person;
    carry out what a person has decided. Twice is as good as once."""
    event = envelope.data
    match event:
        case CompensationRequested():
            by.executions.start(event, cause_id=envelope.id)
            by.orders.acknowledge(cause)
        case CompensationAdvanced():
            _wake(event, by.orders, by.executions)
            by.orders.acknowledge(cause)
        case CaseResolved():
            carry_out_decision(event, cause, orders=by.orders, terms=by.terms)
        case _:
            open_case(envelope, cause, cases=by.cases)


def _wake(event: CompensationAdvanced, orders: Orders, executions: Executions) -> None:
    """With the token of its present wait, which may be a later one: then it looks once more."""
    order = orders.find(event.order_id)
    compensation = order and order.compensation(event.compensation_id)
    if compensation and compensation.token and compensation.execution == event.execution:
        executions.go_on(compensation.token)


def attend(order_id: str, *, orders: Orders, terms: TermsAt, cause: Cause) -> None:
    """Do for one order what the clock asks for; nothing if that has passed by."""

    def once() -> None:
        order = orders.find(order_id)
        if order is None:
            return
        after, messages = attended(order, terms(cause.now))
        if after != order:
            orders.keep(after, messages, cause)

    until_fresh(once)
