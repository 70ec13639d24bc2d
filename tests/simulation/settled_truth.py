"""What follows from the reports that were written: which class each operation and line is of, and
what has to stand in suspense for it.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from tests.simulation.evidence import Evidence
from tests.simulation.settlement import STANDS, Truth, other_currency

FOUND: Final = {
    "missing": "missing_external",
    "short": "amount_mismatch",
    "fee": "fee_mismatch",
    "currency": "currency_mismatch",
    "split": "split",
}
"""The class of what was done to a line; whatever is not here is right."""
STRANGERS: Final = {"capture": "missing_internal", "fee": "fee_only", "mystery": "unknown_type"}
OURS: Final = {"dispute_won": "dispute_reversed", "mystery": "unknown"}
UNDOES: Final = {
    "capture_reversed": "capture",
    "refund_reversed": "refund",
    "dispute_won": "dispute",
}

type Key = tuple[str, str]
"""A kind, and the operation's id in our events, or the provider's of a line that is alone."""


def told_lines(truth: Truth) -> Counter[tuple[str, int, int, str]]:
    """Every line that was written, by kind, gross, net and currency; payouts are lines, too."""
    told: Counter[tuple[str, int, int, str]] = Counter()
    for currency, line in truth.lines:
        told[OURS.get(line.kind, line.kind), line.gross, line.net, currency] += 1
    for currency, _, sent in truth.payouts.values():
        told["payout", -sent, -sent, currency] += 1
    return told


def expected_classes(found: Evidence, truth: Truth) -> dict[Key, set[str]]:
    classes: dict[Key, set[str]] = {}
    for charge in found.charges:
        for operation in charge["operations"]:
            stands = STANDS.get((operation["operation"], operation["status"]), ())
            for kind, _ in stands:
                key = OURS.get(kind, kind), _our_id(found, operation)
                classes[key] = {_class_of(operation["id"], kind, truth)}
    for name, wrong in truth.wrong.items():
        if wrong == "doubled":
            operation, kind = name.split("/")
            classes[OURS.get(kind, kind), f"line of {operation}"] = {"duplicate"}
    for name, kind in truth.strangers.items():
        classes[OURS.get(kind, kind), f"line of {name}"] = {STRANGERS[kind]}
    for name in truth.payouts:
        classes["payout", f"line of {name}"] = {"right"}
    return classes


def expected_suspense(truth: Truth) -> Counter[str]:
    """By currency: what we have and the provider does not is above zero."""
    sums: Counter[str] = Counter()
    for name, wrong in truth.wrong.items():
        currency, gross = truth.moved[name]
        match wrong:
            case "missing":
                sums[currency] += gross
            case "doubled":
                sums[currency] -= gross
            case "short":
                sums[currency] += 1 if gross > 0 else -1
            case "currency":
                sums[currency] += gross
                sums[other_currency(currency)] -= gross
    for currency, line in truth.lines:
        if truth.strangers.get(line.operation["id"], "fee") != "fee":
            sums[currency] -= line.net
    for name, (currency, net, sent) in truth.payouts.items():
        lines = sum(payout == name for payout in truth.payout_of)
        if abs(sent - net) * 2 > lines:
            sums[currency] -= sent - net
    return sums


def _class_of(operation: str, kind: str, truth: Truth) -> str:
    wrong = truth.wrong.get(f"{operation}/{kind}", "")
    first = f"{operation}/{UNDOES.get(kind, '')}"
    if wrong == "missing" and kind in UNDOES and truth.wrong.get(first) != "missing":
        return "status_mismatch"
    return FOUND.get(wrong, "right")


def _our_id(found: Evidence, operation: dict[str, str]) -> str:
    """A capture is named by its attempt, a refund by its request, a dispute by the provider."""
    if operation["operation"] == "dispute":
        return operation["id"]
    if operation["operation"] == "capture":
        return operation["reference"]
    payment_id = operation["reference"].rsplit("-", 2)[0]
    attempts = found.payments[payment_id]["attempts"]
    return next(
        str(each["refund_id"]) for each in attempts if each["attempt_id"] == operation["reference"]
    )
