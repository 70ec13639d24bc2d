"""Whatever the bank does with payouts and its statements, the books say what is in transit.

The auditor of it can fail: each check is shown a corruption that it finds.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.simulation.audit_bank import BANK_CHECKS
from tests.simulation.audit_ledger import lines
from tests.simulation.audit_reconciliation import evidence, findings
from tests.simulation.evidence import Evidence, Plain
from tests.simulation.reconciled import ReconciledWorld
from tests.simulation.settled_books import fact_of, last_items
from tests.simulation.settlement import Truth
from tests.simulation.stories import OF_THE_BANK, Story, crashed, story_called, told
from tests.simulation.watch_books import BooksWatch

PARTS = 100
"""In `make test` one of so many places; `make simulate` kills at each."""
SHORT = "a payout comes short, and another one twice"

type Found = tuple[Evidence, Truth]


def test_payouts_end_in_every_class_that_the_bank_can_bring_about() -> None:
    classes: set[str] = set()
    for story in OF_THE_BANK:
        found, truth = evidence(told(story))
        assert findings(found, truth) == [], story.name
        classes |= {item["kind"] for item in last_items(found, of_bank=True)}
    assert classes == {
        "matched",
        "missing_external",
        "missing_internal",
        "amount_mismatch",
        "currency_mismatch",
        "duplicate",
        "split",
    }


@pytest.mark.parametrize("story", OF_THE_BANK, ids=[story.name for story in OF_THE_BANK])
def test_a_worker_killed_while_payouts_arrive_changes_nothing(story: Story) -> None:
    part = len(story.name) % PARTS
    wrong = [str(killed) for killed in crashed(story, part=part, parts=PARTS) if killed.findings]
    assert not wrong, "\n".join(wrong)


def test_a_payout_that_nobody_looks_for_is_in_transit() -> None:
    """A house without statements: nothing is missing, and nothing has arrived."""
    story = story_called(SHORT)
    world = ReconciledWorld(1, lives=story.lives, rates={}, plan=story.plan, habits=story.habits)
    world.run()
    found, truth = evidence(world)
    assert findings(found, truth) == []
    assert not last_items(found, of_bank=True)
    assert not any(line.account == "1000" for each in found.entries for line in lines(each))


@cache
def finished() -> Found:
    """A payout is short, another one came twice, and an entry is nobody's."""
    story = story_called(SHORT)
    found = evidence(told(replace(story, habits=replace(story.habits, resolves=0.0))))
    assert findings(*found) == []
    return found


def item_of(found: Evidence, kind: str) -> Plain:
    return next(item for item in last_items(found, of_bank=True) if item["kind"] == kind)


def entry_of(found: Evidence, fact: str) -> Plain:
    return next(entry for entry in found.entries if fact_of(entry) == fact)


def one_more_at_the_bank(found: Evidence, _: Truth) -> None:
    entry = entry_of(found, "BankLineBooked")
    entry["postings"] += ";D1000 1 EUR;C5900 1 EUR"


def booked_twice(found: Evidence, _: Truth) -> None:
    found.entries.append(entry_of(found, "BankLineBooked"))


def still_in_transit(found: Evidence, _: Truth) -> None:
    entry = entry_of(found, "PayoutArrived")
    entry["postings"] = entry["postings"].replace("po_00000", "po_90000")


def in_suspense_for_another_one(found: Evidence, _: Truth) -> None:
    entry = next(
        entry
        for entry in found.entries
        if fact_of(entry) == "DiscrepancyFound"
        and entry["document"]["data"]["reference"] == "arrival:po_000001"
    )
    entry["document"]["data"]["reference"] = "arrival:po_000002"


def never_told(found: Evidence, _: Truth) -> None:
    found.outbox.remove(next(row for row in found.outbox if row["Type"] == "BankLineBooked"))


def never_written(_: Evidence, truth: Truth) -> None:
    booking = truth.bank.bookings[0]
    truth.bank.bookings[0] = replace(booking, booked_on="2026-02-01")


def refused_in_silence(_: Evidence, truth: Truth) -> None:
    truth.bank.refused += 1


def contradicted_in_silence(_: Evidence, truth: Truth) -> None:
    truth.bank.contradicted += 1


def of_another_payout(_: Evidence, truth: Truth) -> None:
    at = next(n for n, each in enumerate(truth.bank.bookings) if each.payout == "po_000001")
    truth.bank.bookings[at] = replace(truth.bank.bookings[at], payout="po_000002")


def of_nobody(_: Evidence, truth: Truth) -> None:
    at = next(n for n, each in enumerate(truth.bank.bookings) if each.payout == "po_000001")
    truth.bank.bookings[at] = replace(truth.bank.bookings[at], payout="")


def left_alone(_: Evidence, truth: Truth) -> None:
    """Nobody had explained it, and its payout had not arrived."""
    at = next(n for n, each in enumerate(truth.bank.bookings) if not each.payout)
    truth.bank.bookings[at] = replace(truth.bank.bookings[at], payout="po_000001")


def called_otherwise(found: Evidence, _: Truth) -> None:
    item_of(found, "amount_mismatch")["kind"] = "split"


def arrival_told_twice(found: Evidence, _: Truth) -> None:
    found.outbox.append(next(row for row in found.outbox if row["Type"] == "PayoutArrived"))


def arrival_not_moved(found: Evidence, _: Truth) -> None:
    found.entries.remove(entry_of(found, "PayoutArrived"))


CORRUPTIONS: list[tuple[Callable[[Evidence, Truth], Any], str]] = [
    (one_more_at_the_bank, "B1"),
    (booked_twice, "B1"),
    (still_in_transit, "B2"),
    (in_suspense_for_another_one, "B2"),
    (never_told, "B3"),
    (never_written, "B3"),
    (refused_in_silence, "B3"),
    (contradicted_in_silence, "B3"),
    (of_another_payout, "B4"),
    (of_nobody, "B4"),
    (left_alone, "B4"),
    (called_otherwise, "B4"),
    (arrival_told_twice, "B5"),
    (arrival_not_moved, "B5"),
]


@pytest.mark.parametrize(
    ("corrupt", "rule"), CORRUPTIONS, ids=[corrupt.__name__ for corrupt, _ in CORRUPTIONS]
)
def test_the_auditor_finds(corrupt: Callable[[Evidence, Truth], Any], rule: str) -> None:
    found, truth = deepcopy(finished())
    found.forget()
    corrupt(found, truth)
    assert list(BANK_CHECKS[rule](found, truth))


def test_no_check_of_the_bank_is_without_a_corruption_that_it_finds() -> None:
    assert {rule for _, rule in CORRUPTIONS} == set(BANK_CHECKS)


def test_an_entry_of_the_bank_in_two_records_is_in_two_classes() -> None:
    found, truth = deepcopy(finished())
    item = item_of(found, "missing_internal")
    name = next(n for n, record in found.records.items() if n.startswith("transit:"))
    found.items[found.records[name]["looked_at_by"]][name].append(item)
    assert "R1" in {finding.rule for finding in findings(found, truth)}


@pytest.mark.parametrize("account", ["1220", "1900"])
def test_the_watch_sees_a_cent_that_nothing_is_in_transit_for(
    account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = BooksWatch.written

    def one_more(self: BooksWatch, table: str, after: Any) -> None:
        text = "" if after is None else after.get("postings", {}).get("S", "")
        if "1000 " in text:
            after = {**after, "postings": {"S": f"{text};D{account} 1 EUR unknown;C5900 1 EUR"}}
        written(self, table, after)

    monkeypatch.setattr(BooksWatch, "written", one_more)
    world = told(story_called(SHORT))
    assert {finding.rule for finding in world.books.findings} == {"open"}
    assert any(account in finding.what for finding in world.books.findings)
