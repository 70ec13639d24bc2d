"""From its exports a ledger is made again with every place, every hash and every root it had."""

from datetime import UTC, date, datetime

import pytest

from accounting.application.by_hand import close_period, submit
from accounting.application.fold import fold
from accounting.application.prove import parts_of
from accounting.application.rebuild import rebuild
from accounting.domain.chain import LANES
from accounting.domain.chart_of_accounts import BANK, CUSTOMER_CREDIT, REVENUE
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import Authorship, Person, credit, debit
from accounting.domain.manual import Draft
from accounting.domain.seals import read_seal
from shared.messaging.relay import _from_record
from tests.doubles.ledger import START, Ledger, captured, eur
from tests.doubles.memory_table import stream_event

BY = Authorship(actor=Person("operator", "ann"), reason="a test")


def rebuilt(ledger: Ledger, again: Ledger | None = None) -> Ledger:
    again = again or Ledger(now=ledger.now)
    days = [
        (read_seal(ledger.vault.seals[day].document), parts_of(day, ledger.vault))
        for day in ledger.vault.days()
    ]
    rebuild(days, table=again.journal, folds=again.folds, now=again.now)
    again.vault = ledger.vault
    return again


def heads(ledger: Ledger) -> list[object]:
    return [ledger.folds.lane(lane).head for lane in range(LANES)]


def sparse(number: int = 500) -> Ledger:
    """An entry every eleven seconds: each in a block of its own."""
    ledger = Ledger()
    for each in range(number):
        ledger.hear(captured(100, payment=f"pay_{each}"), f"m{each}")
        ledger.tick(seconds=11)
    return ledger


def test_a_day_of_sparse_entries_is_rebuilt() -> None:
    ledger = sparse()
    for row in list(ledger.stream):
        fold([row], folds=ledger.folds, now=ledger.now)
    ledger.tick(days=1)
    ledger.seal()
    again = rebuilt(ledger)
    assert heads(again) == heads(ledger)
    assert again.prove().breaches == ()


def test_a_day_that_was_never_folded_is_sealed() -> None:
    ledger = sparse()
    ledger.stream.clear()
    ledger.tick(days=1)
    assert ledger.seal() == ["2026-01-02"]
    proof = ledger.prove()
    assert (proof.entries, proof.breaches) == (500, ())


def test_a_rebuilt_chain_keeps_the_order_in_which_it_was_folded() -> None:
    ledger = Ledger()
    for number in range(40):
        ledger.hear(captured(100, payment=f"pay_{number}"), f"m{number}")
        ledger.tick(seconds=1)
    rows = list(ledger.stream)
    fold(rows[20:], folds=ledger.folds, now=ledger.now)
    fold(rows[:20], folds=ledger.folds, now=ledger.now)
    ledger.tick(days=1)
    ledger.seal()
    assert ledger.prove().breaches == ()
    again = rebuilt(ledger)
    assert heads(again) == heads(ledger)
    assert again.prove().breaches == ()


def test_a_seal_made_amid_traffic_still_fits_the_rebuilt_chain() -> None:
    ledger = Ledger(now=datetime(2026, 1, 2, 23, tzinfo=UTC))
    ledger.hear(captured(1), "m")
    ledger.fold()
    ledger.now = datetime(2026, 1, 3, 1, tzinfo=UTC)
    for letter in "ab":
        for number in range(20):
            ledger.hear(captured(10, payment=f"{letter}{number}"), f"{letter}{number}")
        ledger.fold()
        ledger.seal()
        ledger.tick(seconds=2)
    ledger.tick(days=1)
    ledger.seal()
    assert ledger.prove().breaches == ()
    assert rebuilt(ledger).prove().breaches == ()


def test_a_late_fold_across_midnight_is_rebuilt_at_its_place() -> None:
    ledger = Ledger(now=datetime(2026, 1, 2, 23, 59, 50, tzinfo=UTC))
    for number in range(12):
        ledger.hear(captured(10, payment=f"a{number}"), f"a{number}")
    late = list(ledger.stream)
    ledger.stream.clear()
    ledger.now = datetime(2026, 1, 3, 0, 0, 1, tzinfo=UTC)
    for number in range(12):
        ledger.hear(captured(10, payment=f"b{number}"), f"b{number}")
    ledger.fold()
    fold(late, folds=ledger.folds, now=ledger.now)
    ledger.tick(days=2)
    ledger.seal()
    assert ledger.prove().breaches == ()
    assert heads(rebuilt(ledger)) == heads(ledger)


def test_an_interrupted_rebuild_goes_on_where_it_ended() -> None:
    ledger = sparse(60)
    ledger.fold()
    ledger.tick(days=1)
    ledger.seal()
    again = Ledger(now=ledger.now)
    writes = 0

    def strike(moment: str) -> None:
        nonlocal writes
        writes += moment == "after commit"
        if writes == 45 or (writes == 62 and moment == "after commit"):
            writes += 1
            raise KeyboardInterrupt

    again.table.on_write = strike
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            rebuilt(ledger, again)
    assert heads(rebuilt(ledger, again)) == heads(ledger)
    assert again.prove().breaches == ()


def test_restored_entries_are_neither_announced_again_nor_folded_by_the_stream() -> None:
    ledger = sparse(3)
    ledger.fold()
    ledger.tick(days=1)
    ledger.seal()
    again = rebuilt(ledger)
    inserted = again.table.drain_inserts()
    assert len(inserted) == 3
    records = stream_event(inserted)["Records"]
    assert [_from_record(record) for record in records] == [None, None, None]
    assert all("ProcessedOn" in row for row in inserted)


def test_closed_periods_come_back_with_the_books() -> None:
    ledger = sparse(1)
    ledger.fold()
    ledger.tick(days=2)
    close_period(START.date(), BY, journal=ledger.journal, cause=ledger.cause("c"))
    ledger.seal()
    assert rebuilt(ledger).journal.periods().closed_through == date(2026, 1, 2)


def test_a_ledger_that_is_booked_on_is_not_rebuilt_over() -> None:
    ledger = Ledger()
    draft = Draft(description="x", postings=(debit(BANK, eur(9)), credit(CUSTOMER_CREDIT, eur(9))))
    submit([draft], BY, journal=ledger.journal, cause=ledger.cause("r"))
    ledger.tick(days=1)
    ledger.seal()
    again = rebuilt(ledger)
    rebuilt(ledger, again)
    spent = Draft(
        description="x", postings=(debit(CUSTOMER_CREDIT, eur(4)), credit(REVENUE, eur(4)))
    )
    submit([spent], BY, journal=again.journal, cause=again.cause("s"))
    with pytest.raises(LedgerBroken, match="rebuild in an empty table"):
        rebuilt(ledger, again)
