"""An order: what a customer wants, what is known of its payment, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from orders.domain.compensation import Compensation
from orders.domain.states import MACHINE, OrderStatus, Trigger
from shared.errors.taxonomy import AmountTooLarge
from shared.money import AMOUNT_MAX, Money, total, zero

LINES_MAX: Final = 200
REFUNDS_MAX: Final = 100
"""All refunds live in the order's row, which must stay far below DynamoDB's 400 KB."""


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


class Hold(StrEnum):
    """What is known of the money that the provider should hold."""

    PENDING = "pending"
    HELD = "held"
    REFUSED = "refused"
    EXPIRED = "expired"
    RELEASED = "released"


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """`unapplied` gives back money that the order was never paid with: it counts in no sum.
    `withdrawn` is one that had succeeded and came back: whatever is heard of it later is older.
    `by_hand` is one that a person has paid: the customer has it, whatever the provider does.
    """

    refund_id: str
    amount: Money
    reason: str
    status: RefundStatus
    unapplied: bool = False
    withdrawn: bool = False
    by_hand: bool = False


class DisputeStatus(StrEnum):
    OPENED = "opened"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    dispute_id: str
    amount: Money
    status: DisputeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`captured` is what stands in the ledger. `hold_sequence` is the place, in the payment's own
    messages, of the last that changed `hold`: an older one that comes late says nothing new.

    `by_hand` is set while a person's word that nothing is held stands in for that of payments.
    `cancel_wanted` is the customer's wish, `release_wanted` ours after a capture failed: the hold
    is to be given back. `confirm_by` is stamped while the order waits for its confirmation.
    `reversals` are the captures and refunds whose entries the ledger has reversed.

    `version` and `sequence` are as they were read; the store counts them on.
    """

    order_id: str
    payment_id: str
    purchase: Purchase
    status: OrderStatus
    amount: Money
    captured: Money
    created_at: datetime
    correlation_id: str
    hold: Hold = Hold.PENDING
    hold_sequence: int = 0
    by_hand: bool = False
    capturing: bool = False
    cancel_wanted: bool = False
    release_wanted: bool = False
    confirm_by: datetime | None = None
    authorizations: int = 1
    captures: int = 0
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    compensations: tuple[Compensation, ...] = ()
    reversals: tuple[str, ...] = ()
    failure_code: str | None = None
    version: int = 0
    sequence: int = 0

    @property
    def refunding(self) -> Money:
        return self._refunds(RefundStatus.PENDING)

    @property
    def refunded(self) -> Money:
        return self._refunds(RefundStatus.SUCCEEDED)

    @property
    def disputed(self) -> Money:
        """What a bank has taken back, for now or for good."""
        standing = (each for each in self.disputes if each.status is not DisputeStatus.WON)
        return _sum((each.amount for each in standing), self.amount.currency)

    @property
    def refundable(self) -> Money:
        """What may still be refunded: requested and disputed amounts count as gone."""
        gone = self.refunding + self.refunded + self.disputed
        return max(zero(self.amount.currency), self.captured - gone)

    @property
    def due_at(self) -> datetime | None:
        """When somebody has to look at the order though nothing was heard of it."""
        due = [each.due_at for each in self.compensations if each.due_at is not None]
        return min([*due, *([self.confirm_by] if self.confirm_by else [])], default=None)

    def compensation(self, compensation_id: str) -> Compensation | None:
        return next(
            (each for each in self.compensations if each.compensation_id == compensation_id), None
        )

    def moved(self, trigger: Trigger, **changes: object) -> Order:
        """With these changes and the status that follows; raises InvalidTransition."""
        after = replace(self, **changes)  # type: ignore[arg-type]
        target = status_of(after)
        MACHINE.check(self.status, trigger, target)
        return replace(after, status=target)

    def _refunds(self, status: RefundStatus) -> Money:
        standing = (
            each.amount for each in self.refunds if each.status is status and not each.unapplied
        )
        return _sum(standing, self.amount.currency)


def status_of(order: Order) -> OrderStatus:
    """Where an order stands: by its money when there is any, else by what is under way and held.

    While a capture is under way, what is let go of is the rest that it leaves.
    """
    if order.captured.minor > 0:
        return _with_money(order)
    if order.capturing:
        return OrderStatus.CAPTURING
    if order.hold is Hold.REFUSED or order.hold is Hold.EXPIRED:
        return OrderStatus.CANCELLED if order.cancel_wanted else OrderStatus.PAYMENT_FAILED
    if order.hold is Hold.RELEASED:
        failed = order.release_wanted and not order.cancel_wanted
        return OrderStatus.PAYMENT_FAILED if failed else OrderStatus.CANCELLED
    if order.cancel_wanted or order.release_wanted:
        return OrderStatus.CANCELLING
    return OrderStatus.PENDING if order.hold is Hold.PENDING else OrderStatus.AUTHORIZED


def _with_money(order: Order) -> OrderStatus:
    if order.disputed.minor > 0:
        return OrderStatus.DISPUTED
    if order.captured <= order.refunded:
        return OrderStatus.REFUNDED
    return OrderStatus.PARTIALLY_REFUNDED if order.refunded.minor > 0 else OrderStatus.PAID


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return total(list(amounts), currency)


def new_order(
    purchase: Purchase, *, order_id: str, payment_id: str, correlation_id: str, now: datetime
) -> Order:
    """An order as it is before anything is known of its payment; raises AmountTooLarge."""
    assert 0 < len(purchase.lines) <= LINES_MAX
    assert all(line.quantity > 0 and line.unit_amount.minor > 0 for line in purchase.lines)
    return Order(
        order_id=order_id,
        payment_id=payment_id,
        purchase=purchase,
        status=OrderStatus.PENDING,
        amount=purchase.amount,
        captured=zero(purchase.currency),
        created_at=now,
        correlation_id=correlation_id,
    )
