"""Balances are exact for a stated point, whatever the stream delivers and how often."""

import pytest

from accounting.application.balance import (
    booked_until,
    current,
    folded,
)
from accounting.application.effective import effective_until
from accounting.application.fold import fold
from accounting.application.statement import span, statement
from accounting.domain.chain import LANES
from shared.moments import timestamp
from tests.doubles.ledger import START, Ledger, authorized, captured, refund_requested


def booked(number: int = 12) -> Ledger:
    ledger = Ledger()
    for each in range(number):
        ledger.hear(captured(100 + each, payment=f"pay_{each}"), f"m{each}")
        ledger.tick(seconds=3)
    return ledger


def chains(ledger: Ledger) -> list[tuple[int, str]]:
    lanes = [ledger.folds.lane(lane) for lane in range(LANES)]
    return [(lane.head.height, lane.head.hash) for lane in lanes]


def test_a_balance_says_for_which_point_it_is_true() -> None:
    ledger = booked()
    before = folded(folds=ledger.folds)
    assert (before.point.entries, before.point.at) == (0, None)
    assert ledger.fold() == 12
    after = folded(folds=ledger.folds)
    assert (after.point.consistency, after.point.entries) == ("folded", 12)
    assert after.point.at == timestamp(ledger.now)
    assert after.sums.balance("1100", "EUR").balance.minor == 1266
    ledger.hear(captured(1, payment="pay_x"), "mx")
    assert folded(folds=ledger.folds) == after
    assert current(journal=ledger.journal).sums.balance("1100", "EUR").balance.minor == 1267


def test_a_redelivered_batch_changes_nothing() -> None:
    ledger = booked()
    rows = list(ledger.stream)
    ledger.fold()
    before = chains(ledger)
    assert fold(rows, folds=ledger.folds, now=ledger.now) == 0
    assert fold(rows[3:7], folds=ledger.folds, now=ledger.now) == 0
    assert chains(ledger) == before


def test_a_batch_of_old_and_new_entries_moves_the_new_ones() -> None:
    ledger = booked()
    rows = list(ledger.stream)
    assert fold(rows[:5], folds=ledger.folds, now=ledger.now) == 5
    assert fold(list(reversed(rows[2:])), folds=ledger.folds, now=ledger.now) == 7
    assert folded(folds=ledger.folds).sums == current(journal=ledger.journal).sums
    assert ledger.prove().breaches == ()


class Killed(Exception):
    pass


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
def test_a_worker_killed_in_a_fold_loses_and_doubles_nothing(moment: str) -> None:
    ledger = booked()
    rows = list(ledger.stream)
    calls = 0

    def kill(told: str) -> None:
        nonlocal calls
        calls += told == moment
        if calls == 2 and told == moment:
            raise Killed

    ledger.table.on_write = kill
    with pytest.raises(Killed):
        fold(rows, folds=ledger.folds, now=ledger.now)
    ledger.table.on_write = None
    fold(rows, folds=ledger.folds, now=ledger.now)
    assert folded(folds=ledger.folds).sums == current(journal=ledger.journal).sums
    assert ledger.prove().breaches == ()


def test_a_batch_is_two_rows_a_lane_however_many_entries_it_has() -> None:
    ledger = Ledger()
    for each in range(40):
        ledger.hear(captured(100, payment=f"pay_{each}"), f"m{each}")
    writes: list[str] = []
    ledger.table.on_write = writes.append
    ledger.fold()
    assert writes.count("before commit") == LANES


def test_balances_at_a_time_of_booking_and_of_effect_differ() -> None:
    ledger = Ledger()
    ledger.hear(captured(100), "m1", at=START)
    ledger.tick(days=1)
    late = START.replace(hour=1)
    ledger.hear(captured(30, payment="pay_2"), "m2", at=late)
    journal = ledger.journal
    ledger.fold()

    def receivable(standing: object) -> int:
        return standing.sums.balance("1100", "EUR").balance.minor  # type: ignore[attr-defined, no-any-return]

    assert receivable(booked_until(START, folds=ledger.folds, journal=journal)) == 100
    assert receivable(booked_until(ledger.now, folds=ledger.folds, journal=journal)) == 130
    assert receivable(effective_until(late, folds=ledger.folds, journal=journal)) == 30
    assert receivable(effective_until(START, folds=ledger.folds, journal=journal)) == 130


def test_a_statement_runs_from_its_opening_to_its_closing_balance() -> None:
    ledger = Ledger()
    for number, event in enumerate(
        [authorized(900), captured(900), refund_requested(200), captured(50, "pay_2")]
    ):
        ledger.hear(event, f"m{number}")
        ledger.tick(hours=1)
    ledger.fold()
    wanted = span(since=START.replace(hour=6), before=ledger.now, after=None, limit=9)
    shown = statement("1100", "EUR", wanted, folds=ledger.folds, journal=ledger.journal)
    assert (shown.opening, shown.closing) == (900, 950)
    assert [(line.debit, line.credit, line.balance) for line in shown.lines] == [(50, 0, 950)]
