"""The invariants of a ledger, over random histories of messages and of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.application.balance import current, folded
from accounting.application.by_hand import close_period
from accounting.application.walk import Place, along
from accounting.domain.balances import sub_ledger_sums, sums_of
from accounting.domain.chain import LANES
from accounting.domain.chart_of_accounts import CUSTOMER_CREDIT
from accounting.domain.errors import EntryDiffers
from accounting.domain.journal import JournalEntry, side_sums
from accounting.domain.settlement_rules import ConvertedLine, settled_in_another_currency
from shared.money import Money, currencies, exponent
from tests.doubles.ledger import (
    START,
    Ledger,
    captured,
    eur,
)
from tests.properties.accounting.history import BY, History
from tests.unit.accounting.test_settlement_rules import RATE

HISTORIES: Final = 150


def histories(block: int) -> list[Ledger]:
    ledgers = []
    for seed in range(block * HISTORIES, (block + 1) * HISTORIES):
        history = History(seed)
        history.run()
        ledgers.append(history.ledger)
    return ledgers


@pytest.mark.parametrize("block", range(2))
def test_every_history_keeps_the_invariants(block: int) -> None:
    for ledger in histories(block):
        entries = list(ledger.journal.entries())
        balanced_entries_l1(entries)
        balances_l2_l3(ledger, entries)
        limits_and_holds_l5_l6(ledger, entries)
        once_l7_l8(entries)
        clocks_l9(ledger)
        assert ledger.prove().breaches == ()  # L4, and all of the above once more


def balanced_entries_l1(entries: list[JournalEntry]) -> None:
    for entry in entries:
        for group in (entry.postings, entry.held, entry.released):
            assert not group or len(group) >= 2
            assert all(type(p.amount.minor) is int and p.amount.minor > 0 for p in group)
            assert all(debits == credits_ for debits, credits_ in side_sums(group).values())


def balances_l2_l3(ledger: Ledger, entries: list[JournalEntry]) -> None:
    standing = folded(folds=ledger.folds)
    assert standing.point.entries == len(entries)
    assert standing.sums == current(journal=ledger.journal).sums == sums_of(entries)
    assert standing.sums.unbalanced() == ()
    controls: dict[str, int] = {}
    for (code, currency, _), (debits, credits_) in sub_ledger_sums(entries).items():
        assert currency == "EUR"
        controls[code] = controls.get(code, 0) + debits - credits_
    for code, net in controls.items():
        balance = standing.sums.balance(code, "EUR")
        assert (balance.debit - balance.credit).minor == net
    lanes = [ledger.folds.lane(lane) for lane in range(LANES)]
    for lane in lanes:
        positions = [
            block.position + offset
            for block in ledger.folds.blocks(lane.lane)
            for offset in range(len(block.entries))
        ]
        assert sorted(positions) == list(range(lane.head.height))


def limits_and_holds_l5_l6(ledger: Ledger, entries: list[JournalEntry]) -> None:
    holds = {entry.entry_id: entry for entry in entries if entry.held}
    resolved = [entry for entry in entries if entry.resolves is not None]
    assert len({entry.resolves for entry in resolved}) == len(resolved)
    for entry in resolved:
        hold = holds[str(entry.resolves)]
        assert entry.released == hold.held
        assert not entry.postings or entry.amount <= hold.amount
    sums = sums_of([])
    for entry in sorted(entries, key=lambda each: each.booked_at):
        sums.add(entry)
    balance = sums.balance("2120", "EUR")
    assert balance.available.minor >= 0
    room = ledger.journal.room(CUSTOMER_CREDIT, "EUR")
    assert room.balance == balance.balance.minor
    assert room.balance - room.lowering == balance.available.minor


def once_l7_l8(entries: list[JournalEntry]) -> None:
    by_id = {entry.entry_id: entry for entry in entries}
    reversals = [entry for entry in entries if entry.reverses is not None]
    assert len({entry.reverses for entry in reversals}) == len(reversals)
    for entry in reversals:
        original = by_id[str(entry.reverses)]
        assert original.reverses is None
        assert entry.postings == tuple(each.mirrored() for each in original.postings)
        assert entry.effective_at >= original.effective_at
        assert entry.booked_at >= original.booked_at
    linked = [entry.linked for entry in entries if entry.linked is not None]
    assert all(linked.count(each) == 2 for each in set(linked))
    told = [entry.cause_id for entry in entries if entry.cause_id.startswith("pay_")]
    assert len(told) == len(set(told))


def clocks_l9(ledger: Ledger) -> None:
    """Ledger time grows along each chain, and is never before an entry was booked."""
    for lane in range(LANES):
        chained = list(along(lane, after=Place(""), folds=ledger.folds, journal=ledger.journal))
        assert len(chained) == ledger.folds.lane(lane).head.height
        assert all(a.booked_at < b.booked_at for a, b in pairwise(chained))
        assert all(each.booked_at >= str(each.stored["OccurredOn"]) for each in chained)


@pytest.mark.parametrize("seed", range(10))
def test_any_order_of_the_same_events_ends_in_the_same_books(seed: int) -> None:
    """Without entries by hand, whose outcome does depend on what came before."""
    ledgers = []
    for order in range(2):
        history = History(seed)
        history._by_hand = lambda: None  # type: ignore[method-assign]
        history.rng = Random(seed * 10 + order)
        history.run()
        ledgers.append(history.ledger)
    one, other = (
        {e.entry_id: replace(e, booked_at=START) for e in ledger.journal.entries()}
        for ledger in ledgers
    )
    assert one == other


def test_a_closed_period_stays_as_it_was() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.tick(days=1)
    cause = ledger.cause("req_1")
    close_period(START.date(), BY, journal=ledger.journal, cause=cause)
    ledger.hear(captured(payment="pay_2"), "m2", at=START)
    with pytest.raises(EntryDiffers):
        ledger.hear(captured(1), "m1", at=START)
    days = sorted(entry.effective_at.date() for entry in ledger.journal.entries())
    assert days == [START.date(), START.date() + timedelta(days=1)]


@given(
    gross=st.integers(1, 10**9),
    converted=st.integers(1, 10**9),
    booked=st.integers(1, 10**9),
    fee=st.integers(0, 10**6),
)
def test_a_conversion_balances_in_each_currency_and_leaves_no_position_l11(
    gross: int, converted: int, booked: int, fee: int
) -> None:
    line = ConvertedLine(
        payment_id="p",
        gross=Money(gross, "EUR"),
        converted=Money(converted, "USD"),
        booked=Money(booked, "USD"),
        fee=Money(fee, "USD"),
        commission=Money(0, "USD"),
        rate=RATE,
    )
    postings = settled_in_another_currency(line)
    assert all(debits == credits_ for debits, credits_ in side_sums(postings).values())
    entry = JournalEntry(
        entry_id="je_1",
        cause_id="line",
        fact="SettlementLine",
        description="Settled",
        postings=postings,
        booked_at=START,
        effective_at=START,
        rate=line.rate,
    )
    sums = sums_of([entry])
    assert sums.balance("3900", "USD").balance.minor == booked
    assert sums.balance("3900", "EUR").balance.minor == -gross


@given(minor=st.integers(1, 10**12), weights=st.lists(st.integers(0, 999), min_size=1, max_size=9))
def test_an_allocation_loses_no_unit_l10(minor: int, weights: list[int]) -> None:
    if not sum(weights):
        return
    parts = eur(minor).allocate(weights)
    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)


def test_every_currency_has_the_exponent_of_the_table_l12() -> None:
    assert {exponent(currency) for currency in currencies()} == {0, 2, 3, 4}
    codes = ("JPY", "EUR", "KWD", "CLF", "ISK", "UGX", "HUF", "TWD", "MGA")
    assert [exponent(code) for code in codes] == [0, 2, 3, 4, 0, 0, 2, 2, 2]
