"""A request whose answer was lost comes again, and what it has done can be done no more.

It was refused: a client was told that its refund was not possible, and it had been made.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from orders.application.cases import open_case, resolve_case
from orders.application.decide import decide
from orders.application.place_order import place_order
from orders.domain.case import Case, CaseStatus
from orders.domain.case import Decision as CaseDecision
from orders.domain.decisions import Change, cancel, confirm, pay_anew, refund
from orders.domain.errors import (
    AmountExceedsPaid,
    CancellationNotPossible,
    CaseAlreadyResolved,
    ConfirmationNotPossible,
    RetryNotPossible,
)
from orders.domain.order import Order
from orders.infrastructure.dynamodb_cases import DynamoDbCases
from orders.infrastructure.dynamodb_orders import DynamoDbOrders
from shared.contracts.compensation import Resolution
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.envelope import Cause, Envelope
from shared.errors.taxonomy import DomainException, IdempotencyKeyReused, NotFound
from tests.doubles.memory_table import MemoryTable
from tests.unit.orders.lives import NOW, PURCHASE, TERMS, authorized, change, eur, failed, paid

type Decided = Callable[[Order], Change]


def confirmed(order: Order) -> Change:
    return confirm(order, eur(3998))


def cancelled(order: Order) -> Change:
    return cancel(order, request_id="req_1")


def paid_anew(order: Order) -> Change:
    return pay_anew(order, "tok_visa")


def refunded(order: Order) -> Change:
    return refund(order, eur(3998), refund_id="ref_1", reason="returned")


@dataclass(frozen=True)
class Command:
    """What is asked of an order, what that tells, and how another request for it is refused."""

    before: Callable[[], Order]
    decision: Decided
    tells: frozenset[str]
    refusal: type[DomainException]


CONFIRM = Command(
    authorized, confirmed, frozenset({"OrderConfirmed"}), refusal=ConfirmationNotPossible
)
CANCEL = Command(
    authorized,
    cancelled,
    frozenset({"OrderCancelled", "CompensationRequested"}),
    refusal=CancellationNotPossible,
)
COMMANDS = {
    "confirm": CONFIRM,
    "cancel": CANCEL,
    "cancel where nothing is held": replace(CANCEL, before=failed),
    "pay anew": Command(
        failed, paid_anew, frozenset({"AuthorizePayment"}), refusal=RetryNotPossible
    ),
    "refund": Command(paid, refunded, frozenset({"RefundPayment"}), refusal=AmountExceedsPaid),
}


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> Command:
    return COMMANDS[request.param]


def cause(name: str) -> Cause:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    return Cause(id=name, correlation_id="c", traceparent=trace, now=NOW)


@pytest.fixture
def orders() -> DynamoDbOrders:
    return DynamoDbOrders(MemoryTable())


def kept(orders: DynamoDbOrders, order: Order, name: str = "ord_1") -> None:
    orders.commit(replace(order, order_id=name), (), cause(f"before {name}"))


def asked(
    orders: DynamoDbOrders, command: Command, *, by: str = "req_1", of: str = "ord_1"
) -> Order:
    return decide(
        of,
        command.decision,
        tells=command.tells,
        orders=orders,
        cause=cause(by),
        terms=lambda _: TERMS,
    )


def test_what_a_request_has_done_is_its_answer_when_it_comes_again(
    command: Command, orders: DynamoDbOrders
) -> None:
    kept(orders, command.before())
    done = asked(orders, command)
    assert asked(orders, command) == done == orders.find("ord_1")
    with pytest.raises(command.refusal):
        asked(orders, command, by="req_2")
    assert orders.find("ord_1") == done


def test_the_key_of_what_was_done_to_another_order_does_nothing_and_says_so(
    command: Command, orders: DynamoDbOrders
) -> None:
    """It was answered as if it had been done."""
    for name in ("ord_1", "ord_2"):
        kept(orders, command.before(), name)
    asked(orders, command)
    untouched = orders.find("ord_2")
    with pytest.raises(IdempotencyKeyReused):
        asked(orders, command, of="ord_2")
    assert orders.find("ord_2") == untouched


def test_the_key_of_a_confirmation_cancels_nothing(orders: DynamoDbOrders) -> None:
    kept(orders, authorized())
    done = asked(orders, CONFIRM)
    with pytest.raises(IdempotencyKeyReused):
        asked(orders, CANCEL)
    assert orders.find("ord_1") == done


def test_the_key_of_a_confirmation_places_no_order(orders: DynamoDbOrders) -> None:
    """It ended with an error that nobody has a name for."""
    kept(orders, authorized())
    asked(orders, CONFIRM)
    order, messages = change(PURCHASE)
    with pytest.raises(IdempotencyKeyReused):
        place_order(replace(order, order_id="ord_2"), messages, orders=orders, cause=cause("req_1"))


def test_an_order_that_is_not_there_is_not_found(orders: DynamoDbOrders) -> None:
    for name in ("ord_1", "", "x" * 3000):
        with pytest.raises(NotFound):
            asked(orders, CONFIRM, of=name)


def test_a_decision_on_a_case_that_comes_again_is_the_decision() -> None:
    cases = DynamoDbCases(MemoryTable())
    overdrawn = PaymentOverdrawn(payment_id="pay_1", order_id="ord_1", excess=eur(1))
    for number in (1, 2):
        envelope = Envelope(
            id=f"evt_{number}",
            source="quittance.payments",
            subject="pay_1",
            time=NOW,
            sequence=number,
            correlation_id="c",
            causation_id="cmd_1",
            traceparent=cause("").traceparent,
            data=overdrawn,
        )
        open_case(envelope, cause(f"evt_{number}"), cases=cases)
    one, other = (case.case_id for _, case in cases.listed(CaseStatus.OPEN))
    accepted = CaseDecision(action=Resolution.ACCEPT, reason="seen", actor="ada", at=NOW)

    def resolved(name: str, *, by: str) -> Case:
        return resolve_case(name, accepted, cases=cases, cause=cause(by))

    done = resolved(one, by="req_1")
    assert resolved(one, by="req_1") == done == cases.find(one)
    with pytest.raises(CaseAlreadyResolved):
        resolved(one, by="req_2")
    with pytest.raises(IdempotencyKeyReused):
        resolved(other, by="req_1")
    assert [case.case_id for _, case in cases.listed(CaseStatus.OPEN)] == [other]
