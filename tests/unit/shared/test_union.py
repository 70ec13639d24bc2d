"""A service's subscription is read from the union type it is written as."""

from shared.contracts import accounting, orders, payments
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.orders import OrderConfirmed, OrderPlaced
from shared.contracts.payments import (
    AuthorizePayment,
    CaptureFailed,
    CapturePayment,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    WebhookReceived,
)
from shared.contracts.union import message_types

type Nested = payments.Accepted | orders.Published
type Single = PaymentCaptured


def test_the_classes_of_a_union_come_in_its_order() -> None:
    assert message_types(payments.Accepted) == (AuthorizePayment, CapturePayment)
    assert message_types(payments.Published) == (
        PaymentAuthorized,
        PaymentCaptured,
        PaymentFailed,
        CaptureFailed,
        WebhookReceived,
    )


def test_a_union_of_unions_is_flat() -> None:
    assert message_types(Nested) == (AuthorizePayment, CapturePayment, OrderPlaced, OrderConfirmed)


def test_a_union_without_a_name_is_read_as_well() -> None:
    assert message_types(OrderPlaced | PaymentFailed) == (OrderPlaced, PaymentFailed)


def test_a_single_class_is_a_union_of_one() -> None:
    assert message_types(Single) == (PaymentCaptured,)
    assert message_types(PaymentCaptured) == (PaymentCaptured,)
    assert message_types(accounting.Published) == (LedgerEntryCreated,)
