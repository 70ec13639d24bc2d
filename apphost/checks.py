"""What must be true when the demo's day is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apphost.story import CURRENCY, LINES, Charge, Story, Told, payout_of
from client.answers import TrialBalance
from client.timeline import roots

RECEIVABLE, REVENUE, REFUNDS, OWED = "1100", "4000", "4100", "2100"
CLEARING, FEES, UNAPPLIED = "1200", "5000", "2110"
MEMO = "9"  # accounts of this class remember what is held: neither owed nor earned
AMOUNT = sum(line["quantity"] * line["unit_amount"] for line in LINES)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    held: bool
    seen: str


def run_checks(story: Story) -> list[Check]:
    return [Check(name, *check(story)) for name, check in CHECKS.items()]


def earned(balance: TrialBalance) -> int:
    """All that was ever taken, by the books: revenue, and what came too late to be any."""
    return sum(
        account["balance"] if account["account"] == REVENUE else account["credit"]
        for account in balance["accounts"]
        if account["account"] in (REVENUE, UNAPPLIED)
    )


def _paid(story: Story) -> tuple[bool, str]:
    order, payment = story.paid.order, story.paid.payment
    held = (order["status"], payment["status"]) == ("paid", "settled")
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
    booked = _postings(story.paid, "PaymentCaptured")
    held = sorted(booked) == wanted and not _postings(story.declined)
    return held, _written(booked)


def _silence(story: Story) -> tuple[bool, str]:
    """The acquirer took the money and never answered: that was neither a no nor a second charge."""
    order, taken = story.silent.order, _taken(story, story.silent)
    held = (order["status"], taken) == ("paid", [AMOUNT])
    return held, f"order {order['status']}, taken {taken}"


def _refunded(story: Story) -> tuple[bool, str]:
    """Owed when it is asked for, paid when the acquirer says so, and given back once."""
    order = story.refunded.order
    booked = _postings(story.refunded, "RefundRequested", "PaymentRefunded")
    back = [charge["refunded"] for charge in _charges(story, story.refunded)]
    wanted = [
        (CLEARING, "credit", AMOUNT),
        (OWED, "credit", AMOUNT),
        (OWED, "debit", AMOUNT),
        (REFUNDS, "debit", AMOUNT),
    ]
    held = (order["status"], sorted(booked), back) == ("refunded", wanted, [AMOUNT])
    return held, f"order {order['status']}, {_written(booked)}, given back {back}"


def _matched(story: Story) -> tuple[bool, str]:
    """Three captures and a refund, each with its settled line."""
    found = sorted(
        f"{item['class']} {operation['kind']}"
        for item in story.reconciled.items
        for operation in item["operations"]
    )
    return found == ["matched capture"] * 3 + ["matched refund"], ", ".join(found)


def _explained(story: Story) -> tuple[bool, str]:
    paid_out = {payout_of(report): report["payout"] for report in story.reconciled.reports}
    ours = [each for each in story.reconciled.run["payouts"] if each["payout_id"] in paid_out]
    seen = [(each["payout_id"], each["state"], each["net"]) for each in ours]
    wanted = [(name, "explained", net) for name, net in paid_out.items()]
    held = bool(wanted) and sorted(seen) == sorted(wanted)
    return held, ", ".join(f"{name} {state}: {net} minor units" for name, state, net in seen)


def _cleared(story: Story) -> tuple[bool, str]:
    """Whoever was charged owes nothing any more: the acquirer has settled it, less its fees."""
    owed, settled = _sum(story, RECEIVABLE), _sum(story, CLEARING) + _sum(story, FEES)
    held = owed == 0 and settled == 2 * AMOUNT
    return held, f"receivable {owed}, settled {settled} with the fees"


def _balanced(story: Story) -> tuple[bool, str]:
    debit, credit = story.balance["total_debit"], story.balance["total_credit"]
    return debit == credit > 0, f"debit {debit}, credit {credit} minor units"


def _truth(story: Story) -> tuple[bool, str]:
    """Order A's money was taken once, and all that was taken, nothing else, is in the books."""
    taken = sum(charge["captured"] for charge in story.charges if charge["currency"] == CURRENCY)
    booked = earned(story.balance)
    own = _taken(story, story.paid)
    held = own == [AMOUNT] and taken == booked
    return held, f"taken for order A: {own}, taken in all {taken}, booked {booked}"


def _one_correlation(story: Story) -> tuple[bool, str]:
    found = [{moment.correlation_id for moment in told.timeline.moments} for told in story.orders]
    return all(len(ids) == 1 for ids in found), " · ".join(", ".join(sorted(ids)) for ids in found)


def _causes_known(story: Story) -> tuple[bool, str]:
    """Only the client's own requests and the acquirer's settled lines come from outside."""
    outside = [_outside(told) for told in story.orders]
    held = all(
        told.requests <= ids <= told.requests | _lines(story, told)
        for ids, told in zip(outside, story.orders, strict=True)
    )
    return held, " · ".join(", ".join(sorted(ids)) for ids in outside)


def _outside(told: Told) -> set[str]:
    return {moment.causation_id for moment in roots(told.timeline.moments)}


def _lines(story: Story, told: Told) -> set[str]:
    """The messages that told the settled lines of an order."""
    return {
        f"payments/line/{line['line_id']}"
        for item in story.reconciled.items
        if item["payment_id"] == told.order["payment_id"]
        for line in item["lines"]
    }


def _charges(story: Story, told: Told) -> list[Charge]:
    attempts = {attempt["attempt_id"] for attempt in told.payment["attempts"]}
    return [charge for charge in story.charges if charge["reference"] in attempts]


def _taken(story: Story, told: Told) -> list[int]:
    return [charge["captured"] for charge in _charges(story, told)]


def _sum(story: Story, account: str) -> int:
    """What the orders' entries leave on an account, debits positive."""
    return sum(
        amount if side == "debit" else -amount
        for told in story.orders
        for code, side, amount in _postings(told)
        if code == account
    )


def _postings(told: Told, *facts: str) -> list[tuple[str, str, int]]:
    """All that was ever booked for the order but memos, or for these facts of it."""
    return [
        (posting["account"], posting["side"], posting["amount"])
        for entry in told.entries
        if not facts or entry["fact"] in facts
        for posting in entry["postings"]
        if not posting["account"].startswith(MEMO)
    ]


def _written(booked: Sequence[tuple[str, str, int]]) -> str:
    sides = {"debit": "Dr", "credit": "Cr"}
    return ", ".join(f"{sides[side]} {account} {amount}" for account, side, amount in booked)


CHECKS: dict[str, Callable[[Story], tuple[bool, str]]] = {
    "order A is paid": _paid,
    "order B is refused with its code": _declined,
    "order C is charged once, though nobody answered": _silence,
    "order D is given back once": _refunded,
    "the same POST twice made one order": _one_order,
    "booked once: Dr receivable, Cr revenue": _booked_once,
    "every capture and refund is settled": _matched,
    "the payout is explained to the cent": _explained,
    "nobody owes anything any more": _cleared,
    "the trial balance is equal on both sides": _balanced,
    "the acquirer's charges equal the ledger": _truth,
    "one correlation id along each order": _one_correlation,
    "every cause is known": _causes_known,
}
