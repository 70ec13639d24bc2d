"""What has come of payouts, audited: B1 to B5, against what the bank has booked and written.

It looks at rows and messages alone. Where a person has explained a payout or an entry before the
other one was heard of, the two stay apart; whatever else stays apart is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from tests.simulation.audit_chain import entry_id
from tests.simulation.audit_ledger import lines
from tests.simulation.evidence import Evidence, Plain
from tests.simulation.settled_books import (
    FOUND,
    bank_lines,
    explained_by_hand,
    fact_of,
    last_items,
)
from tests.simulation.settlement import Truth
from tests.simulation.statements import BankTruth, Booking
from tests.simulation.watch_books import item_id

ARRIVES_WITHIN_DAYS: Final = 5
EARLY_DAYS: Final = -1
LAST_DAY: Final = "9999-12-31"

type Sums = Counter[tuple[str, str]]
"""By an item, or an account, and currency."""


class Seen(NamedTuple):
    """A payout as the last look at it has left it: its items, and the bank's entries in them."""

    items: list[Plain]
    given: list[Booking]


def b1_the_books_say_what_the_bank_has(found: Evidence, truth: Truth) -> Iterator[str]:
    has: Counter[str] = Counter()
    for booking in truth.bank.bookings:
        has[booking.currency] += booking.amount
    books: Counter[str] = Counter()
    for entry in found.entries:
        for line in lines(entry):
            if line.account == "1000":
                books[line.currency] += line.amount
    for currency in sorted(has.keys() | books.keys()):
        if has[currency] != books[currency]:
            yield f"the bank has {has[currency]} {currency}, and the books {books[currency]}"


def b2_what_is_in_transit_has_not_arrived(found: Evidence, truth: Truth) -> Iterator[str]:
    """A payout is in transit while it is expected; what it differs by then is in suspense."""
    transit = _in_transit(found)
    seen = _seen(found, truth.bank)
    due: Sums = Counter(
        {(payout, currency): sent for payout, (currency, _, sent) in truth.payouts.items()}
    )
    for payout, (currency, sent, _) in truth.bank.sent.items():
        at = seen[payout]
        left = Counter({currency: sent})
        left.subtract(_sum(at.given))
        if _waits(at):
            left.clear()
        else:
            due[payout, currency] = 0
        suspended = _suspended(found, {item_id(each) for each in at.items})
        if {key: each for key, each in left.items() if each} != suspended:
            yield f"{payout} is in suspense with {suspended} instead of {dict(left)}"
    for key in sorted(transit.keys() | due.keys()):
        if transit[key] != due[key]:
            yield f"{key} in transit is {transit[key]}, and should be {due[key]}"


def b3_what_the_bank_has_written_is_told_once(found: Evidence, truth: Truth) -> Iterator[str]:
    """As it was first written, however often; what cannot be true is put aside and said so."""
    told = Counter(
        (each["reference"], each["amount"]["minor"], each["amount"]["currency"], each["booked_on"])
        for each in bank_lines(found)
    )
    has = Counter(
        (each.name, each.amount, each.currency, each.booked_on) for each in truth.bank.bookings
    )
    for key in sorted(told.keys() | has.keys()):
        if told[key] != has[key]:
            yield f"{key} was told {told[key]} times instead of {has[key]}"
    refused = contradicted = 0
    for row in found.outbox:
        data = row["document"]["data"]
        if data.get("provider") == "bank":
            contradicted += row["Type"] == "SettlementContradicted"
            ended = row["Type"] == "SettlementReportRead"
            refused += ended and bool(data["refusal"] or data["refused"])
    if (refused, contradicted) != (truth.bank.refused, truth.bank.contradicted):
        yield f"{refused} files refused and {contradicted} entries contradicted"


def b4_each_entry_is_its_own_payouts(found: Evidence, truth: Truth) -> Iterator[str]:
    """Whose an entry is, and of what class what it was given to."""
    seen, by_hand, unclear = _seen(found, truth.bank), _by_hand(found), _unclear(truth.bank)
    alone = _alone(found)
    for booking in truth.bank.bookings:
        item = alone.get(booking.name)
        if (booking.currency, booking.amount) in unclear:
            continue
        given = booking in seen[booking.payout].given
        if item is not None and item["kind"] != "missing_internal":
            yield f"{booking.name} is alone and {item['kind']}"
        if given != (item is None) or (given and not booking.payout):
            yield f"{booking.name} is not where it belongs: {booking.payout or 'nobody'}"
        if item is None or not booking.payout:
            continue
        explained = {item_id(item), f"arrival:{booking.payout}"} & by_hand
        if not explained and not _stays_alone(booking, truth.bank, seen[booking.payout].given):
            yield f"{booking.name} is alone, and {booking.payout}'s"
    for payout, (currency, sent, _) in truth.bank.sent.items():
        kinds = Counter(str(item["kind"]) for item in seen[payout].items)
        allowed = _classes(payout, seen[payout].given, truth.bank)
        if seen[payout].items and (currency, sent) not in unclear and kinds not in allowed:
            yield f"{payout} is {dict(kinds)} with {seen[payout].given}"


def b5_every_arrival_is_told_and_moved_once(found: Evidence, truth: Truth) -> Iterator[str]:
    told = Counter(
        (each["payout_id"], each["line_id"], each["amount"]["minor"])
        for row in found.outbox
        if row["Type"] == "PayoutArrived"
        for each in (row["document"]["data"],)
    )
    moved = Counter(
        (each["payout_id"], each["document"]["data"]["reference"])
        for each in found.entries
        if fact_of(each) == "PayoutArrived"
    )
    given = {
        (line[8], line[0], line[5][0])
        for item in last_items(found, of_bank=True)
        for line in item["lines"]
        if line[8]
    }
    if told != Counter(given) or moved != Counter(key[:2] for key in given):
        yield f"given are {sorted(given)}, told {dict(told)}, and moved {dict(moved)}"
    del truth


BANK_CHECKS: Final[dict[str, Callable[[Evidence, Truth], Iterator[str]]]] = {
    "B1": b1_the_books_say_what_the_bank_has,
    "B2": b2_what_is_in_transit_has_not_arrived,
    "B3": b3_what_the_bank_has_written_is_told_once,
    "B4": b4_each_entry_is_its_own_payouts,
    "B5": b5_every_arrival_is_told_and_moved_once,
}


def payouts_looked_for(found: Evidence, truth: Truth) -> Counter[tuple[str, str]]:
    """Every payout, once the bank has said anything: before that only who is asked looks."""
    payouts = truth.bank.sent if bank_lines(found) else _seen(found, truth.bank)
    return Counter(("arrival", payout) for payout in payouts)


def suspense_of_the_bank(found: Evidence, truth: Truth) -> Counter[str]:
    """By currency: all that was sent and is not expected any more, less all that has come."""
    seen = _seen(found, truth.bank)
    sums: Counter[str] = Counter()
    for payout, (currency, sent, _) in truth.bank.sent.items():
        if not _waits(seen[payout]):
            sums[currency] += sent
    sums.subtract(_sum(truth.bank.bookings))
    return sums


def _seen(found: Evidence, bank: BankTruth) -> dict[str, Seen]:
    bookings = {booking.name: booking for booking in bank.bookings}
    names = _names(found)
    seen: defaultdict[str, Seen] = defaultdict(lambda: Seen([], []))
    for item in last_items(found, of_bank=True):
        whose = [each[5] for each in item["operations"]] + [each[8] for each in item["lines"]]
        if whose[0]:
            seen[whose[0]].items.append(item)
            seen[whose[0]].given.extend(bookings[names[line[0]]] for line in item["lines"])
    return seen


def _names(found: Evidence) -> dict[str, str]:
    """The bank's own name of each entry, by ours."""
    return {each["line_id"]: each["reference"] for each in bank_lines(found)}


def _waits(seen: Seen) -> bool:
    return not seen.items or any(item["kind"] == "expected" for item in seen.items)


def _sum(bookings: Iterable[Booking]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for booking in bookings:
        sums[booking.currency] += booking.amount
    return sums


def _in_transit(found: Evidence) -> Sums:
    """What is booked on the items of payouts in transit."""
    sums: Sums = Counter()
    for entry in found.entries:
        for part in filter(None, entry.get("postings", "").split(";")):
            head, minor, currency, *item = part.split(" ")
            if head[1:] == "1220":
                whose = item[0] if item else entry["payout_id"]
                sums[whose, currency] += int(minor) if head[0] == "D" else -int(minor)
    return sums


def _suspended(found: Evidence, items: set[str]) -> dict[str, int]:
    """What stands in suspense for items, without what persons have explained of it."""
    ours = {
        entry_id(entry)
        for entry in found.entries
        if entry["document"]["data"]["reference"] in items and fact_of(entry) == FOUND
    }
    sums: Counter[str] = Counter()
    for entry in found.entries:
        if entry_id(entry) in ours or entry.get("reverses") in ours:
            for line in lines(entry):
                if line.account == "1900":
                    sums[line.currency] += line.amount
    return {currency: minor for currency, minor in sums.items() if minor}


def _by_hand(found: Evidence) -> set[str]:
    """The items that persons have explained."""
    return {str(each["document"]["data"]["reference"]) for each in explained_by_hand(found)}


def _alone(found: Evidence) -> dict[str, Plain]:
    """Entries in a record of their own, by the bank's name."""
    names = _names(found)
    return {
        names[line[0]]: item
        for item in last_items(found, of_bank=True)
        for line in item["lines"]
        if not line[8]
    }


def _unclear(bank: BankTruth) -> set[tuple[str, int]]:
    """What somebody else has sent alike and not been given, where an amount is the only name."""
    first: dict[str, str] = {}
    for booking in bank.bookings:
        first.setdefault(booking.payout, booking.booked_on)
    unclear = {(each.currency, each.amount) for each in bank.bookings if not each.payout}
    for name, wrong in bank.wrong.items():
        for other, (currency, sent, _) in bank.sent.items():
            alike = (currency, sent) == bank.sent[name][:2]
            given = bank.in_order and first.get(other, LAST_DAY) < first.get(name, LAST_DAY)
            if "nameless" in wrong and other != name and alike and not given:
                unclear.add((currency, sent))
    return unclear & {each[:2] for each in bank.sent.values()}


def _stays_alone(booking: Booking, bank: BankTruth, given: list[Booking]) -> bool:
    """Without a name it came too late; or its payout had arrived already."""
    currency, sent, _ = bank.sent[booking.payout]
    return bank.wrong.get(booking.payout) == "nameless late" or _sum(given)[currency] == sent


def _classes(payout: str, given: list[Booking], bank: BankTruth) -> list[Counter[str]]:
    """What the items of a payout may be, that has been given these entries."""
    currency, sent, day = bank.sent[payout]
    if not given:
        return [Counter(["expected"]), Counter(["missing_external"])]
    if bank.wrong.get(payout) == "nameless late":
        return []
    exact = [each for each in given if (each.currency, each.amount) == (currency, sent)]
    more = Counter({"duplicate": len(exact) - 1})
    if exact:
        return [Counter([_timed(each, day)]) + more for each in exact]
    if len(given) == 1:
        return [
            Counter(["amount_mismatch" if given[0].currency == currency else "currency_mismatch"])
        ]
    return [Counter(["split"])] if _sum(given)[currency] == sent else []


def _timed(booking: Booking, sent_on: str) -> str:
    days = (date.fromisoformat(booking.booked_on) - date.fromisoformat(sent_on)).days
    return "matched" if EARLY_DAYS <= days <= ARRIVES_WITHIN_DAYS else "timing"
