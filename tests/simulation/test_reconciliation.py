"""Whatever the reports say and whoever is killed: the books say what waits and what is unexplained.

The auditor of it can fail: each check is shown a corruption that it finds.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.simulation.audit_reconciliation import (
    RECONCILIATION_CHECKS,
    audit,
    evidence,
    findings,
)
from tests.simulation.evidence import Evidence, Plain
from tests.simulation.reconciled import ReconciledWorld
from tests.simulation.settlement import Plan, Truth
from tests.simulation.stories import OF_REPORTS, Story, crashed, effects, story_called, told
from tests.simulation.watch_books import BooksWatch

SEEDS = range(12)
PARTS = 50
"""In `make test` one of so many places; `make simulate` kills at each."""

type Found = tuple[Evidence, Truth]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_wrong_with_the_reports_is_found_and_nothing_else(seed: int) -> None:
    """With every fault of the network: what was settled wrong is the only thing that is wrong."""
    world = ReconciledWorld(seed)
    world.run()
    assert audit(world) == []


def test_every_wrong_is_found_in_the_class_that_it_is() -> None:
    classes: set[str] = set()
    for story in OF_REPORTS:
        found, truth = evidence(told(story))
        assert findings(found, truth) == [], story.name
        classes |= {
            standing["kind"] for record in found.records.values() for standing in record["standing"]
        }
    assert classes == {
        "matched",
        "missing_external",
        "missing_internal",
        "amount_mismatch",
        "currency_mismatch",
        "fee_mismatch",
        "status_mismatch",
        "duplicate",
        "split",
        "timing",
        "unknown_type",
        "fee_only",
    }


@pytest.mark.parametrize("story", OF_REPORTS, ids=[story.name for story in OF_REPORTS])
def test_a_worker_killed_in_the_middle_of_a_reconciliation_changes_nothing(story: Story) -> None:
    part = len(story.name) % PARTS
    wrong = [str(killed) for killed in crashed(story, part=part, parts=PARTS) if killed.findings]
    assert not wrong, "\n".join(wrong)


def test_the_places_cover_every_kind_of_call_of_a_reconciliation() -> None:
    kinds: set[str] = set()
    for story in OF_REPORTS:
        world = told(story)
        kinds |= {world.calls.places[number - 1].partition(" ")[2] for number in effects(story)}
    assert {"accounting.commit", "payments.commit", "bus.put", "accounting.update"} <= kinds


LATE = "a line comes late, after a person has explained it"


@cache
def finished() -> Found:
    """Two captures are missing, of which two persons explain the large one; a payout is off."""
    rich = story_called("a large capture is missing, and two persons explain it")
    other = story_called("a refund in two lines, in a payout that is rounded")
    world = ReconciledWorld(
        1,
        lives=(*rich.lives, *other.lives),
        rates={},
        plan=Plan(wrongs={"capture": "missing"}, off=250, strangers=("capture",)),
        habits=rich.habits,
    )
    world.run()
    return evidence(world)


def last_items(found: Evidence, kind: str) -> tuple[list[Plain], Plain]:
    """The items of a record's last look in which one of that kind is, and it."""
    for name, record in found.records.items():
        for item in found.items.get(record.get("looked_at_by", ""), {}).get(name, ()):
            if item["kind"] == kind:
                return found.items[record["looked_at_by"]][name], item
    raise AssertionError(kind)


def in_two_classes(found: Evidence, _: Truth) -> None:
    items, item = last_items(found, "matched")
    items.append({**item, "kind": "timing"})


def totals_off(found: Evidence, _: Truth) -> None:
    run = next(run for run in found.runs.values() if "matched" in run["totals"])
    run["totals"]["matched"][0] += 1


def line_not_taken_up(found: Evidence, _: Truth) -> None:
    items, item = last_items(found, "missing_internal")
    items.remove(item)


def payout_off(found: Evidence, truth: Truth) -> None:
    currency, net, sent = truth.payouts["po_000001"]
    truth.payouts["po_000001"] = currency, net, sent + 1


def never_proved_as_sent(found: Evidence, _: Truth) -> None:
    for run in found.runs.values():
        for row in run["payouts"]:
            row[3] = None


def proved_without_a_line(found: Evidence, _: Truth) -> None:
    for run in found.runs.values():
        for row in run["payouts"]:
            row[1:3] = row[1] - 1, row[2] - 777


def suspense_unexplained(found: Evidence, truth: Truth) -> None:
    truth.wrong["op_x/capture"] = "missing"
    truth.moved["op_x/capture"] = "EUR", 100


def called_otherwise(found: Evidence, _: Truth) -> None:
    last_items(found, "missing_external")[1]["kind"] = "fee_mismatch"


def expected_for_ever(found: Evidence, _: Truth) -> None:
    for listed in found.items.values():
        for items in listed.values():
            for item in items:
                if item["kind"] == "expected":
                    item["operations"][0][4] = "2025-01-01"


def missing_at_once(found: Evidence, _: Truth) -> None:
    for listed in found.items.values():
        for items in listed.values():
            for item in items:
                if item["kind"] == "expected":
                    item["kind"] = "missing_external"


def agreed_by_himself(found: Evidence, _: Truth) -> None:
    entry = next(
        each
        for each in found.entries
        if each["document"]["data"]["fact"] == "DiscrepancyResolved" and len(each["by"]) > 3
    )
    entry["by"][3:] = entry["by"][:2]


def for_no_reason(found: Evidence, _: Truth) -> None:
    entry = next(
        each for each in found.entries if each["document"]["data"]["fact"] == "DiscrepancyResolved"
    )
    entry["by"][2] = ""


def settled_and_not_said(found: Evidence, truth: Truth) -> None:
    name = next(name for name, each in found.payments.items() if each["status"] == "captured")
    taken = next(each for each in found.operations(name) if each["operation"] == "capture")
    line = replace(truth.lines[0][1], kind="capture", operation=taken, gross=taken["amount"])
    truth.lines.append((taken["currency"], line))


def said_before_it_is_settled(found: Evidence, _: Truth) -> None:
    payment = next(each for each in found.payments.values() if each["status"] == "captured")
    payment["status"] = "settled"


CORRUPTIONS: list[tuple[Callable[[Evidence, Truth], Any], str]] = [
    (in_two_classes, "R1"),
    (totals_off, "R1"),
    (line_not_taken_up, "R1"),
    (payout_off, "R2"),
    (never_proved_as_sent, "R2"),
    (proved_without_a_line, "R2"),
    (suspense_unexplained, "R3"),
    (called_otherwise, "R4"),
    (expected_for_ever, "R5"),
    (missing_at_once, "R5"),
    (agreed_by_himself, "R6"),
    (for_no_reason, "R6"),
    (settled_and_not_said, "S6"),
    (said_before_it_is_settled, "S6"),
]


def test_a_reconciled_world_without_corruption_has_no_findings() -> None:
    assert findings(*finished()) == []


def test_a_run_that_waits_for_its_end_may_have_proved_a_payout_before_it_was_sent() -> None:
    """What it proved is what had come by then; it is the last to complete, and not to prove."""
    found, truth = deepcopy(finished())
    found.forget()
    last = max(found.runs.values(), key=lambda run: str(run["completed_at"]))
    proved = next(row for run in found.runs.values() for row in run["payouts"])
    name, lines, net, _, returned, currency = proved
    last["payouts"] = [[name, lines, net, None, returned, currency]]
    assert findings(found, truth) == []


@pytest.mark.parametrize(
    ("corrupt", "rule"), CORRUPTIONS, ids=[corrupt.__name__ for corrupt, _ in CORRUPTIONS]
)
def test_the_auditor_finds(corrupt: Callable[[Evidence, Truth], Any], rule: str) -> None:
    found, truth = deepcopy(finished())
    found.forget()
    corrupt(found, truth)
    assert rule in {finding.rule for finding in findings(found, truth)}


def test_no_check_is_without_a_corruption_that_it_finds() -> None:
    assert {rule for _, rule in CORRUPTIONS} == set(RECONCILIATION_CHECKS)


@pytest.mark.parametrize("account", ["1100", "1900"])
def test_the_watch_sees_a_cent_that_is_in_no_item(
    account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the step at which it is booked, not at the end."""
    written = BooksWatch.written

    def one_more(self: BooksWatch, table: str, after: Any) -> None:
        if after is not None and "postings" in after and f"{account} " in after["postings"]["S"]:
            more = f"{after['postings']['S']};D{account} 1 EUR;C5900 1 EUR"
            after = {**after, "postings": {"S": more}}
        written(self, table, after)

    monkeypatch.setattr(BooksWatch, "written", one_more)
    world = told(story_called(LATE))
    assert {finding.rule for finding in world.books.findings} == {"open"}
    assert any(account in finding.what for finding in world.books.findings)
