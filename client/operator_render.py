"""Operators' tables: dead letters and replays."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.text import Text

from client.operator_api import DeadLetter, Replay
from client.tables import facts, table


def dead_letters(shown: Sequence[DeadLetter]) -> RenderableType:
    many = table(
        "Dead letters", ["dead letter", "queue", "status", "message", "reason", "detail", "said at"]
    )
    for each in shown:
        many.add_row(
            each["dead_letter_id"],
            f"{each['service']} {each['queue']}",
            _status(each),
            escape(each["message_type"] or "not readable"),
            each["code"],
            escape(each["detail"]),
            each["said_at"],
        )
    return many


def dead_letter(shown: DeadLetter) -> RenderableType:
    decision = shown["decision"]
    one = facts(
        f"Dead letter {shown['dead_letter_id']}",
        {
            "status": shown["status"],
            "decided by": escape(decision["actor"]) if decision else "",
            "because": escape(decision["reason"]) if decision else "",
            "at": decision["at"] if decision else "",
            "queue": f"{shown['service']} {shown['queue']}",
            "reason": shown["code"],
            "detail": escape(shown["detail"]),
            "can be sent": "yes" if shown["redrivable"] else "no: a position in a stream",
            "message": escape(shown["message_type"] or "not readable"),
            "message id": escape(shown["message_id"] or ""),
            "correlation": escape(shown["correlation_id"] or ""),
            "said at": shown["said_at"],
            "kept at": shown["kept_at"],
            "was before": escape(shown["redrive_of"] or ""),
        },
    )
    attempts = table("Its last attempts", [">attempt", "at", "code", "detail"])
    for each in shown.get("failures", []):
        attempts.add_row(str(each["attempt"]), each["at"], each["code"], escape(each["detail"]))
    return Group(one, attempts, Text("Body"), Text(shown.get("body", ""), overflow="fold"))


def replay(shown: Replay) -> RenderableType:
    stopped = shown["stopped"]
    return facts(
        f"Replay {shown['replay_id']}",
        {
            "status": shown["status"],
            "service": shown["service"],
            "from": shown["from"],
            "to": shown["to"],
            "types": ", ".join(shown["types"]) or "all",
            "about": escape(shown["about"] or ""),
            "published": str(shown["published"]),
            "rows looked at": str(shown["looked_at"]),
            "a second": str(shown["per_second"]),
            "asked by": escape(f"{shown['asked']['actor']}: {shown['asked']['reason']}"),
            "stopped by": escape(f"{stopped['actor']}: {stopped['reason']}") if stopped else "",
            "ended at": shown["ended_at"] or "",
        },
    )


def _status(each: DeadLetter) -> str:
    decision = each["decision"]
    return f"{each['status']} by {escape(decision['actor'])}" if decision else each["status"]
