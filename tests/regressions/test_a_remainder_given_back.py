"""Found by the simulator: what a capture leaves was taken for the end of the whole hold."""

import pytest

from orders.application.reactions import react
from orders.domain.decisions import confirm
from orders.domain.order import Hold, Order
from orders.domain.states import OrderStatus
from orders.infrastructure.dynamodb_orders import DynamoDbOrders
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.envelope import Cause, Envelope, Event
from shared.contracts.payments import AuthorizationExpired, PaymentCaptured, PaymentVoided
from shared.contracts.provider_notice import Operation, Verdict
from tests.doubles.memory_table import MemoryTable
from tests.unit.orders.lives import NOW, TERMS, authorized
from tests.unit.payments.lives import capturing, eur, notice, told


def _expired_capture() -> tuple[Event, ...]:
    """The hold is over while a part of it is being captured."""
    over = notice(Operation.AUTHORIZE, Verdict.EXPIRED, 5000)
    taken = notice(Operation.CAPTURE, Verdict.SUCCEEDED, 3000)
    return told(capturing(3000, final=False), over, taken)[1]


def _final_capture() -> tuple[Event, ...]:
    return told(capturing(3000), notice(Operation.CAPTURE, Verdict.SUCCEEDED, 3000))[1]


@pytest.mark.parametrize(
    ("events", "kind"),
    [(_final_capture(), PaymentVoided), (_expired_capture(), AuthorizationExpired)],
)
def test_the_remainder_that_a_capture_leaves_does_not_cancel_its_order(
    events: tuple[Event, ...], kind: type[Event]
) -> None:
    """It did, when it was heard of before the capture was booked: the money was taken for a
    cancelled order.
    """
    captured, rest = events
    assert isinstance(captured, PaymentCaptured)
    assert isinstance(rest, PaymentVoided | AuthorizationExpired)
    assert (type(rest), rest.remainder, rest.amount) == (kind, True, eur(2000))
    orders = DynamoDbOrders(MemoryTable())
    orders.commit(confirm(authorized(), eur(3000))[0], (), _cause("req_1"))
    _hear(rest, orders, sequence=9)
    order = _order(orders)
    assert (order.status, order.hold, order.compensations) == (
        OrderStatus.CAPTURING,
        Hold.HELD,
        (),
    )
    _hear(_booked(), orders, sequence=1)
    order = _order(orders)
    assert (order.status, order.captured, order.compensations) == (OrderStatus.PAID, eur(3000), ())


def _booked() -> LedgerEntryCreated:
    return LedgerEntryCreated(
        entry_id="je_1",
        fact="PaymentCaptured",
        payment_id="pay_1",
        order_id="ord_1",
        amount=eur(3000),
        reference="pay_1-capture-1",
    )


def _hear(event: Event, orders: DynamoDbOrders, *, sequence: int) -> None:
    envelope = Envelope(
        id=f"payments/pay_1/{sequence}/1",
        source="quittance.payments",
        subject="pay_1",
        time=NOW,
        sequence=sequence,
        correlation_id="c",
        causation_id="c",
        traceparent="t",
        data=event,
    )
    react(
        envelope,  # type: ignore[arg-type]
        _cause(envelope.id),
        orders=orders,
        terms=lambda _: TERMS,
    )


def _order(orders: DynamoDbOrders) -> Order:
    found = orders.find("ord_1")
    assert found is not None
    return found


def _cause(name: str) -> Cause:
    return Cause(id=name, correlation_id="c", traceparent="t", now=NOW)
