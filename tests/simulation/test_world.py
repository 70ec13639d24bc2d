"""When the network goes quiet the money is right, whatever happened before."""

from collections import Counter

import pytest

from accounting.application.fold import fold
from accounting.application.prove import prove
from accounting.domain.balances import sums_of
from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from orders.domain.order import OrderStatus
from payments.domain.payment import PaymentStatus
from shared.ids import derived
from shared.money import Money
from tests.doubles.memory_vault import MemoryVault
from tests.simulation.world import World

ORDERS = 4
SEEDS_PER_BLOCK = 25


def audit(world: World, *, orders: int) -> None:
    """What the provider truly took, payments, orders and the ledger must be one and the same."""
    entries = list(world.journal.entries())
    for number in range(orders):
        order_id = derived("ord", str(number))
        order = world.orders.find(order_id)
        assert order is not None
        payment = world.payments.find(order.payment_id)
        assert payment is not None
        taken = world.provider.captured(order.payment_id)
        booked = sum(
            entry.amount.minor
            for entry in entries
            if entry.order_id == order_id and entry.fact == "PaymentCaptured"
        )
        assert payment.captured.minor == order.captured.minor == booked == taken
        assert payment.capturing == Money(0, "EUR")
        assert all(attempt.decided for attempt in payment.attempts)
        assert (order.status is OrderStatus.PAID) == (taken > 0)
        assert (order.status is OrderStatus.PAYMENT_FAILED) == (
            payment.status is PaymentStatus.FAILED
        )
        assert order.status not in {OrderStatus.PENDING, OrderStatus.CAPTURING}
    balance = sums_of(entries).trial_balance("EUR")
    assert balance.total_debit == balance.total_credit
    audit_ledger(world)
    audit_messages(world)


def audit_ledger(world: World) -> None:
    """Folded once, the books prove themselves."""
    world.tables["accounting"].on_write = None
    folds = DynamoDbFolds(world.tables["accounting"])
    fold(list(world.journal.rows()), folds=folds, now=world.time)
    proof = prove(journal=world.journal, folds=folds, seals=MemoryVault(), young_after="")
    assert proof.breaches == ()


def audit_messages(world: World) -> None:
    """Each message has one id and one content, a cause that is known, and its place in line."""
    told = {document["id"]: document for document in world.published}
    contents = {(document["id"], str(document)) for document in world.published}
    assert len(contents) == len(told)
    for document in told.values():
        assert document["causationid"] in told or document["causationid"].startswith(
            ("req-", "confirm-", "webhook-")
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
    calm = World(1, faults=False)
    calm.run(orders_placed=1)
    audit(calm, orders=1)
    assert calm.store_calls == 46  # before and after each of 23 writes
    for number in range(1, calm.store_calls + 1):
        world = World(1, faults=False, kill_at=number)
        try:
            world.run(orders_placed=1)
            audit(world, orders=1)
        except Exception as error:
            raise AssertionError(f"replay: World(1, faults=False, kill_at={number})") from error


def test_the_same_seed_is_the_same_history() -> None:
    histories = []
    for _ in range(2):
        world = World(7)
        world.run(orders_placed=ORDERS)
        # a span's id is a new one each time; nothing is decided by it
        histories.append([{**told, "traceparent": ""} for told in world.published])
    assert histories[0] == histories[1]
