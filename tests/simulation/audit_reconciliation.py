"""The reconciliation, audited: R1 to R6, against what the provider did and wrote; with B1 to B5,
against what the bank did.

It looks at rows and messages alone: what each run found, the records, the entries, and the truth
of whoever wrote the reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from typing import Any, Final

from tests.simulation.audit import CHECKS, evidence_of
from tests.simulation.audit_bank import (
    ARRIVES_WITHIN_DAYS,
    BANK_CHECKS,
    EARLY_DAYS,
    payouts_looked_for,
    suspense_of_the_bank,
)
from tests.simulation.audit_chain import entry_id
from tests.simulation.audit_ledger import lines
from tests.simulation.audit_settled import (
    s6_a_payment_says_settled_when_all_it_took_was_paid_out,
)
from tests.simulation.evidence import Evidence, Finding, Plain
from tests.simulation.reconciled import ReconciledWorld
from tests.simulation.reports import DIGITS
from tests.simulation.settled_books import (
    RESOLVED,
    adjusted_for,
    bank_lines,
    booked_operations,
    explained_by_hand,
    fact_of,
    last_items,
    left_in_clearing,
    settled_lines,
)
from tests.simulation.settled_truth import Key, expected_classes, expected_suspense, told_lines
from tests.simulation.settlement import Truth
from tests.simulation.watch_books import EXPLAINED, item_id, residual

SETTLED_WITHIN_DAYS: Final = 3
ALONE_MAX: Final = 1_000
"""Whole units of a currency, above which a second person has to agree."""

type Check = Callable[[Evidence, Truth], Iterator[str]]


def audit(world: ReconciledWorld) -> list[Finding]:
    """Everything that is wrong with a reconciled world: nothing, if all is well."""
    return [*world.watch.findings, *world.books.findings, *findings(*evidence(world))]


def evidence(world: ReconciledWorld) -> tuple[Evidence, Truth]:
    return evidence_of(world), world.settlements.truth


def findings(found: Evidence, truth: Truth) -> list[Finding]:
    wrong = [Finding(rule, what) for rule, check in CHECKS.items() for what in check(found)]
    of_reconciliation = (RECONCILIATION_CHECKS | BANK_CHECKS).items()
    return wrong + [
        Finding(rule, what) for rule, check in of_reconciliation for what in check(found, truth)
    ]


def r1_everything_is_in_exactly_one_class(found: Evidence, truth: Truth) -> Iterator[str]:
    """In each run, and in the last look at each record; what went in has come out."""
    for name, run in found.runs.items():
        if run["stage"] != "completed":
            yield f"{name} stands at {run['stage']}"
        items = [item for listed in found.items.get(name, {}).values() for item in listed]
        parts = _parts(items)
        for part, number in parts.items():
            if number > 1:
                yield f"{part} is in {number} classes of {name}"
        if run["stage"] == "completed" and _counted(items) != _totals(run):
            yield f"{name} has counted {_totals(run)} of {_counted(items)}"
    last = [*last_items(found, of_bank=False), *last_items(found, of_bank=True)]
    known = _parts(last)
    operations = Counter(booked_operations(found)) + payouts_looked_for(found, truth)
    told = Counter(("line", each["line_id"]) for each in settled_lines(found) + bank_lines(found))
    for part in sorted(known.keys() | operations.keys() | told.keys()):
        if known[part] != operations[part] + told[part]:
            yield f"{part} is known {known[part]} times"
    if told_lines(truth) != Counter(
        (each["kind"], each["gross"]["minor"], each["net"]["minor"], each["net"]["currency"])
        for each in settled_lines(found)
    ):
        yield "what was told is not what the provider has written"


def r2_every_payout_is_explained(found: Evidence, truth: Truth) -> Iterator[str]:
    """A line adds up; the lines of a payout, with its rounding, are what was sent."""
    for line in settled_lines(found):
        fees = sum(fee["amount"]["minor"] for fee in line["fees"])
        if line["gross"]["minor"] - fees != line["net"]["minor"]:
            yield f"{line['line_id']} does not add up"
    proved = {row[0]: row for row in sorted(_proofs(found), key=_lines_proved)}
    for name, (currency, net, sent) in truth.payouts.items():
        of_payout = [each for each in settled_lines(found) if each["payout_id"] == name]
        summed = sum(each["net"]["minor"] for each in of_payout if each["kind"] != "payout")
        row = proved.get(name)
        if row is None or (row[2], row[3], row[5]) != (net, sent, currency) or summed != net:
            yield f"{name} is proved as {row}, and is {net} of which {sent} were sent"
        adjusted = adjusted_for(found, f"payout:{name}:{currency}")
        rounded = abs(sent - net) * 2 <= len(of_payout) - 1
        due = {"5900" if rounded else "1900": net - sent, "1200": sent - net}
        if {account: amount for account, amount in adjusted.items() if amount} != {
            account: amount for account, amount in due.items() if amount
        }:
            yield f"{name} is adjusted by {dict(adjusted)} instead of {due}"


def r3_nothing_is_left_in_clearing_and_suspense_is_what_is_unexplained(
    found: Evidence, truth: Truth
) -> Iterator[str]:
    sums: Counter[tuple[str, str]] = Counter()
    for entry in found.entries:
        for line in lines(entry):
            sums[line.account, line.currency] += line.amount
    resolved: Counter[str] = Counter()
    for line in chain.from_iterable(map(lines, explained_by_hand(found))):
        if line.account == "1900":
            resolved[line.currency] += line.amount
    unexplained = expected_suspense(truth)
    unexplained.update(suspense_of_the_bank(found, truth))
    for account, currency in sorted(sums):
        due = unexplained[currency] + resolved[currency] if account == "1900" else 0
        if account in {"1100", "1200", "1900"} and sums[account, currency] != due:
            yield f"{account} in {currency} is {sums[account, currency]}, and should be {due}"
    for name in truth.payouts:
        if left := left_in_clearing(found, name):
            yield f"{left} of {name} are still in clearing"


def r4_what_was_wrong_is_found_and_nothing_else(found: Evidence, truth: Truth) -> Iterator[str]:
    """Both sides as their own sources have them: the class of each is what was done to it."""
    classes: dict[Key, set[str]] = {}
    for item in last_items(found, of_bank=False):
        kind = "right" if item["kind"] == _by_days(item) else item["kind"]
        for operation in item["operations"]:
            classes.setdefault((operation[1], operation[0]), set()).add(kind)
        if not item["operations"]:
            for line in item["lines"]:
                classes.setdefault((line[1], f"line of {line[4]}"), set()).add(kind)
    expected = expected_classes(found, truth)
    for key in sorted(classes.keys() | expected.keys()):
        if classes.get(key) != expected.get(key):
            yield f"{key} is {classes.get(key)}, and should be {expected.get(key)}"
    yield from _told_as_found(found)


def r5_what_waits_is_in_its_time_and_what_is_missing_is_not(
    found: Evidence, truth: Truth
) -> Iterator[str]:
    """In every run, whatever its day."""
    del truth
    for name, run in found.runs.items():
        within = ARRIVES_WITHIN_DAYS if run["provider"] == "bank" else SETTLED_WITHIN_DAYS
        for listed in found.items.get(name, {}).values():
            for item in listed:
                if item["lines"] or not item["operations"]:
                    continue
                waited = _days(item["operations"][0][4], run["day"])
                inside = waited <= within
                late = item["kind"] in {"missing_external", "status_mismatch"}
                if (item["kind"] == "expected" and not inside) or (late and inside):
                    yield f"{item_id(item)} is {item['kind']} after {waited} days in {name}"


def r6_who_explains_has_a_reason_and_above_a_limit_another_one(
    found: Evidence, truth: Truth
) -> Iterator[str]:
    del truth
    for entry in found.entries:
        if fact_of(entry) != RESOLVED:
            continue
        key, name, reason, *second = entry.get("by") or ["", "", ""]
        if not (key and name and reason):
            yield f"{entry_id(entry)} was booked by nobody, or for nothing"
        sums: Counter[str] = Counter()
        for line in lines(entry):
            sums[line.currency] += max(line.amount, 0)
        large = any(
            amount > ALONE_MAX * 10 ** DIGITS.get(currency, 2) for currency, amount in sums.items()
        )
        if large and (not second or second[0] == key or second[1] == name):
            yield f"{entry_id(entry)} was agreed to by {second or 'nobody'} for {name}"


RECONCILIATION_CHECKS: Final[dict[str, Check]] = {
    "R1": r1_everything_is_in_exactly_one_class,
    "R2": r2_every_payout_is_explained,
    "R3": r3_nothing_is_left_in_clearing_and_suspense_is_what_is_unexplained,
    "R4": r4_what_was_wrong_is_found_and_nothing_else,
    "R5": r5_what_waits_is_in_its_time_and_what_is_missing_is_not,
    "R6": r6_who_explains_has_a_reason_and_above_a_limit_another_one,
    "S6": lambda found, truth: s6_a_payment_says_settled_when_all_it_took_was_paid_out(
        found, truth.lines
    ),
}


def _told_as_found(found: Evidence) -> Iterator[str]:
    """The last word on an item is what it is now; each run was told as completed once."""
    said: dict[str, str] = {}
    completed: Counter[str] = Counter()
    for row in sorted(found.outbox, key=lambda row: int(row["document"]["sequence"])):
        data = row["document"]["data"]
        if row["Type"] == "DiscrepancyFound":
            said[data["item_id"]] = data["kind"]
        elif row["Type"] == "DiscrepancyExplained":
            said.pop(data["item_id"], None)
        completed[data.get("reconciliation_id", "")] += row["Type"] == "ReconciliationCompleted"
    unexplained = {
        f"{name}~{standing['item_id']}": standing["kind"]
        for name, record in found.records.items()
        for standing in record["standing"]
        if standing["kind"] not in EXPLAINED and standing["kind"] != "expected"
    }
    for item in sorted(said.keys() | unexplained.keys()):
        if said.get(item) != unexplained.get(item):
            yield f"{item} was told as {said.get(item)} and is {unexplained.get(item)}"
    for name in found.runs:
        if completed[name] != 1:
            yield f"{name} was told {completed[name]} times as completed"


def _proofs(found: Evidence) -> Iterator[list[Any]]:
    """Of all payouts, in the order in which their runs completed."""
    done = [run for run in found.runs.values() if run["stage"] == "completed"]
    for run in sorted(done, key=lambda run: str(run["completed_at"])):
        yield from run["payouts"]


def _lines_proved(row: list[Any]) -> tuple[int, bool]:
    """Lines come and never go: who has proved over more of them, has proved later, however long
    its run then waited for its end.
    """
    return row[1], row[3] is not None


def _parts(items: list[Plain]) -> Counter[tuple[str, str]]:
    parts: Counter[tuple[str, str]] = Counter()
    for item in items:
        parts.update((each[1], each[0]) for each in item["operations"])
        parts.update(("line", each[0]) for each in item["lines"])
    return parts


def _counted(items: list[Plain]) -> dict[str, tuple[int, int]]:
    counted: dict[str, tuple[int, int]] = {}
    for item in items:
        operations, lines_ = counted.get(item["kind"], (0, 0))
        counted[item["kind"]] = (
            operations + len(item["operations"]),
            lines_ + len(item["lines"]),
        )
    return counted


def _totals(run: Plain) -> dict[str, tuple[int, int]]:
    return {kind: (each[0], each[1]) for kind, each in run["totals"].items()}


def _by_days(item: Plain) -> str:
    """What the class is if nothing is wrong: whether it was settled in its time."""
    if len(item["operations"]) != 1 or len(item["lines"]) != 1 or any(residual(item).values()):
        return "matched"
    days = _days(item["operations"][0][4], item["lines"][0][9])
    return "matched" if EARLY_DAYS <= days <= SETTLED_WITHIN_DAYS else "timing"


def _days(first: str, second: str) -> int:
    return (date.fromisoformat(second) - date.fromisoformat(first)).days
