"""The books, audited: L1 to L9 (but L4: `audit_chain.py`), recomputed from the stored rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tests.simulation.audit_chain import entry_id, members
from tests.simulation.evidence import Evidence, Plain

HIGHEST: Final = {"2120": 0, "5910": 1_000_000}
"""What the debits less the credits of a limited account may reach at most: customers' credit is
never below nothing, and goodwill has an end.
"""


class Line(NamedTuple):
    """One posting: its side as a sign, debit being positive."""

    account: str
    amount: int
    currency: str


def lines(entry: Plain, of: str = "postings") -> list[Line]:
    """The postings of an entry, or what it holds: `D1100 3998 EUR;C4000 3998 EUR`."""
    found = []
    for part in filter(None, entry.get(of, "").split(";")):
        head, minor, currency, *_ = part.split(" ")
        sign = {"D": 1, "C": -1}[head[0]]
        found.append(Line(head[1:], sign * int(minor), currency))
    return found


def l1_every_entry_balances(evidence: Evidence) -> Iterator[str]:
    """Debits are credits in each currency; at least two lines, none of nothing."""
    for entry in evidence.entries:
        sums: Counter[str] = Counter()
        for line in lines(entry):
            sums[line.currency] += line.amount
            if line.amount == 0:
                yield f"{entry_id(entry)} has a line of nothing"
        held = len(lines(entry, "held") or lines(entry, "released"))
        if any(sums.values()) or len(lines(entry)) + held < 2:
            yield f"{entry_id(entry)} does not balance: {entry.get('postings')}"


def l2_the_trial_balance_is_zero(evidence: Evidence) -> Iterator[str]:
    """Over the balances that are kept, and not over the entries: those are L1 and L3."""
    totals: Counter[str] = Counter()
    for lane in evidence.lanes.values():
        for currency, accounts in lane["balances"].items():
            totals[currency] += sum(sums[0] - sums[1] for sums in accounts.values())
    for currency, total in totals.items():
        if total:
            yield f"the trial balance in {currency} is {total}"


def l3_balances_are_the_fold_of_the_entries(evidence: Evidence) -> Iterator[str]:
    """Every entry is folded once, without a gap, and kept balances are their sums."""
    kept: Counter[tuple[str, str, int]] = Counter()
    for lane in evidence.lanes.values():
        for currency, accounts in lane["balances"].items():
            for account, sums in accounts.items():
                kept[currency, account, 1] += sums[0]
                kept[currency, account, -1] += sums[1]
    told: Counter[tuple[str, str, int]] = Counter()
    for entry in evidence.entries:
        for line in lines(entry):
            told[line.currency, line.account, 1 if line.amount > 0 else -1] += abs(line.amount)
    for key in sorted(kept.keys() | told.keys()):
        if kept[key] != told[key]:
            yield f"{key} is kept as {kept[key]} and booked as {told[key]}"
    chained = Counter(name for blocks in evidence.blocks.values() for name, _ in members(blocks))
    if chained != Counter(entry_id(entry) for entry in evidence.entries):
        yield "not every entry is folded exactly once"


def l5_a_hold_ends_once(evidence: Evidence) -> Iterator[str]:
    """Posted in part or whole, or voided: no more than was held, and what was held is free again.

    An authorization is a hold, too: what was let go of is never more than was held.
    """
    stored = {entry_id(entry): entry for entry in evidence.entries}
    ends = Counter(entry["resolves"] for entry in evidence.entries if entry.get("resolves"))
    for name, number in ends.items():
        if number > 1:
            yield f"{name} has ended {number} times"
    for entry in evidence.entries:
        if not entry.get("resolves"):
            continue
        held = _by_place(lines(stored.get(entry["resolves"], {}), "held"))
        if not held or _by_place(lines(entry, "released")) != held:
            yield f"{entry_id(entry)} releases something else than {entry['resolves']} holds"
        if any(part > held[place] for place, part in _by_place(lines(entry)).items()):
            yield f"{entry_id(entry)} posts more than {entry['resolves']} holds"
    memo: Counter[tuple[str, str]] = Counter()
    for entry in evidence.entries:
        for line in lines(entry):
            if line.account == "9000":
                memo[entry.get("payment_id", ""), line.currency] += line.amount
    for (payment, _), left in memo.items():
        if left < 0:
            yield f"{payment} has let go of {-left} more than was authorized"


def l6_declared_limits_hold(evidence: Evidence) -> Iterator[str]:
    """In the end; at every step they are watched. Whatever is held counts as spent."""
    yield from beyond_limits(evidence.entries)


def beyond_limits(entries: Iterable[Plain]) -> Iterator[str]:
    """The declared limits that entries are beyond, by account and currency."""
    posted: Counter[tuple[str, str]] = Counter()
    held: Counter[tuple[str, str, int]] = Counter()
    for entry in entries:
        for line in lines(entry):
            posted[line.account, line.currency] += line.amount
        for of, sign in (("held", 1), ("released", -1)):
            for line in lines(entry, of):
                side = 1 if line.amount > 0 else -1
                held[line.account, line.currency, side] += sign * line.amount
    for account, currency in sorted(set(posted) | {key[:2] for key in held}):
        highest = posted[account, currency] + held[account, currency, 1]
        if account in HIGHEST and highest > HIGHEST[account]:
            yield f"{account} may rise to {highest} {currency}"


def l7_one_cause_is_one_entry(evidence: Evidence) -> Iterator[str]:
    """A part of a reconciliation is the cause of many, each about an item of its own."""
    causes: Counter[tuple[str, ...]] = Counter()
    for entry in evidence.entries:
        document = entry["document"]
        data, of = document["data"], entry.get("payment_id", "")
        many = data["fact"] in {"DiscrepancyFound", "DiscrepancyExplained", "PayoutArrived"}
        item = (of, data["reference"], data["fact"], entry.get("reverses", "")) if many else ()
        causes[document["causationid"], *item] += 1
    for cause, number in causes.items():
        if number > 1:
            yield f"{cause} is booked {number} times"


def l8_a_reversal_mirrors_its_original_once(evidence: Evidence) -> Iterator[str]:
    stored = {entry_id(entry): entry for entry in evidence.entries}
    reversals = [entry for entry in evidence.entries if entry.get("reverses")]
    for name, number in Counter(entry["reverses"] for entry in reversals).items():
        if number > 1:
            yield f"{name} is reversed {number} times"
    for entry in reversals:
        original = stored.get(entry["reverses"])
        if original is None or original.get("reverses"):
            yield f"{entry_id(entry)} reverses what cannot be reversed"
            continue
        mirrored = [line._replace(amount=-line.amount) for line in lines(original)]
        if Counter(mirrored) != Counter(lines(entry)):
            yield f"{entry_id(entry)} is no mirror of {entry['reverses']}"
        if entry["effective_at"] < original["effective_at"]:
            yield f"{entry_id(entry)} is effective before what it reverses"


def l9_nothing_is_booked_before_it_happened(evidence: Evidence) -> Iterator[str]:
    for entry in evidence.entries:
        if entry["OccurredOn"] < entry["effective_at"]:
            yield f"{entry_id(entry)} was booked before it happened"


def _by_place(postings: list[Line]) -> Counter[tuple[str, str, bool]]:
    sums: Counter[tuple[str, str, bool]] = Counter()
    for line in postings:
        sums[line.account, line.currency, line.amount > 0] += abs(line.amount)
    return sums
