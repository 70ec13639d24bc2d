"""Balances by the day that entries count for, and what reading them costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from accounting.application import effective
from accounting.application.balance import folded, including
from accounting.application.effective import effective_until
from accounting.application.fold import fold
from accounting.application.prove import parts_of
from accounting.application.rebuild import rebuild
from accounting.domain.balances import Sums, sums_of
from accounting.domain.errors import MomentTooBusy
from accounting.domain.movements import DAYS_MAX
from accounting.domain.seals import read_seal
from shared.errors.taxonomy import NotFound, StoreBusy
from tests.doubles.ledger import START, Ledger, captured
from tests.doubles.memory_table import MemoryTable

DAY = timedelta(days=1)
END = START.replace(hour=23, minute=59, second=59, microsecond=999_999)


@dataclass
class Counting(MemoryTable):
    """Counts the rows that reading gives out."""

    rows_read: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        super().__init__()

    def get(self, key: Any) -> Any:
        found = super().get(key)
        self.rows_read += found is not None
        return found

    def get_many(self, keys: Any) -> Any:
        return self._counted(super().get_many(keys))

    def partition(self, pk: str, *, sk_prefix: str = "", sk_from: str = "") -> Any:
        return self._counted(super().partition(pk, sk_prefix=sk_prefix, sk_from=sk_from))

    def scan(self, *, sk: str) -> Any:
        return self._counted(super().scan(sk=sk))

    def _counted(self, rows: Any) -> Any:
        for row in rows:
            self.rows_read += 1
            yield row


def days_of(number: int, *, a_day: int = 40) -> tuple[Ledger, Counting]:
    """A ledger with as many entries, of a cent each, on as many days; all are folded."""
    table = Counting()
    ledger = Ledger(table=table)
    for day in range(number):
        ledger.now = START + day * DAY
        for each in range(a_day):
            ledger.hear(captured(1, payment=f"p_{day}_{each}"), f"m_{day}_{each}")
            ledger.tick(seconds=1)
        ledger.fold()
    table.rows_read = 0
    return ledger, table


def receivable(sums: Sums) -> int:
    return sums.balance("1100", "EUR").balance.minor


@pytest.mark.parametrize("age", [20, 200])
def test_the_end_of_a_day_costs_a_row_for_each_later_day_and_chain_however_old_the_books_are(
    age: int,
) -> None:
    ledger, table = days_of(age)
    at = END + (age - 8) * DAY
    standing = effective_until(at, folds=ledger.folds, journal=ledger.journal)
    assert receivable(standing.sums) == standing.point.entries == (age - 7) * 40
    assert table.rows_read == 4 + 4 * 8  # the chains, and the day itself with the seven after it


def test_a_moment_within_a_day_reads_the_entries_of_that_day_and_no_other() -> None:
    ledger, table = days_of(20)
    at = START + 12 * DAY + timedelta(seconds=9)
    standing = effective_until(at, folds=ledger.folds, journal=ledger.journal)
    assert receivable(standing.sums) == standing.point.entries == 12 * 40 + 10
    blocks = sum(len(list(ledger.folds.blocks(lane, since="2026-01-14"))) for lane in range(4))
    before = sum(len(list(ledger.folds.blocks(lane, since="2026-01-15"))) for lane in range(4))
    of_the_day, at_its_end = blocks - before, 4
    table.rows_read -= blocks + before
    assert table.rows_read == 4 + 4 * 8 + 40 + of_the_day + at_its_end


@pytest.mark.parametrize("seed", range(12))
def test_what_had_happened_by_a_moment_is_the_sum_of_those_entries(seed: int) -> None:
    """Late by days, or told for later; the moments are those of entries, and the ends of days."""
    rng, ledger = Random(seed), Ledger()
    ledger.now = START + 20 * DAY
    for number in range(150):
        ledger.tick(minutes=rng.randrange(0, 120))
        late = timedelta(minutes=rng.choice([0, 0, 1, rng.randrange(30_000)]))
        event = captured(rng.randrange(1, 999), payment=f"p{number}")
        ledger.hear(event, f"m{number}", at=ledger.now + timedelta(minutes=4) - late)
        if rng.random() < 0.2:
            rng.shuffle(ledger.stream)
            ledger.fold()
    ledger.fold()
    entries = list(ledger.journal.entries())
    moments = [each.effective_at for each in rng.sample(entries, 12)]
    moments += [END + rng.randrange(-2, 40) * DAY for _ in range(12)]
    for at in moments:
        standing = effective_until(at, folds=ledger.folds, journal=ledger.journal)
        told = [each for each in entries if each.effective_at <= at]
        assert standing.sums.differs_from(sums_of(told)) == ()
        assert standing.point.entries == len(told)
    ledger.seal()
    assert ledger.prove().breaches == ()


def test_a_day_with_too_many_entries_is_told_at_its_end_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger, _ = days_of(2, a_day=30)
    monkeypatch.setattr(effective, "LOOKED_AT_MAX", 29)
    with pytest.raises(MomentTooBusy):
        effective_until(START, folds=ledger.folds, journal=ledger.journal)
    whole = effective_until(END, folds=ledger.folds, journal=ledger.journal)
    assert (receivable(whole.sums), whole.point.entries) == (30, 30)


class Moving(Counting):
    """Between the reading of a chain and of its days a batch is folded, as often as is said."""

    ledger: Ledger
    times = 0
    rounds = 0

    def partition(self, pk: str, *, sk_prefix: str = "", sk_from: str = "") -> Any:
        if pk.startswith("MOVED#") and self.times:
            self.times -= 1
            self.rounds += 1
            for number in range(20):
                name = f"{self.rounds}_{number}"
                self.ledger.hear(captured(1, name), f"m{name}", at=START)
            self.ledger.fold()
        return super().partition(pk, sk_prefix=sk_prefix, sk_from=sk_from)


@pytest.mark.parametrize("times", [0, 1, 4])
def test_a_fold_meanwhile_is_not_seen_half(times: int) -> None:
    table = Moving()
    table.ledger = ledger = Ledger(table=table)
    ledger.hear(captured(100), "m")
    ledger.fold()
    table.times = times
    standing = effective_until(END, folds=ledger.folds, journal=ledger.journal)
    later = effective_until(END + DAY, folds=ledger.folds, journal=ledger.journal)
    before = effective_until(END - DAY, folds=ledger.folds, journal=ledger.journal)
    assert (receivable(before.sums), before.point.entries) == (0, 0)
    assert standing.point.entries == receivable(standing.sums) - 99 == later.point.entries
    assert standing.point.entries == 1 + 20 * times


def test_what_moves_faster_than_it_is_read_is_busy() -> None:
    table = Moving()
    table.ledger = ledger = Ledger(table=table)
    table.times = 40
    with pytest.raises(StoreBusy):
        effective_until(END, folds=ledger.folds, journal=ledger.journal)


def test_entries_of_many_days_in_one_batch_are_moved_and_made_again() -> None:
    ledger = Ledger(now=START + 400 * DAY)
    for number in range(200):
        ledger.hear(captured(1, payment=f"p{number}"), f"m{number}", at=START + number * DAY)
    rows = list(ledger.stream)
    assert fold(rows, folds=ledger.folds, now=ledger.now) == 200
    assert max(map(len, by_lane(ledger))) > DAYS_MAX
    assert fold(rows, folds=ledger.folds, now=ledger.now) == 0
    ledger.tick(days=1)
    ledger.seal()
    assert ledger.prove().breaches == ()
    again = Ledger(now=ledger.now, vault=ledger.vault)
    days = [
        (read_seal(ledger.vault.seals[day].document), parts_of(day, ledger.vault))
        for day in ledger.vault.days()
    ]
    rebuild(days, table=again.journal, folds=again.folds, now=again.now)
    assert by_lane(again) == by_lane(ledger)
    assert again.prove().breaches == ()


def by_lane(ledger: Ledger) -> list[dict[str, object]]:
    return [dict(ledger.folds.movements(lane)) for lane in range(4)]


@pytest.mark.parametrize(
    "change",
    [
        {"entries": 11},
        {"booked": []},
        {"height": 10**9},
        {"balances": {"EUR": {"1100": [1, 0, 0, 0]}}},
        {"balances": "nothing"},
        None,
    ],
)
def test_a_day_s_movement_that_somebody_touched_is_found(change: dict[str, Any] | None) -> None:
    ledger, table = days_of(3)
    (row,) = [row for row in table.rows() if (row["pk"], row["sk"]) == ("MOVED#2", "2026-01-03")]
    if change is None:
        table.remove("MOVED#2", "2026-01-03")
    else:
        table.overwrite({**row, **change})
    breaches = ledger.prove().breaches
    assert {each.check for each in breaches if each.check != "seal"} == {"balances"}


def test_a_balance_includes_what_whoever_asks_knows_of_at_the_cost_of_that() -> None:
    ledger, table = days_of(30)
    ledger.tick(seconds=10)
    ledger.hear(captured(500, payment="new"), "new")
    (new,) = [str(row["pk"])[6:] for row in ledger.stream]
    (old,) = [e.entry_id for e in ledger.journal.entries() if e.payment_id == "p_20_0"]
    assert receivable(folded(folds=ledger.folds).sums) == 1200
    table.rows_read = 0
    standing = including([new, new], folds=ledger.folds, journal=ledger.journal)
    assert (receivable(standing.sums), standing.point.entries) == (1700, 1201)
    assert table.rows_read == 4 + 1  # the chains and the entry: no block since it was booked
    assert standing.point.root == folded(folds=ledger.folds).point.root
    ledger.fold()
    for known in (new, old):
        standing = including([known], folds=ledger.folds, journal=ledger.journal)
        assert (receivable(standing.sums), standing.point.entries) == (1700, 1201)


def test_what_is_not_in_the_books_is_in_no_balance() -> None:
    ledger, _ = days_of(1)
    with pytest.raises(NotFound):
        including(["je_0123456789abcdefghjk"], folds=ledger.folds, journal=ledger.journal)


def test_the_moment_may_come_in_any_offset_from_utc() -> None:
    ledger, _ = days_of(2)
    at = datetime.fromisoformat("2026-01-03T01:59:59.999999+02:00")
    assert at.astimezone(UTC) == END
    standing = effective_until(at, folds=ledger.folds, journal=ledger.journal)
    assert (standing.point.at, standing.point.entries) == ("2026-01-02T23:59:59.999999Z", 40)
