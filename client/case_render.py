"""Operators' tables: cases."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markup import escape

from client.case_api import Case, Known
from client.tables import facts, table
from shared.money import Money


def cases(shown: Sequence[Case]) -> RenderableType:
    many = table("Cases", ["case", ">age", "what is wrong", "payment", "order now", "tried"])
    for each in shown:
        known = each["known"]
        many.add_row(
            each["case_id"],
            _age(each["age_seconds"]),
            f"{each['code']}\n{escape(each['detail'])}",
            each["payment_id"],
            known["status"] if known else "",
            str(len(each["tried"])),
        )
    return many


def case(shown: Case) -> RenderableType:
    decision = shown["decision"]
    one = facts(
        f"Case {shown['case_id']}",
        {
            "status": shown["status"],
            "decided by": escape(decision["actor"]) if decision else "",
            "to": decision["action"] if decision else "",
            "because": escape(decision["reason"]) if decision else "",
            "what is wrong": shown["code"],
            "detail": escape(shown["detail"]),
            "told by": shown["event"],
            "order": shown["order_id"],
            "payment": shown["payment_id"],
            "compensation": shown["compensation_id"] or "",
            "correlation": escape(shown["correlation_id"]),
            "opened at": shown["opened_at"],
            "age": _age(shown["age_seconds"]),
            **_known(shown["known"]),
        },
    )
    tried = table("What was tried", ["action", "outcome", "code", "under the key"])
    for each in shown["tried"]:
        tried.add_row(each["action"], each["outcome"], each["code"] or "", each["reference"])
    return Group(one, tried)


def _known(known: Known | None) -> dict[str, str]:
    if known is None:
        return {}
    currency = known["currency"]
    return {
        "order now": known["status"],
        "hold": known["hold"],
        "amount": str(Money(known["amount"], currency)),
        "captured": str(Money(known["captured"], currency)),
        "refunded": str(Money(known["refunded"], currency)),
        "being refunded": str(Money(known["refunding"], currency)),
        "failure": known["failure_code"] or "",
    }


def _age(seconds: int) -> str:
    """In the largest unit of which there are two."""
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {name}"
    return f"{seconds} s"
