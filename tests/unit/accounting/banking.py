"""Payouts and bank entries, and what the books say of both, for the tests of the bank's side."""

from __future__ import annotations

from dataclasses import replace

from accounting.infrastructure.dynamodb_settlement import DynamoDbSettlement
from shared.contracts.bank import BankLineBooked
from shared.contracts.settlement import LineKind
from shared.money import Money
from tests.doubles.ledger import eur, settled
from tests.unit.accounting.reconciled_house import House


def house_with_a_bank() -> House:
    return House(settlement=lambda ledger: DynamoDbSettlement(ledger.table))


def send(
    house: House, minor: int, payout: str = "po_00001", *, kind: LineKind = LineKind.PAYOUT
) -> None:
    """The provider tells today what it pays out; below zero it collects."""
    sign = -1 if kind is LineKind.PAYOUT else 1
    name = f"line_{payout}_{kind.value}"
    told = settled(kind, eur(sign * minor), eur(sign * minor), payment="", line=name)
    on = house.ledger.now.date()
    house.ledger.hear(replace(told, payout_id=payout, settled_on=on), f"payments/line/{name}")
    house.ledger.fold()


def bank(house: House, name: str, minor: int, text: str = "") -> None:
    """The bank tells an entry of today."""
    on = house.ledger.now.date()
    told = BankLineBooked(
        line_id=name,
        provider="bank",
        account="DE89370400440532013000",
        statement="1",
        reference=f"B-{name}",
        amount=Money(minor, "EUR"),
        booked_on=on,
        value_on=on,
        text=text,
        report_id="rep_1",
        row=1,
    )
    house.ledger.hear(told, f"payments/line/{name}")
    house.ledger.fold()


def books(house: House) -> dict[str, int]:
    """The bank, what is in transit, and suspense."""
    return {code: house.ledger.balance(code) for code in ("1000", "1220", "1900")}


def items(house: House) -> dict[str, int]:
    """What is open of payouts in transit, by item."""
    sums: dict[str, int] = {}
    for entry in house.ledger.journal.entries():
        for posting in entry.postings:
            if posting.account.code == "1220":
                sign = 1 if posting.side == "debit" else -1
                item = entry.item_of(posting)
                sums[item] = sums.get(item, 0) + sign * posting.amount.minor
    return {item: minor for item, minor in sums.items() if minor}
