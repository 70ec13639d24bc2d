"""Ledger time only grows, whatever the workers' clocks say, and what was told of it stays true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random

import pytest

from accounting.application.balance import Standing, booked_until, folded
from accounting.application.fold import fold
from accounting.application.prove import parts_of
from accounting.application.statement import LOOKED_AT_MAX, entries_on, span, statement
from accounting.application.walk import Place, along, in_order
from accounting.domain.chain import LANES, lane_of, ledger_time
from accounting.domain.errors import EventAhead
from accounting.domain.seals import imported
from shared.moments import timestamp
from tests.doubles.ledger import START, Ledger, authorized, captured, eur

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "booked_at", "after"),
    [
        ("", "02T03:04:05.000000", "02T03:04:05.000000"),
        ("02T03:04:04.999999", "02T03:04:05.000000", "02T03:04:05.000000"),
        ("02T03:04:05.000000", "02T03:04:05.000000", "02T03:04:05.000001"),
        ("02T23:59:59.999999", "02T10:00:00.000000", "03T00:00:00.000000"),
    ],
)
def test_ledger_time_is_that_of_booking_or_just_after_the_entry_before(
    before: str, booked_at: str, after: str
) -> None:
    def of(text: str) -> str:
        return text and f"2026-01-{text}Z"

    assert ledger_time(of(before), of(booked_at)) == of(after)


def skewed(seed: int, entries: int = 120) -> tuple[Ledger, list[tuple[datetime, Standing]]]:
    """Workers whose clocks are up to a minute apart, folds in any order, and what was read."""
    rng, ledger = Random(seed), Ledger()
    read: list[tuple[datetime, Standing]] = []
    true = START
    for number in range(entries):
        true += timedelta(seconds=rng.randrange(1, 20))
        ledger.now = true + timedelta(seconds=rng.randrange(-60, 60))
        ledger.hear(captured(rng.randrange(1, 900), payment=f"pay_{number}"), f"m{number}", at=true)
        if rng.random() < 0.3:
            rng.shuffle(ledger.stream)
            some, ledger.stream = ledger.stream[3:], ledger.stream[:3]
            fold(some, folds=ledger.folds, now=true)
            at = true - timedelta(seconds=rng.randrange(0, 200))
            standing = booked_until(at, folds=ledger.folds, journal=ledger.journal)
            if standing.point.final:
                read.append((at, standing))
    ledger.fold()
    return ledger, read


@pytest.mark.parametrize("seed", range(20))
def test_ledger_time_grows_along_every_chain_though_the_clocks_are_apart(seed: int) -> None:
    ledger, _ = skewed(seed)
    late = 0
    for lane in range(LANES):
        told = ""
        for entry in along(lane, after=Place(""), folds=ledger.folds, journal=ledger.journal):
            assert told < entry.booked_at
            assert entry.booked_at >= str(entry.stored["OccurredOn"])
            late += entry.booked_at != entry.stored["OccurredOn"]
            told = entry.booked_at
    assert late > 0


def test_a_balance_that_was_final_is_never_told_differently() -> None:
    read = 0
    for seed in range(20):
        ledger, told = skewed(seed)
        for at, standing in told:
            assert booked_until(at, folds=ledger.folds, journal=ledger.journal) == standing
        read += len(told)
    assert read > 100


def test_a_day_that_was_sealed_is_final_and_a_clock_that_is_behind_books_in_the_next() -> None:
    ledger = Ledger()
    ledger.hear(captured(100), "m1")
    ledger.fold()
    ledger.now = datetime(2026, 1, 3, 0, 31, tzinfo=UTC)
    ledger.seal()
    midnight = datetime(2026, 1, 2, 23, 59, 59, 999999, tzinfo=UTC)
    before = booked_until(midnight, folds=ledger.folds, journal=ledger.journal)
    assert before.point.final
    ledger.now = datetime(2026, 1, 2, 23, 58, tzinfo=UTC)
    ledger.hear(captured(30, payment="pay_2"), "m2", at=START)
    ledger.fold()
    assert booked_until(midnight, folds=ledger.folds, journal=ledger.journal) == before
    ledger.now = datetime(2026, 1, 4, 0, 31, tzinfo=UTC)
    ledger.seal()
    (late,) = imported(parts_of("2026-01-03", ledger.vault))
    assert late.booked_at == "2026-01-03T00:00:00.000000Z"
    assert ledger.prove().breaches == ()


def test_an_event_from_a_clock_that_is_far_ahead_waits() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1", at=START + timedelta(minutes=5))
    with pytest.raises(EventAhead):
        ledger.hear(captured(payment="pay_2"), "m2", at=START + timedelta(minutes=5, seconds=1))


def test_what_is_asked_of_the_past_is_read_from_where_balances_were_kept() -> None:
    """Reading costs the entries since the last kept balances, not the age of the ledger."""
    ledger = Ledger()
    for number in range(2600):
        ledger.hear(captured(100, payment=f"pay_{number}"), f"m{number}")
        ledger.tick(seconds=1)
        if number % 50 == 49:
            ledger.fold()
    counted = 0
    read = ledger.journal.stored_entries

    def counting(entry_ids: object) -> object:
        nonlocal counted
        found = read(entry_ids)  # type: ignore[arg-type]
        counted += len(found)
        return found

    ledger.journal.stored_entries = counting  # type: ignore[assignment, method-assign]
    at = START + timedelta(seconds=2499)
    standing = booked_until(at, folds=ledger.folds, journal=ledger.journal)
    assert standing.sums.balance("1100", "EUR").balance.minor == 250_000
    assert (standing.point.entries, counted < 4 * 260) == (2500, True)


def pages(ledger: Ledger, code: str, limit: int) -> list[list[int]]:
    after, found = None, []
    while True:
        wanted = span(since=None, before=ledger.now, after=after, limit=limit)
        page = entries_on(code, wanted, folds=ledger.folds, journal=ledger.journal)
        found.append([entry.amount.minor for _, entry in page.entries])
        after = page.next_after
        if after is None:
            return found


def test_a_list_pages_in_ledger_time_over_all_chains() -> None:
    ledger = Ledger()
    for number in range(1, 11):
        ledger.hear(captured(number, payment=f"pay_{number}"), f"m{number}")
        ledger.hear(authorized(99, payment=f"pay_{number}"), f"a{number}")
        if number % 3 == 0:
            ledger.tick(seconds=1)
    ledger.tick(seconds=1)
    ledger.fold()
    found = pages(ledger, "4000", limit=3)
    assert [len(page) for page in found] == [3, 3, 3, 1]
    in_pages = list(chain.from_iterable(found))
    assert sorted(in_pages) == list(range(1, 11))
    assert [in_pages] == pages(ledger, "4000", limit=100)
    ordered = list(in_order(after=Place(""), folds=ledger.folds, journal=ledger.journal))
    assert len(ordered) == 20
    assert ordered == sorted(ordered, key=lambda each: (each.booked_at, each.lane))


def test_a_page_of_an_account_that_is_seldom_used_has_a_bound() -> None:
    ledger = Ledger()
    for number in range(LOOKED_AT_MAX + 5):
        ledger.hear(authorized(1, payment=f"pay_{number}"), f"m{number}")
    ledger.tick(seconds=1)
    ledger.hear(captured(7, payment="pay_0"), "last")
    ledger.tick(seconds=1)
    ledger.fold()
    assert pages(ledger, "4000", limit=9) == [[], [7]]


def test_a_statement_goes_on_from_page_to_page() -> None:
    ledger = Ledger()
    for number in range(1, 6):
        ledger.hear(captured(number, payment=f"pay_{number}"), f"m{number}")
        ledger.tick(seconds=1)
    ledger.fold()
    since = START + timedelta(seconds=1)
    after, told = None, []
    for _ in range(2):
        wanted = span(since=since, before=ledger.now, after=after, limit=2)
        page = statement("4000", "EUR", wanted, folds=ledger.folds, journal=ledger.journal)
        told.append((page.opening, [line.balance for line in page.lines], page.closing))
        after = page.next_after
    assert told == [(1, [3, 6], 6), (6, [10, 15], 15)]
    assert after is None


def test_what_has_no_id_of_ours_is_passed_over_by_the_fold_and_named_by_the_proof() -> None:
    ledger = Ledger()
    for number in range(12):
        ledger.hear(captured(100, payment=f"p{number}"), f"m{number}")
    rows = list(ledger.stream)
    odd = next(f"je_0{n}" for n in range(999) if lane_of(f"je_0{n}") == 1)
    forged = {**rows[0], "pk": f"ENTRY#{odd}"}
    ledger.table.overwrite(forged)
    assert fold([*rows, forged], folds=ledger.folds, now=ledger.now) == 12
    assert fold(rows, folds=ledger.folds, now=ledger.now) == 0
    ledger.tick(minutes=16)
    assert [each.entry_id for each in ledger.prove().breaches] == [odd]
    assert folded(folds=ledger.folds).sums.balance("1100", "EUR").balance == eur(1200)


def test_a_proof_right_after_a_booking_cries_no_wolf() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.tick(seconds=1)
    assert ledger.prove().breaches == ()
    ledger.tick(minutes=15)
    assert [each.detail for each in ledger.prove().breaches] == ["inserted: in no chain"]


def test_timestamps_sort_as_moments_do() -> None:
    moments = [START, START + timedelta(microseconds=1), START + HOUR]
    assert sorted(map(timestamp, moments)) == list(map(timestamp, moments))
