"""Who says `settled`, audited: S6, by what the provider did and by what it paid out for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.simulation.evidence import Evidence, Plain
from tests.simulation.reports import Movement

BACK = frozenset(
    {("refund", "succeeded"), ("dispute", "opened"), ("dispute", "lost")},
)
"""Money that is with the customer again, or may be: the payment says so instead."""
OF_CAPTURES = frozenset({"capture", "capture_reversed"})


def s6_a_payment_says_settled_when_all_it_took_was_paid_out(
    found: Evidence, lines: Iterable[tuple[str, Movement]]
) -> Iterator[str]:
    """Then, and only then; `lines` are what the provider has written, with their currencies."""
    paid_out: Counter[str] = Counter()
    for currency, line in lines:
        if line.kind in OF_CAPTURES and currency == line.operation.get("currency"):
            paid_out[line.operation["id"]] += line.gross
    for name, payment in found.payments.items():
        due = _settled(found.operations(name), paid_out)
        if (payment["status"] == "settled") is not due:
            yield f"{name} is {payment['status']}, and {'all' if due else 'not all'} is paid out"


def _settled(truly: list[Plain], paid_out: Counter[str]) -> bool:
    taken = [
        each for each in truly if (each["operation"], each["status"]) == ("capture", "succeeded")
    ]
    back = any((each["operation"], each["status"]) in BACK for each in truly)
    short = any(paid_out[each["id"]] < each["amount"] for each in taken)
    return bool(taken) and not back and not short
