"""What must be equal once everything is at rest: the provider, payments, orders and ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accounting.domain.chart_of_accounts import REFUNDS, REVENUE, Side
from accounting.domain.journal import JournalEntry
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from apphost.story import Charge
from bench.load import Placed
from orders.domain.order import Order
from orders.infrastructure.order_rows import from_row as order_of
from payments.domain.payment import Payment
from payments.infrastructure.payment_rows import from_row as payment_of
from shared.persistence.outbox import SHARDS
from shared.persistence.table import UNPROCESSED, Table
from tests.e2e.driver import Platform

LAST_DAY: Final = "9999"


@dataclass(frozen=True)
class Kept:
    """Everything that the three services have kept."""

    orders: dict[str, Order]
    payments: dict[str, Payment]
    entries: list[JournalEntry]


def kept(quittance: Platform) -> Kept:
    tables = _tables(quittance)
    orders = [order_of(row) for row in tables["orders"].scan(sk="STATE")]
    payments = [payment_of(row) for row in tables["payments"].scan(sk="STATE")]
    return Kept(
        orders={order.order_id: order for order in orders},
        payments={payment.payment_id: payment for payment in payments},
        entries=list(DynamoDbJournal(tables["accounting"]).entries()),
    )


def unrest(quittance: Platform, placed: Iterable[Placed]) -> list[str]:
    """What still moves: messages, unpublished rows, undecided payments, orders not at their end."""
    seen = kept(quittance)
    found = [
        f"{each.order_id} is {_status(seen, each)}, to be {each.plan.end}"
        for each in placed
        if _status(seen, each) != each.plan.end
    ]
    found += [
        f"{each.payment_id} is undecided" for each in seen.payments.values() if each.undecided
    ]
    if count := quittance.messages():
        found.append(f"{count} messages")
    for name, table in _tables(quittance).items():
        waiting = [
            key
            for shard in SHARDS
            for key in table.due(UNPROCESSED, value=shard, before=LAST_DAY, rows_max=100)
        ]
        found += [f"{name}: {key.pk} {key.sk} is not published" for key in waiting]
    return found


def differences(quittance: Platform, placed: list[Placed]) -> list[str]:
    """Whatever is not equal, one line each: nothing where the money is right."""
    seen, charges = kept(quittance), _charges(quittance)
    found = [f"{each.order_id} was answered and is lost" for each in placed if _lost(seen, each)]
    if len({each.order_id for each in placed}) != len(placed):
        found.append("two answers for one order")
    booked = _booked(seen.entries)
    for order in seen.orders.values():
        payment = seen.payments.get(order.payment_id)
        if payment is None:
            found.append(f"{order.order_id} has no payment")
            continue
        truth = _sums(charges.pop(order.payment_id, []))
        told = {
            "order": (order.captured.minor, order.refunded.minor),
            "payment": (payment.captured.minor, payment.refunded.minor),
            "ledger": booked.pop(order.payment_id, (0, 0)),
        }
        found += [
            f"{order.order_id}: {name} says {sums}, the provider {truth}"
            for name, sums in told.items()
            if sums != truth
        ]
    found += [f"the provider took money for {name}" for name in charges]
    found += [f"the ledger has entries for {name}" for name in booked]
    return found + _books(quittance)


def _status(seen: Kept, placed: Placed) -> str:
    order = seen.orders.get(placed.order_id)
    return "lost" if order is None else order.status.value


def _lost(seen: Kept, placed: Placed) -> bool:
    return placed.order_id not in seen.orders


def _books(quittance: Platform) -> list[str]:
    auditor = quittance.api("auditor")
    balance = auditor.trial_balance("EUR")
    found = [f"ledger: {breach}" for breach in auditor.ledger_proof()["breaches"]]
    if balance["total_debit"] != balance["total_credit"]:
        found.append(f"trial balance: {balance['total_debit']} and {balance['total_credit']}")
    return found


def _charges(quittance: Platform) -> dict[str, list[Charge]]:
    """What the provider has truly done, by our payment: an attempt's reference begins with it."""
    found: defaultdict[str, list[Charge]] = defaultdict(list)
    for charge in quittance.charges():
        found[charge["reference"].rsplit("-", 2)[0]].append(charge)
    return dict(found)


def _sums(charges: Iterable[Charge]) -> tuple[int, int]:
    taken = list(charges)
    return sum(each["captured"] for each in taken), sum(each["refunded"] for each in taken)


def _booked(entries: Iterable[JournalEntry]) -> dict[str, tuple[int, int]]:
    """Revenue that was earned, and what of it is refunded, by payment."""
    earned: defaultdict[str, int] = defaultdict(int)
    given: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            if (posting.account, posting.side) == (REVENUE, Side.CREDIT):
                earned[entry.payment_id] += posting.amount.minor
            if (posting.account, posting.side) == (REFUNDS, Side.DEBIT):
                given[entry.payment_id] += posting.amount.minor
    return {name: (earned[name], given[name]) for name in earned.keys() | given.keys()}


def _tables(quittance: Platform) -> dict[str, Table]:
    client = quittance.aws("dynamodb")
    names = quittance.outputs.tables
    return {
        name: Table(name=names[name], client=client)
        for name in ("orders", "payments", "accounting")
    }
