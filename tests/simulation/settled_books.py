"""What the books and the messages say of what was settled, summed up by the auditor itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.simulation.audit_chain import entry_id
from tests.simulation.audit_ledger import lines
from tests.simulation.evidence import Evidence, Plain
from tests.simulation.watch_books import CAPTURES, OPERATIONS, SETTLED

FOUND: Final = "DiscrepancyFound"
RESOLVED: Final = "DiscrepancyResolved"
BANKED: Final = "BankLineBooked"
FACTS: Final = {
    "PaymentCaptured": "capture",
    "UnappliedCapture": "capture",
    "CaptureFailed": "capture_reversed",
    "PaymentRefunded": "refund",
    "RefundFailed": "refund_reversed",
    "DisputeOpened": "dispute",
    "DisputeWon": "dispute_reversed",
}


def fact_of(entry: Plain) -> str:
    return str(entry["document"]["data"]["fact"])


def settled_lines(found: Evidence) -> list[Plain]:
    return [row["document"]["data"] for row in found.outbox if row["Type"] == SETTLED]


def bank_lines(found: Evidence) -> list[Plain]:
    return [row["document"]["data"] for row in found.outbox if row["Type"] == BANKED]


def last_items(found: Evidence, *, of_bank: bool) -> list[Plain]:
    """What the last look at each record has found; an entry of the bank that was given to a payout
    has left its own.
    """
    return [
        item
        for name, record in found.records.items()
        if (record["provider"] == "bank") == of_bank and (record["operations"] or record["lines"])
        for item in found.items.get(record.get("looked_at_by", ""), {}).get(name, ())
    ]


def explained_by_hand(found: Evidence) -> list[Plain]:
    """What persons have booked to explain an item, and no later line has taken back."""
    undone = {each["reverses"] for each in found.entries if each.get("reverses")}
    return [
        entry
        for entry in found.entries
        if fact_of(entry) == RESOLVED and entry_id(entry) not in undone
    ]


def booked_operations(found: Evidence) -> Iterator[tuple[str, str]]:
    """What the journal says has moved at the provider: a refund that came back was in clearing."""
    for entry in found.entries:
        kind = FACTS.get(fact_of(entry))
        if kind is None:
            continue
        moved = any(line.account == "1200" for line in lines(entry))
        if kind != "refund_reversed" or moved:
            yield kind, entry["document"]["data"]["reference"]


def adjusted_for(found: Evidence, reference: str) -> Counter[str]:
    """What stands adjusted for a payout, without what a person has explained of it."""
    sums: Counter[str] = Counter()
    ours = {
        entry_id(entry)
        for entry in found.entries
        if entry["document"]["data"]["reference"] == reference and fact_of(entry) == FOUND
    }
    for entry in found.entries:
        if entry_id(entry) in ours or entry.get("reverses") in ours:
            for line in lines(entry):
                sums[line.account] += line.amount
    return sums


def left_in_clearing(found: Evidence, payout: str) -> int:
    """What a payout has left in clearing; the money of refunds and disputes went in by itself."""
    left = 0
    for entry in found.entries:
        reference = entry["document"]["data"]["reference"]
        if entry.get("payout_id") == payout or reference.startswith(f"payout:{payout}:"):
            left += sum(line.amount for line in lines(entry) if line.account == "1200")
    for line in settled_lines(found):
        if line["payout_id"] == payout and line["kind"] in OPERATIONS - CAPTURES:
            left += line["gross"]["minor"]
    return left
