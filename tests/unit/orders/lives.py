"""Orders at the points of their life that the tests begin from, and what they learn."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from orders.domain import facts
from orders.domain.compensation import Terms
from orders.domain.decisions import Change, confirm, place
from orders.domain.order import (
    Line,
    Order,
    Purchase,
)
from shared.contracts.compensation import CompensationRequested
from shared.contracts.envelope import Message
from shared.contracts.payments import (
    AuthorizePayment,
    CaptureFailed,
    PaymentRefunded,
    RefundFailed,
    Undoes,
)
from shared.money import Money

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TERMS = Terms(
    now=NOW,
    confirmation=timedelta(days=6),
    watch=timedelta(minutes=90),
    patience=timedelta(days=3),
)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


BOOKS = Line(sku="book", quantity=2, unit_amount=eur(1999))
PURCHASE = Purchase(
    customer_id="cus_1", currency="EUR", lines=(BOOKS,), payment_method_token="tok_visa"
)
AUTHORIZE = AuthorizePayment(
    idempotency_key="ord_1-authorize-1",
    payment_id="pay_1",
    order_id="ord_1",
    amount=eur(3998),
    payment_method_token="tok_visa",
)


def begun(messages: Iterable[Message]) -> list[CompensationRequested]:
    return [each for each in messages if isinstance(each, CompensationRequested)]


def change(purchase: Purchase = PURCHASE) -> Change:
    return place(purchase, order_id="ord_1", payment_id="pay_1", correlation_id="c", now=NOW)


def placed(purchase: Purchase = PURCHASE) -> Order:
    return change(purchase)[0]


def authorized() -> Order:
    return facts.payment_authorized(placed(), sequence=1)[0]


def capturing() -> Order:
    return confirm(authorized(), eur(3998))[0]


def paid() -> Order:
    return facts.capture_booked(capturing(), eur(3998))[0]


def failed() -> Order:
    return facts.payment_failed(placed(), "insufficient_funds", sequence=1)[0]


def undone(minor: int = 3998) -> CaptureFailed:
    return CaptureFailed(
        payment_id="pay_1",
        order_id="ord_1",
        amount=eur(minor),
        code="capture_rejected",
        capture_id="pay_1-capture-1",
        undoes_capture=True,
    )


def given_back(minor: int, refund_id: str = "ref_1") -> PaymentRefunded:
    return PaymentRefunded(
        payment_id="pay_1",
        order_id="ord_1",
        refund_id=refund_id,
        amount=eur(minor),
        refunded=eur(minor),
        provider="sandbox",
        provider_reference="sbx_op_3",
    )


def not_given_back(minor: int, undoes: Undoes, refund_id: str = "ref_1") -> RefundFailed:
    return RefundFailed(
        payment_id="pay_1",
        order_id="ord_1",
        refund_id=refund_id,
        amount=eur(minor),
        code="refund_rejected",
        undoes=undoes,
    )
