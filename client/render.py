"""Tables for people. Ids are never cut: a narrow terminal folds them."""

import os
from collections.abc import Sequence
from typing import TextIO

from rich.console import Group, RenderableType
from rich.markup import escape

from client.answers import Balance, JournalEntry, Order, Payment, Posting, Refund, TrialBalance
from client.ledger_proof import Verification
from client.motion import UNDECIDED_ATTEMPTS
from client.tables import facts as _facts
from client.tables import table as _table
from client.timeline import Moment, Timeline
from shared.money import Money

WIDTH_WITHOUT_TERMINAL = 212
MOVED = (
    "capturing",
    "captured",
    "settled",
    "released",
    "expired",
    "refunding",
    "refunded",
    "disputed",
    "charged_back",
)
"""The amounts of a payment that are worth a line only where there is any."""


def width(stream: TextIO) -> int | None:
    """The terminal's own width; a fixed one for a file or a pipe, so that lines do not fold."""
    return None if stream.isatty() or os.environ.get("COLUMNS") else WIDTH_WITHOUT_TERMINAL


def money(minor: int, currency: str) -> str:
    return str(Money(minor, currency))


def order(shown: Order) -> RenderableType:
    facts = _facts(
        f"Order {shown['order_id']}",
        {
            "status": shown["status"],
            "refused with": shown["failure_code"] or "",
            "amount": money(shown["amount"], shown["currency"]),
            "captured": money(shown["captured"], shown["currency"]),
            **_some(shown, "refunding", "refunded", "disputed"),
            "capture": shown["capture"],
            "customer": shown["customer_id"],
            "payment": shown["payment_id"],
            "correlation": shown["correlation_id"],
            "created": shown["created_at"],
            "version": str(shown["version"]),
        },
    )
    lines = _table("", ["SKU", ">quantity", ">unit price"])
    for line in shown["lines"]:
        price = money(line["unit_amount"], shown["currency"])
        lines.add_row(line["sku"], str(line["quantity"]), price)
    if not shown["refunds"]:
        return Group(facts, lines)
    refunds = _table("Refunds", ["id", "status", ">amount", "reason"])
    for each in shown["refunds"]:
        amount = money(each["amount"], each["currency"])
        refunds.add_row(each["refund_id"], each["status"], amount, escape(each["reason"]))
    return Group(facts, lines, refunds)


def refund(shown: Refund) -> RenderableType:
    return _facts(
        f"Refund {shown['refund_id']}",
        {
            "status": shown["status"],
            "order": shown["order_id"],
            "amount": money(shown["amount"], shown["currency"]),
            "reason": escape(shown["reason"]),
        },
    )


def payment(shown: Payment) -> RenderableType:
    facts = _facts(
        f"Payment {shown['payment_id']}",
        {
            "status": shown["status"],
            "order": shown["order_id"],
            "provider": shown["provider"],
            "authorized": money(shown["authorized"], shown["currency"]),
            **_some(shown, *MOVED),
            "capturable": money(shown["capturable"], shown["currency"]),
            "refundable": money(shown["refundable"], shown["currency"]),
            "capture before": shown["capture_before"] or "",
            "version": str(shown["version"]),
        },
    )
    attempts = _table(
        "Attempts", ["id", "operation", ">amount", "status", "provider reference", "decline"]
    )
    for attempt in shown["attempts"]:
        attempts.add_row(
            attempt["attempt_id"],
            attempt["operation"],
            money(attempt["amount"], shown["currency"]),
            f"{attempt['status']}, withdrawn" if attempt["withdrawn"] else attempt["status"],
            attempt["provider_reference"] or "",
            attempt["decline_code"] or "",
        )
    if not shown["disputes"]:
        return Group(facts, attempts)
    disputes = _table("Disputes", ["id", "status", ">amount", "reason"])
    for each in shown["disputes"]:
        amount = money(each["amount"], shown["currency"])
        disputes.add_row(each["dispute_id"], each["status"], amount, escape(each["reason"]))
    return Group(facts, attempts, disputes)


def payments(shown: Sequence[Payment]) -> RenderableType:
    table = _table(
        "Payments", ["payment", "order", "status", ">authorized", ">captured", "not decided"]
    )
    for each in shown:
        undecided = [
            attempt for attempt in each["attempts"] if attempt["status"] in UNDECIDED_ATTEMPTS
        ]
        table.add_row(
            each["payment_id"],
            each["order_id"],
            each["status"],
            money(each["authorized"], each["currency"]),
            money(each["captured"], each["currency"]),
            ", ".join(f"{attempt['operation']}: {attempt['status']}" for attempt in undecided),
        )
    return table


def timeline(shown: Timeline) -> RenderableType:
    """Commands, which ask, in italics behind an arrow; events, which tell, plain."""
    title = f"Timeline of order {shown.order['order_id']}: {shown.order['status']}"
    table = _table(title, ["time", "service", "message", "id", "correlation id", "causation id"])
    for moment in shown.moments:
        table.add_row(
            moment.time, moment.service, _message(moment), moment.id,
            moment.correlation_id, moment.causation_id,
        )  # fmt: skip
    return table


def trial_balance(shown: TrialBalance) -> RenderableType:
    currency = shown["currency"]
    table = _table(
        f"Trial balance in {currency} at {shown['at']}",
        ["account", "name", ">debit", ">credit", ">balance", "normal side"],
        footer=True,
    )
    for account in shown["accounts"]:
        table.add_row(
            account["account"],
            account["name"],
            money(account["debit"], currency),
            money(account["credit"], currency),
            money(account["balance"], currency),
            account["normal_side"],
        )
    table.columns[1].footer = "total"
    table.columns[2].footer = money(shown["total_debit"], currency)
    table.columns[3].footer = money(shown["total_credit"], currency)
    return table


def balance(shown: Balance) -> RenderableType:
    currency, point = shown["currency"], shown["point"]
    return _facts(
        f"Account {shown['account']} {shown['name']}",
        {
            "debit": money(shown["debit"], currency),
            "credit": money(shown["credit"], currency),
            "balance": money(shown["balance"], currency),
            "available": money(shown["available"], currency),
            "normal side": shown["normal_side"],
            "true for": f"{point['entries']} entries, {point['consistency']}",
            "as of": point["at"] or "",
            "root": point["root"] or "",
        },
    )


def verification(shown: Verification) -> RenderableType:
    facts = _facts(
        "Ledger: nothing was changed" if not shown.breaches else "Ledger: it does not verify",
        {
            "entries": str(shown.entries),
            "sealed days": str(shown.days),
            "public key": shown.note.fingerprint,
        },
    )
    if not shown.breaches:
        return facts
    table = _table("Breaches", ["check", "what", "entry"])
    for breach in shown.breaches:
        table.add_row(breach.check, breach.detail, breach.entry_id)
    return Group(facts, table)


def entries(shown: Sequence[JournalEntry]) -> RenderableType:
    table = _table(
        "Journal entries", ["entry", "fact", "account", ">debit", ">credit", "booked at"]
    )
    for entry in shown:
        for number, posting in enumerate(entry["postings"]):
            debit, credit = _sides(posting)
            first = number == 0
            table.add_row(
                entry["entry_id"] if first else "",
                entry["fact"] if first else "",
                f"{posting['account']} {posting['account_name']}",
                debit,
                credit,
                entry["booked_at"] if first else "",
            )
        table.add_section()
    return table


def _sides(posting: Posting) -> tuple[str, str]:
    amount = money(posting["amount"], posting["currency"])
    return (amount, "") if posting["side"] == "debit" else ("", amount)


def _some(shown: Order | Payment, *names: str) -> dict[str, str]:
    """The amounts of these names, where there is any."""
    amounts = {name: shown[name] for name in names}  # type: ignore[literal-required]
    return {
        name.replace("_", " "): money(amount, shown["currency"])
        for name, amount in amounts.items()
        if amount
    }


def _message(moment: Moment) -> str:
    return f"[italic]→ {moment.message}[/]" if moment.is_command else moment.message
