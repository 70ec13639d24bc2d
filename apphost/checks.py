"""What must be true when the demo's two orders have come to their end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apphost.story import CURRENCY, LINES, Story, Told
from client.timeline import roots

RECEIVABLE, REVENUE = "1100", "4000"
MEMO = "9"  # accounts of this class remember what is held: neither owed nor earned
AMOUNT = sum(line["quantity"] * line["unit_amount"] for line in LINES)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    held: bool
    seen: str


def run_checks(story: Story) -> list[Check]:
    return [Check(name, *check(story)) for name, check in CHECKS.items()]


def _paid(story: Story) -> tuple[bool, str]:
    order, payment = story.paid.order, story.paid.payment
    held = (order["status"], payment["status"]) == ("paid", "captured")
    return held, f"order {order['status']}, payment {payment['status']}"


def _declined(story: Story) -> tuple[bool, str]:
    codes = [attempt["decline_code"] for attempt in story.declined.payment["attempts"]]
    order = story.declined.order
    seen = (order["status"], order["failure_code"], *codes)
    held = seen == ("payment_failed", "insufficient_funds", "insufficient_funds")
    return held, f"order {seen[0]} with {seen[1]}, attempts declined with {codes}"


def _one_order(story: Story) -> tuple[bool, str]:
    first, second = story.placed.body["order_id"], story.repeated.body["order_id"]
    replayed = (story.placed.replayed, story.repeated.replayed)
    held = first == second and replayed == (False, True)
    return held, f"{first} and {second}, replayed: {replayed[0]}, {replayed[1]}"


def _booked_once(story: Story) -> tuple[bool, str]:
    wanted = [(RECEIVABLE, "debit", AMOUNT), (REVENUE, "credit", AMOUNT)]
    booked = _postings(story.paid)
    held = sorted(booked) == wanted and not _postings(story.declined)
    sides = {"debit": "Dr", "credit": "Cr"}
    return held, ", ".join(f"{sides[side]} {account} {amount}" for account, side, amount in booked)


def _balanced(story: Story) -> tuple[bool, str]:
    debit, credit = story.balance["total_debit"], story.balance["total_credit"]
    return debit == credit > 0, f"debit {debit}, credit {credit} minor units"


def _truth(story: Story) -> tuple[bool, str]:
    """Order A's money was taken once, and all that was taken, nothing else, is in the books."""
    taken = sum(charge["captured"] for charge in story.charges if charge["currency"] == CURRENCY)
    booked = sum(
        account["balance"] for account in story.balance["accounts"] if account["account"] == REVENUE
    )
    attempts = {attempt["attempt_id"] for attempt in story.paid.payment["attempts"]}
    own = [charge["captured"] for charge in story.charges if charge["reference"] in attempts]
    held = own == [AMOUNT] and taken == booked
    return held, f"taken for order A: {own}, taken in all {taken}, booked {booked}"


def _one_correlation(story: Story) -> tuple[bool, str]:
    found = [{moment.correlation_id for moment in told.timeline.moments} for told in _both(story)]
    return all(len(ids) == 1 for ids in found), " · ".join(", ".join(sorted(ids)) for ids in found)


def _causes_known(story: Story) -> tuple[bool, str]:
    """Only the client's own requests come from outside."""
    outside = [_outside(told) for told in _both(story)]
    held = all(ids == told.requests for ids, told in zip(outside, _both(story), strict=True))
    return held, " · ".join(", ".join(sorted(ids)) for ids in outside)


def _outside(told: Told) -> set[str]:
    return {moment.causation_id for moment in roots(told.timeline.moments)}


def _both(story: Story) -> Sequence[Told]:
    return story.paid, story.declined


def _postings(told: Told) -> list[tuple[str, str, int]]:
    """All that was ever booked for the order but memos."""
    return [
        (posting["account"], posting["side"], posting["amount"])
        for entry in told.entries
        for posting in entry["postings"]
        if not posting["account"].startswith(MEMO)
    ]


CHECKS: dict[str, Callable[[Story], tuple[bool, str]]] = {
    "order A is paid": _paid,
    "order B is refused with its code": _declined,
    "the same POST twice made one order": _one_order,
    "booked once: Dr receivable, Cr revenue": _booked_once,
    "the trial balance is equal on both sides": _balanced,
    "the acquirer's charges equal the ledger": _truth,
    "one correlation id along each order": _one_correlation,
    "every cause is known": _causes_known,
}
