"""What starts, wakes and watches the executions of compensations."""

from typing import assert_never

from orders.application.ports import Executions, Orders
from orders.application.reactions import TermsAt
from orders.domain.undoing import attended
from shared.contracts.compensation import CompensationAdvanced, CompensationRequested
from shared.contracts.envelope import Cause, Envelope
from shared.persistence.until_fresh import until_fresh

type Subscribed = CompensationRequested | CompensationAdvanced


def recover(
    envelope: Envelope[Subscribed], cause: Cause, *, orders: Orders, executions: Executions
) -> None:
    """Start an execution, or tell one that its wait is over. Twice is as good as once."""
    event = envelope.data
    match event:
        case CompensationRequested():
            executions.start(event, cause_id=envelope.id)
        case CompensationAdvanced():
            _wake(event, orders, executions)
        case _:
            assert_never(event)
    orders.acknowledge(cause)


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
