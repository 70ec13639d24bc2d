"""Payments at the points of their life that the tests begin from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from payments.domain.facts import noticed
from payments.domain.intents import start_authorization, start_capture, start_refund
from payments.domain.payment import Payment, requested
from shared.contracts.payments import AuthorizePayment, CapturePayment, RefundPayment
from shared.contracts.provider_notice import Notice, Operation, Verdict
from shared.money import Money

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=7)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


AUTHORIZE = AuthorizePayment(
    idempotency_key="ord_1-authorize-1",
    payment_id="pay_1",
    order_id="ord_1",
    amount=eur(5000),
    payment_method_token="tok_visa",
)
AUTHORIZED = Notice(
    reference="pay_1-authorize-1",
    operation=Operation.AUTHORIZE,
    verdict=Verdict.SUCCEEDED,
    amount=eur(5000),
    provider_payment="sbx_pay_1",
    provider_reference="sbx_op_1",
    capture_before=LATER,
)


def capture_of(minor: int, *, final: bool = True) -> CapturePayment:
    return CapturePayment(
        idempotency_key="ord_1-capture-1",
        payment_id="pay_1",
        order_id="ord_1",
        amount=eur(minor),
        final=final,
    )


def refund_of(minor: int, refund_id: str = "ref_1") -> RefundPayment:
    return RefundPayment(
        idempotency_key=refund_id,
        payment_id="pay_1",
        order_id="ord_1",
        refund_id=refund_id,
        amount=eur(minor),
        reason="returned",
    )


def notice(operation: Operation, verdict: Verdict | None, minor: int, *, number: int = 1) -> Notice:
    """The provider's word on the `number`th attempt of an operation."""
    return Notice(
        reference=f"pay_1-{operation}-{number}",
        operation=operation,
        verdict=verdict,
        amount=eur(minor),
        provider_payment="sbx_pay_1",
        provider_reference=f"sbx_{operation}_{number}",
        capture_before=LATER if operation is Operation.AUTHORIZE else None,
    )


def dispute(verdict: Verdict, minor: int, name: str = "sbx_dp_1") -> Notice:
    return replace(
        notice(Operation.AUTHORIZE, verdict, minor),
        operation=Operation.DISPUTE,
        provider_reference=name,
        decline_code="fraudulent",
    )


def new() -> Payment:
    return requested(AUTHORIZE, provider="sandbox", correlation_id="c")


def authorizing() -> Payment:
    return start_authorization(new(), AUTHORIZE, cause_id="orders/ord_1/1/2", now=NOW)


def authorized() -> Payment:
    return noticed(authorizing(), AUTHORIZED)[0]


def capturing(minor: int = 5000, *, final: bool = True) -> Payment:
    command = capture_of(minor, final=final)
    return start_capture(authorized(), command, cause_id="orders/ord_1/3/2", now=NOW)


def captured(minor: int = 5000, *, final: bool = True) -> Payment:
    taken = notice(Operation.CAPTURE, Verdict.SUCCEEDED, minor)
    return noticed(capturing(minor, final=final), taken)[0]


def refunding(minor: int, *, of: Payment | None = None, number: int = 1) -> Payment:
    command = refund_of(minor, f"ref_{number}")
    begun = of or captured()
    return start_refund(begun, command, cause_id=f"orders/ord_1/9/{number}", now=NOW)[0]


def told(payment: Payment, *notices: Notice) -> tuple[Payment, tuple[Any, ...]]:
    """The payment after these notices, and all that was published."""
    messages: tuple[Any, ...] = ()
    for each in notices:
        payment, more = noticed(payment, each)
        messages = (*messages, *more)
    return payment, messages
