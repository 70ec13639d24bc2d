"""Orders over a network and a database that fail all the time: late, and never wrong."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from client.answers import Order
from client.api import Reply
from client.motion import order_moves, payment_moves
from client.problem import Problem
from client.transport import Unreachable
from client.watch import Patience, until
from tests.e2e.driver import ORDER, Platform
from tests.e2e.fault_proxy import Fault, FaultProxy

PATIENCE = Patience(timeout_seconds=120.0, pause_seconds=0.5)
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What a client does with an order, and how it ends."""

    token: str
    capture: str
    then: str
    end: str


PLANS = [
    *[Plan("tok_visa", "automatic", "", "paid")] * 7,
    *[Plan("tok_timeout_after_charge", "automatic", "", "paid")] * 4,
    *[Plan("tok_visa", "on_confirmation", "confirm", "paid")] * 5,
    *[Plan("tok_visa", "automatic", "refund", "refunded")] * 3,
    *[Plan("tok_timeout_after_charge", "on_confirmation", "refund", "refunded")] * 2,
    *[Plan("tok_visa", "on_confirmation", "cancel", "cancelled")] * 4,
]

BOOKED = [{"paid": [3998] * 2, "refunded": [3998] * 6, "cancelled": []}[plan.end] for plan in PLANS]


def asked[T](call: Callable[[], Reply[T]]) -> T:
    """The answer, asked for again with the same key while the platform says 5xx or nothing."""

    def look() -> T | None:
        try:
            return call().body
        except Unreachable:
            return None
        except Problem as problem:
            if problem.status < SERVER_ERROR and not problem.retryable:
                raise
            return None

    answer = until(look, lambda seen: seen is not None, PATIENCE)
    assert answer is not None
    return answer


def live(quittance: Platform, plan: Plan) -> Order:
    """Place the order, and do with it what is planned; it may still move."""
    api = quittance.api()
    keys = [str(uuid.uuid4()) for _ in range(3)]
    token = {"payment_method": {"token": plan.token}}
    placing = {**ORDER, **token, "capture": plan.capture}
    order = asked(lambda: api.place_order(placing, idempotency_key=keys[0]))  # type: ignore[arg-type]
    order_id = order["order_id"]
    if not plan.then:
        return order
    order = quittance.rest(order, PATIENCE)
    if plan.then == "cancel":
        return asked(lambda: api.cancel_order(order_id, idempotency_key=keys[1]))
    if plan.capture == "on_confirmation":
        order = asked(lambda: api.confirm_order(order_id, idempotency_key=keys[1]))
    if plan.then == "refund":
        order = quittance.rest(order, PATIENCE)
        asked(lambda: api.refund_order(order_id, reason="returned", idempotency_key=keys[2]))
    return order


def ended(quittance: Platform, order: Order) -> Order:
    """The order once neither it nor its payment moves."""
    seen = until(
        lambda: quittance.api().order(order["order_id"]),
        lambda each: not order_moves(each),
        PATIENCE,
    )
    until(lambda: quittance.payment(order), lambda payment: not payment_moves(payment), PATIENCE)
    return seen


def amounts(quittance: Platform, order: Order) -> list[int]:
    """Each posting's, debits and credits."""
    return [amount for _, _, amount, _ in quittance.booked(order)]


def test_orders_through_faults_end_once_and_right(faulty: tuple[Platform, FaultProxy]) -> None:
    quittance, proxy = faulty
    with ThreadPoolExecutor(max_workers=8) as pool:
        with proxy.faults_on():
            orders = list(pool.map(lambda plan: live(quittance, plan), PLANS))
        last = list(pool.map(lambda order: ended(quittance, order), orders))
    assert [order["status"] for order in last] == [plan.end for plan in PLANS]
    assert {fault for fault in Fault if proxy.times(fault) == 0} == set()
    for order in last:
        payment, (charge,) = quittance.payment(order), quittance.charges_of(order)
        assert (payment["captured"], payment["refunded"]) == (order["captured"], order["refunded"])
        assert (charge["captured"], charge["refunded"]) == (order["captured"], order["refunded"])
    assert len(quittance.charges()) == 25
    assert sum(order["captured"] for order in last) == 21 * 3998
    assert sum(order["refunded"] for order in last) == 5 * 3998
    until(
        lambda: [amounts(quittance, each) for each in last], lambda seen: seen == BOOKED, PATIENCE
    )
    assert quittance.truth_equals_the_ledger()
    assert until(quittance.messages, lambda count: count == 0, PATIENCE) == 0
    assert quittance.api("operator").payments_unknown() == []
