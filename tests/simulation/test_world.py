"""When the network goes quiet the money is right, whatever happened before."""

from collections import Counter

import pytest

from accounting.application.fold import fold
from accounting.application.prove import prove
from accounting.application.seal import seal_days
from accounting.domain.balances import sums_of
from accounting.domain.chart_of_accounts import CUSTOMER_RECEIVABLE, Side
from accounting.domain.journal import JournalEntry
from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from orders.domain.order import Order
from orders.domain.states import OrderStatus
from payments.domain.payment import Payment, status_of
from shared.contracts.codec import timestamp
from shared.contracts.provider_notice import Operation
from shared.ids import derived
from shared.money import Money
from tests.doubles.memory_vault import MemoryVault
from tests.simulation.provider import of_payment
from tests.simulation.world import World

ORDERS = 4
SEEDS_PER_BLOCK = 25
CALM = 24
"""A seed whose one order is paid and refunded."""
WITH_MONEY = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.REFUNDED,
        OrderStatus.DISPUTED,
    }
)


def audit(world: World, *, orders: int) -> None:
    """What the provider truly did, payments, orders and the ledger must be one and the same."""
    entries = list(world.journal.entries())
    for number in range(orders):
        order = world.orders.find(derived("ord", str(number)))
        assert order is not None
        payment = world.payments.find(order.payment_id)
        assert payment is not None
        assert payment.undecided == ()
        assert payment.refunding == payment.capturing == order.refunding == Money(0, "EUR")
        assert payment.status is status_of(payment)
        name = of_payment(world.provider, order.payment_id)
        captured, refunded, disputed = (
            world.provider.sum_of(name, operation) if name else 0
            for operation in (Operation.CAPTURE, Operation.REFUND, Operation.DISPUTE)
        )
        assert payment.captured.minor == order.captured.minor == captured
        assert payment.refunded.minor == order.refunded.minor == refunded
        assert (payment.disputed + payment.charged_back).minor == order.disputed.minor == disputed
        assert payment.held.minor == (world.provider.rest(name) if name else 0) or not name
        audit_order(order, payment)
        assert receivable(entries, payment.payment_id) == captured
    balance = sums_of(entries).trial_balance("EUR")
    assert balance.total_debit == balance.total_credit
    audit_ledger(world)
    audit_messages(world)


def receivable(entries: list[JournalEntry], payment_id: str) -> int:
    """What the books say that customers owe for a payment that is captured and not settled."""
    return sum(
        posting.amount.minor if posting.side is Side.DEBIT else -posting.amount.minor
        for entry in entries
        if entry.payment_id == payment_id
        for posting in entry.postings
        if posting.account == CUSTOMER_RECEIVABLE
    )


def audit_order(order: Order, payment: Payment) -> None:
    """An order says paid only for money that is there, and waits for nothing."""
    has_money = payment.captured.minor > 0
    assert (order.status in WITH_MONEY) == has_money
    assert order.status not in {
        OrderStatus.PENDING,
        OrderStatus.CAPTURING,
        OrderStatus.CANCELLING,
    }
    if not has_money:
        assert (order.status is OrderStatus.AUTHORIZED) == (payment.held.minor > 0)


def audit_ledger(world: World) -> None:
    """Folded once, the books prove themselves."""
    world.tables["accounting"].on_write = None
    folds = DynamoDbFolds(world.tables["accounting"])
    fold(list(world.journal.rows()), folds=folds, now=world.time)
    vault, now = MemoryVault(), world.time
    seal_days(journal=world.journal, folds=folds, seals=vault, now=now, timestamp=timestamp(now))
    proof = prove(journal=world.journal, folds=folds, seals=vault, now=now)
    assert proof.breaches == ()


def audit_messages(world: World) -> None:
    """Each message has one id and one content, a cause that is known, and its place in line."""
    told = {document["id"]: document for document in world.published}
    contents = {(document["id"], str(document)) for document in world.published}
    assert len(contents) == len(told)
    for document in told.values():
        assert document["causationid"] in told or document["causationid"].startswith(
            ("req-", "decision-", "webhook-", "check-")
        )
    lines = Counter((document["source"], document["subject"]) for document in told.values())
    for (source, subject), length in lines.items():
        sequences = sorted(
            int(document["sequence"])
            for document in told.values()
            if (document["source"], document["subject"]) == (source, subject)
        )
        assert sequences == list(range(1, length + 1))


@pytest.mark.parametrize("block", range(8))
def test_the_money_is_right_when_the_network_goes_quiet(block: int) -> None:
    for seed in range(block * SEEDS_PER_BLOCK, (block + 1) * SEEDS_PER_BLOCK):
        world = World(seed)
        try:
            world.run(orders_placed=ORDERS)
            audit(world, orders=ORDERS)
        except Exception as error:
            raise AssertionError(f"replay: World({seed}).run(orders_placed={ORDERS})") from error


def test_a_worker_killed_at_any_store_call_loses_and_doubles_nothing() -> None:
    """Without other faults, so that each call of one order's life is the last one once."""
    calm = World(CALM, faults=False)
    calm.run(orders_placed=1)
    audit(calm, orders=1)
    assert calm.store_calls == 161  # before each of its writes, and after those that stood
    for number in range(1, calm.store_calls + 1):
        world = World(CALM, faults=False, kill_at=number)
        try:
            world.run(orders_placed=1)
            audit(world, orders=1)
        except Exception as error:
            raise AssertionError(f"replay: World({CALM}, kill_at={number})") from error


def test_the_same_seed_is_the_same_history() -> None:
    histories = []
    for _ in range(2):
        world = World(7)
        world.run(orders_placed=ORDERS)
        # a span's id is a new one each time; nothing is decided by it
        histories.append([{**told, "traceparent": ""} for told in world.published])
    assert histories[0] == histories[1]
