"""An order: what a customer wants, where its payment stands, and the only ways it may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from orders.domain.errors import AmountExceedsAuthorized
from shared.contracts.envelope import Event, Message
from shared.contracts.orders import OrderConfirmed, OrderPlaced
from shared.contracts.payments import AuthorizePayment, CapturePayment
from shared.errors.taxonomy import AmountTooLarge
from shared.money import AMOUNT_MAX, Money, total, zero
from shared.states import StateMachine, Transition

LINES_MAX: Final = 200


class OrderStatus(StrEnum):
    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURING = "capturing"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"


class Trigger(StrEnum):
    PAYMENT_AUTHORIZED = "payment_authorized"
    PAYMENT_FAILED = "payment_failed"
    CONFIRMED = "confirmed"
    CAPTURE_FAILED = "capture_failed"
    CAPTURE_BOOKED = "capture_booked"


MACHINE: Final = StateMachine(
    "order",
    (
        Transition(OrderStatus.PENDING, Trigger.PAYMENT_AUTHORIZED, OrderStatus.AUTHORIZED),
        Transition(OrderStatus.PENDING, Trigger.PAYMENT_FAILED, OrderStatus.PAYMENT_FAILED),
        Transition(
            OrderStatus.AUTHORIZED, Trigger.CONFIRMED, OrderStatus.CAPTURING, OrderConfirmed
        ),
        Transition(OrderStatus.CAPTURING, Trigger.CAPTURE_FAILED, OrderStatus.AUTHORIZED),
        Transition(OrderStatus.CAPTURING, Trigger.CAPTURE_BOOKED, OrderStatus.PAID),
    ),
)


class CaptureMode(StrEnum):
    ON_CONFIRMATION = "on_confirmation"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    sku: str
    quantity: int
    unit_amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What a customer asks for, as it was asked; all amounts are in `currency`."""

    customer_id: str
    currency: str
    lines: tuple[Line, ...]
    payment_method_token: str
    capture: CaptureMode = CaptureMode.ON_CONFIRMATION
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> Money:
        """The sum of the lines; raises AmountTooLarge."""
        amount = total(
            [line.unit_amount.times(line.quantity) for line in self.lines], self.currency
        )
        if amount.minor > AMOUNT_MAX:
            raise AmountTooLarge
        return amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`version` and `sequence` are as they were read; the store counts them on."""

    order_id: str
    payment_id: str
    purchase: Purchase
    status: OrderStatus
    amount: Money
    captured: Money
    created_at: datetime
    correlation_id: str
    failure_code: str | None = None
    captures: int = 0
    version: int = 0
    sequence: int = 0

    def payment_authorized(self) -> tuple[Order, tuple[Message, ...]]:
        """The money is held; an order with automatic capture is confirmed at once."""
        authorized, _ = self._after(Trigger.PAYMENT_AUTHORIZED)
        if self.purchase.capture is CaptureMode.AUTOMATIC:
            return authorized.confirm(self.amount)
        return authorized, ()

    def payment_failed(self, code: str) -> tuple[Order, tuple[Message, ...]]:
        failed, _ = self._after(Trigger.PAYMENT_FAILED)
        return replace(failed, failure_code=code), ()

    def confirm(self, amount: Money) -> tuple[Order, tuple[Message, ...]]:
        """Ask for the capture of `amount`; raises AmountExceedsAuthorized, InvalidTransition."""
        confirmed, event = self._after(Trigger.CONFIRMED)
        if self.amount < amount:
            raise AmountExceedsAuthorized(f"{amount} of {self.amount}")
        assert event is OrderConfirmed
        assert amount.minor > 0
        number = self.captures + 1
        return replace(confirmed, captures=number, failure_code=None), (
            OrderConfirmed(order_id=self.order_id, payment_id=self.payment_id, amount=amount),
            CapturePayment(
                idempotency_key=f"{self.order_id}-capture-{number}",
                payment_id=self.payment_id,
                order_id=self.order_id,
                amount=amount,
            ),
        )

    def capture_failed(self, code: str) -> tuple[Order, tuple[Message, ...]]:
        """The money is still held: the order can be confirmed again."""
        failed, _ = self._after(Trigger.CAPTURE_FAILED)
        return replace(failed, failure_code=code), ()

    def capture_booked(self, amount: Money) -> tuple[Order, tuple[Message, ...]]:
        """What was captured stands in the ledger: the order is paid."""
        paid, _ = self._after(Trigger.CAPTURE_BOOKED)
        return replace(paid, captured=self.captured + amount), ()

    def _after(self, trigger: Trigger) -> tuple[Order, type[Event] | None]:
        step = MACHINE.step(self.status, trigger)
        return replace(self, status=step.target), step.event


def place(
    purchase: Purchase, *, order_id: str, payment_id: str, correlation_id: str, now: datetime
) -> tuple[Order, tuple[Message, ...]]:
    """A new order, which asks for the authorization of its sum; raises AmountTooLarge."""
    assert 0 < len(purchase.lines) <= LINES_MAX
    assert all(line.quantity > 0 and line.unit_amount.minor > 0 for line in purchase.lines)
    amount = purchase.amount
    order = Order(
        order_id=order_id,
        payment_id=payment_id,
        purchase=purchase,
        status=OrderStatus.PENDING,
        amount=amount,
        captured=zero(purchase.currency),
        created_at=now,
        correlation_id=correlation_id,
    )
    return order, (
        OrderPlaced(
            order_id=order_id,
            customer_id=purchase.customer_id,
            payment_id=payment_id,
            amount=amount,
        ),
        AuthorizePayment(
            idempotency_key=f"{order_id}-authorize-1",
            payment_id=payment_id,
            order_id=order_id,
            amount=amount,
            payment_method_token=purchase.payment_method_token,
        ),
    )
