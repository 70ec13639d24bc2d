"""Whatever was done to the store: the proof names it, and goes on holding a block at a time."""

from __future__ import annotations

from typing import Any

import pytest

from accounting.application.by_hand import close_period
from accounting.application.ports import Sealed
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import Authorship, Person
from accounting.domain.repeats import Repeats, is_suspect
from accounting.domain.seals import PART_ENTRIES
from shared.persistence.rows import Row
from shared.persistence.table import Key
from tests.doubles.ledger import START, Ledger, authorized, captured
from tests.doubles.memory_table import MemoryTable


def sealed(days: int = 2) -> Ledger:
    ledger = Ledger()
    for day in range(days):
        for number in range(8):
            ledger.hear(captured(100, payment=f"p{day}_{number}"), f"m{day}_{number}")
            ledger.tick(seconds=1)
        ledger.fold()
        ledger.tick(days=1)
    ledger.seal()
    return ledger


@pytest.mark.parametrize(
    "changes",
    [
        {"postings": "garbage"},
        {"postings": 7},
        {"postings": "D9999 1 EUR;C9998 1 EUR"},
        {"OccurredOn": None},
        {"OccurredOn": "soon"},
        {"Payload": "{}"},
        {"effective_at": 5},
        {"by": "ann"},
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_read_any_more_is_named(changes: dict[str, Any]) -> None:
    ledger = sealed()
    row = {**next(iter(ledger.journal.rows())), **changes}
    ledger.table.overwrite({name: value for name, value in row.items() if value is not None})
    breaches = ledger.prove().breaches
    assert str(row["pk"])[6:] in {each.entry_id for each in breaches if each.check == "chain"}
    assert str(row["pk"])[6:] in {each.entry_id for each in breaches if each.check == "seal"}


def test_an_attribute_that_no_row_can_hold_is_named() -> None:
    ledger = sealed()
    key = next(key for key in ledger.table._items if key.sk == "ENTRY")
    ledger.table._items[key]["note"] = {"N": "1.5"}
    assert key.pk[6:] in {each.entry_id for each in ledger.prove().breaches}


@pytest.mark.parametrize("text", ["{}", "", "[]", "null", '{"heads": 5}'])
def test_a_seal_that_cannot_be_read_is_a_breach(text: str) -> None:
    ledger = sealed()
    ledger.vault.seals["2026-01-02"] = Sealed(document=text, signature="x")
    assert "2026-01-02: a seal cannot be read" in {each.detail for each in ledger.prove().breaches}


@pytest.mark.parametrize("text", ["lane\nx", "", "\0", "lane,position\n1,2,3,4\n"])
def test_an_export_that_cannot_be_read_is_a_breach(text: str) -> None:
    ledger = sealed()
    ledger.vault.parts["2026-01-02", 0] = text
    assert "seal" in {each.check for each in ledger.prove().breaches}


@pytest.mark.parametrize("row", ["FOLD#1", "CHAIN#1"])
@pytest.mark.parametrize("changes", [{"hash": None}, {"height": "x", "entries": 7}, {"extra": 1.5}])
def test_a_chain_that_cannot_be_read_is_a_breach_and_the_others_are_checked(
    row: str, changes: dict[str, Any]
) -> None:
    ledger = sealed()
    key = next(key for key in ledger.table._items if key.pk == row)
    item = ledger.table._items[key]
    for name, value in changes.items():
        item[name] = {"N": str(value)} if value is not None else {}
        if value is None:
            del item[name]
        elif isinstance(value, str):
            item[name] = {"S": value}
    found = {each.check for each in ledger.prove().breaches}
    assert "chain" in found


def test_the_last_seals_cannot_be_hidden() -> None:
    ledger = sealed(3)
    del ledger.vault.seals["2026-01-04"], ledger.vault.seals["2026-01-03"]
    assert [each.detail for each in ledger.prove().breaches] == ["2026-01-03 is not sealed"]
    del ledger.vault.seals["2026-01-02"]
    assert [each.detail for each in ledger.prove().breaches] == ["2026-01-02 is not sealed"]


def test_a_seal_in_the_middle_cannot_be_hidden() -> None:
    ledger = sealed(3)
    del ledger.vault.seals["2026-01-03"]
    assert "2026-01-03 is not sealed" in {each.detail for each in ledger.prove().breaches}


def test_a_day_is_due_three_hours_after_its_end() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.fold()
    ledger.now = START.replace(day=3, hour=2, minute=59)
    assert ledger.prove().breaches == ()
    ledger.tick(minutes=2)
    assert [each.detail for each in ledger.prove().breaches] == ["2026-01-02 is not sealed"]


def test_a_seal_made_during_a_proof_is_no_breach() -> None:
    ledger = sealed(1)
    for number in range(8):
        ledger.hear(captured(100, payment=f"q{number}"), f"n{number}")
    days = ledger.vault.days

    def sealed_meanwhile() -> list[str]:
        ledger.vault.days = days  # type: ignore[method-assign]
        known = days()
        ledger.fold()
        ledger.tick(days=1)
        ledger.seal()
        return known

    ledger.vault.days = sealed_meanwhile  # type: ignore[method-assign]
    assert ledger.prove().breaches == ()


def test_an_export_left_by_a_crash_must_be_the_same_again() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.tick(days=1)
    ledger.vault.parts["2026-01-02", 0] = "another"
    with pytest.raises(LedgerBroken, match="another export of 2026-01-02"):
        ledger.seal()
    assert ledger.vault.days() == []


def test_a_close_stands_in_the_next_seal() -> None:
    ledger = sealed(1)
    by = Authorship(actor=Person("operator", "ann"), reason="the day is done")
    close_period(START.date(), by, journal=ledger.journal, cause=ledger.cause("c"))
    ledger.hear(captured(payment="late"), "late")
    ledger.tick(days=1)
    (day,) = ledger.seal()
    assert '"closed_through":"2026-01-02"' in ledger.vault.seals[day].document


class CountedRow(dict[str, Any]):
    """A row that knows how many of its kind are held."""

    held = 0
    most = 0

    def __init__(self, row: Row) -> None:
        super().__init__(row)
        CountedRow.held += 1
        CountedRow.most = max(CountedRow.most, CountedRow.held)

    def __del__(self) -> None:
        CountedRow.held -= 1


class CountingTable(MemoryTable):
    """Scans lazily, as the real one does, and hands out counted rows."""

    def scan(self, *, sk: str) -> Any:
        return (CountedRow(self._row(key)) for key in list(self._items) if key.sk == sk)

    def get_many(self, keys: Any) -> Any:
        return (CountedRow(row) for row in super().get_many(keys))

    def partition(self, pk: str, *, sk_prefix: str = "", sk_from: str = "") -> Any:
        keys = sorted((key for key in self._items if key.pk == pk), key=lambda key: key.sk)
        wanted = (key for key in keys if key.sk.startswith(sk_prefix) and key.sk >= sk_from)
        return (CountedRow(self.get(key) or {}) for key in wanted)


def most_held(batches: int) -> int:
    ledger = Ledger(table=CountingTable())
    for batch in range(batches):
        for number in range(100):
            ledger.hear(authorized(500, payment=f"p{batch}_{number}"), f"m{batch}_{number}")
        ledger.fold()
        ledger.tick(hours=1)
    CountedRow.held = CountedRow.most = 0
    ledger.seal()
    proof = ledger.prove()
    assert (proof.entries, proof.breaches) == (batches * 100, ())
    return CountedRow.most


def test_sealing_and_proving_hold_a_few_rows_however_many_entries_there_are() -> None:
    """One part of an export at a time is the most, however many parts and days there are."""
    few, many = most_held(30), most_held(70)
    assert min(few, many) > PART_ENTRIES
    assert max(few, many) < PART_ENTRIES + 100


def test_what_is_told_twice_is_suspected() -> None:
    repeats = Repeats()
    for number in range(10_000):
        repeats.add(f"cause {number}")
    assert repeats.suspects() == frozenset()
    repeats.add("cause 77")
    suspects = repeats.suspects()
    assert is_suspect("cause 77", suspects)
    assert not is_suspect("cause 78", suspects)


def test_the_key_of_an_entry_is_its_announcement_s() -> None:
    ledger = sealed(1)
    row = dict(next(iter(ledger.journal.rows())))
    other = next(iter(r for r in ledger.journal.rows() if r["pk"] != row["pk"]))
    ledger.table.overwrite({**row, "Payload": other["Payload"]})
    assert "entry" in {each.check for each in ledger.prove().breaches}
    assert ledger.table.get(Key(str(row["pk"]), "ENTRY")) is not None
