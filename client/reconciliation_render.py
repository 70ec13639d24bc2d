"""Reconciliations as tables for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape

from client.reconciliation_api import Item, OpenItem, Resolved, Run
from client.render import money
from client.tables import facts, table


def run(shown: Run) -> RenderableType:
    """A run with its totals by class and its payouts."""
    parts: list[RenderableType] = [
        facts(
            f"Reconciliation {shown['reconciliation_id']}",
            {
                "provider": shown["provider"],
                "through": shown["date"],
                "status": shown["status"],
                "payments looked at": str(shown["looked_at"]),
                "asked for": f"{shown['requested_at']} by {shown['requested_by']}",
                "completed": shown["completed_at"] or "",
            },
        )
    ]
    if shown["totals"]:
        totals = table("By class", ["class", ">operations", ">lines", ">open"])
        for kind, total in shown["totals"].items():
            row = (str(total["operations"]), str(total["lines"]), amounts(total["residual"]))
            totals.add_row(kind, *row)
        parts.append(totals)
    if shown["payouts"]:
        payouts = table("Payouts", ["payout", "state", ">lines", ">net", ">sent", ">difference"])
        for each in shown["payouts"]:
            currency = each["currency"]
            payouts.add_row(
                each["payout_id"],
                each["state"],
                str(each["lines"]),
                money(each["net"], currency),
                "" if each["sent"] is None else money(each["sent"], currency),
                money(each["difference"], currency) if each["difference"] else "",
            )
        parts.append(payouts)
    return Group(*parts)


def items(shown: Sequence[Item]) -> RenderableType:
    found = table("Items", ["item", "class", ">operations", ">lines", ">unexplained", "days"])
    for each in shown:
        operations = [money(part["amount"], part["currency"]) for part in each["operations"]]
        lines = [money(part["gross"], part["currency"]) for part in each["lines"]]
        found.add_row(
            each["item_id"],
            each["class"],
            "\n".join(operations),
            "\n".join(lines),
            amounts(each["residual"]),
            each["age"],
        )
    return found


def open_items(shown: Sequence[OpenItem]) -> RenderableType:
    found = table("What waits", ["item", "class", ">unexplained", "days", "owner", "due"])
    for each in shown:
        due = f"{each['due']} (overdue)" if each["overdue"] else each["due"]
        unexplained = amounts(each["residual"])
        found.add_row(each["item_id"], each["class"], unexplained, each["age"], each["owner"], due)
    return found


def resolved(shown: Resolved) -> RenderableType:
    return facts(
        f"Item {shown['item_id']}",
        {"status": shown["status"], "entry": shown["entry_id"] or ""},
    )


def of_files(
    totals: Mapping[str, Mapping[str, int]], found: Sequence[Mapping[str, Any]]
) -> RenderableType:
    """The totals by class of two files, and what is not explained of them."""
    by_class = table("By class", ["class", ">operations", ">lines"])
    for kind, total in totals.items():
        by_class.add_row(kind, str(total["operations"]), str(total["lines"]))
    open_ = table("Not explained", ["class", "payment", "operations", "lines", ">residual"])
    for each in found:
        names = ("\n".join(each["operations"]), "\n".join(each["lines"]))
        open_.add_row(
            each["class"], each["payment_id"] or "", *map(escape, names), amounts(each["residual"])
        )
    return Group(by_class, open_) if found else by_class


def files(written: Mapping[str, str]) -> RenderableType:
    return facts("Written", dict(written))


def amounts(residual: Mapping[str, int]) -> str:
    """Sums by currency, a line each."""
    return "\n".join(money(minor, currency) for currency, minor in sorted(residual.items()))
