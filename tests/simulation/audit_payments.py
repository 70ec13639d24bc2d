"""Payments, audited against what their provider truly did: P1, P2, P4 to P6 and the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.simulation.evidence import Evidence, Plain

DECIDED: Final = frozenset({"succeeded", "declined", "failed"})


def held(row: Plain) -> int:
    """What a payment still counts on: authorized, and not gone anywhere."""
    gone = ("captured", "capturing", "released", "expired")
    return int(row["authorized"]) - sum(int(row[name]) for name in gone)


def disputed(row: Plain, *statuses: str) -> int:
    return sum(each["amount"] for each in row["disputes"] if each["status"] in statuses)


def sum_of(operations: list[Plain], kind: str, *statuses: str) -> int:
    return sum(
        each["amount"]
        for each in operations
        if each["operation"] == kind and each["status"] in statuses
    )


def p1_no_more_is_captured_than_was_authorized(evidence: Evidence) -> Iterator[str]:
    for name, row in evidence.payments.items():
        amounts = [row[each] for each in ("captured", "capturing", "released", "expired")]
        if min(amounts) < 0 or held(row) < 0:
            yield f"{name}: {amounts} of {row['authorized']}"
        captures = sum(
            each["amount"]
            for each in row["attempts"]
            if each["operation"] == "capture"
            and each["status"] == "succeeded"
            and not each["withdrawn"]
        )
        if captures != row["captured"]:
            yield f"{name}: captures of {captures} are counted as {row['captured']}"


def p2_no_more_is_given_back_than_was_captured(evidence: Evidence) -> Iterator[str]:
    for name, row in evidence.payments.items():
        back = row["refunded"] + row["refunding"] + disputed(row, "opened", "lost")
        if back > row["captured"] or min(row["refunded"], row["refunding"]) < 0:
            yield f"{name}: {back} back of {row['captured']}"


def p4_one_intent_is_one_operation(evidence: Evidence) -> Iterator[str]:
    """No reference stands for two operations, no cause for two attempts, nothing for none."""
    ours = {
        attempt["attempt_id"]: (name, attempt)
        for name, row in evidence.payments.items()
        for attempt in row["attempts"]
    }
    made = Counter(
        operation["reference"]
        for charge in evidence.charges
        for operation in charge["operations"]
        if operation["operation"] != "dispute"
    )
    for reference, number in made.items():
        if number > 1:
            yield f"{reference} was carried out {number} times"
        if reference not in ours:
            yield f"{reference} was carried out and never intended"
    for name, row in evidence.payments.items():
        causes = Counter(attempt["cause_id"] for attempt in row["attempts"])
        if max(causes.values(), default=0) > 1:
            yield f"{name} has two attempts for one cause"
    if len({attempt["key"] for _, attempt in ours.values()}) < len(ours):
        yield "two attempts share a key"
    yield from _what_was_asked_for_once_is_done_once(evidence)


def _what_was_asked_for_once_is_done_once(evidence: Evidence) -> Iterator[str]:
    """However often a request is sent: a customer has one order, and the refunds it asked for."""
    placed = Counter(order["customer_id"] for order in evidence.orders.values())
    for customer, number in placed.items():
        if number > 1:
            yield f"{customer} has {number} orders"
    for name, order in evidence.orders.items():
        steps = [step["reference"] for each in order["compensations"] for step in each["steps"]]
        refunds = sum(each["refund_id"] not in steps for each in order["refunds"])
        if refunds > evidence.wishes[order["customer_id"]]["refund"]:
            yield f"{name} has {refunds} refunds of its customer, which asked for fewer"


def p5_nothing_is_left_unknown(evidence: Evidence) -> Iterator[str]:
    for name, row in evidence.payments.items():
        for attempt in row["attempts"]:
            if attempt["status"] in {"started", "pending", "unknown"}:
                yield f"{attempt['attempt_id']} is {attempt['status']}"
        if row["capturing"] or row["refunding"]:
            yield f"{name} still waits with {row['capturing']} and {row['refunding']}"


def p6_nothing_is_tried_again_while_money_may_have_moved(evidence: Evidence) -> Iterator[str]:
    """At most one authorization stands; each before the last is known to hold nothing.

    Whether it was known when the next one began is watched at that step.
    """
    for name, row in evidence.payments.items():
        charges = [each for each in evidence.charges if each["reference"].startswith(f"{name}-")]
        if sum(charge["held"] > 0 for charge in charges) > 1:
            yield f"{name} holds more than once"
        for attempt in tried(row)[:-1]:
            if attempt["status"] not in DECIDED:
                yield f"{name} was tried again beside {attempt['attempt_id']}"


def tried(row: Plain) -> list[Plain]:
    """The authorizations of a payment, in the order of their numbers."""
    found = [each for each in row["attempts"] if "-authorize-" in each["attempt_id"]]
    return sorted(found, key=lambda each: int(each["attempt_id"].rsplit("-", 1)[1]))


def p7_the_order_of_notices_changes_nothing(first: Evidence, second: Evidence) -> Iterator[str]:
    """Of two worlds in which the same happened at the provider, and was told in another way."""
    for what, of in (("payments", _outcomes), ("entries", _booked)):
        ours, theirs = of(first), of(second)
        for key in sorted(ours.keys() | theirs.keys()):
            if ours[key] != theirs[key]:
                yield f"{what}: {key} {ours[key]} times, and {theirs[key]} times"


def _outcomes(evidence: Evidence) -> Counter[str]:
    """What became of each payment: its amounts and decided attempts, by whose it is."""
    names = ("status", "authorized", "captured", "refunded", "released", "expired")
    found: Counter[str] = Counter()
    for row in evidence.payments.values():
        amounts = [str(row[each]) for each in names]
        attempts = sorted(f"{each['operation']} {each['status']}" for each in row["attempts"])
        found[" ".join([_owner(evidence, row), *amounts, *attempts])] += 1
    return found


def _booked(evidence: Evidence) -> Counter[str]:
    found: Counter[str] = Counter()
    for entry in evidence.entries:
        payment = evidence.payments.get(entry.get("payment_id", ""), {})
        fact = entry["document"]["data"]["fact"]
        found[f"{_owner(evidence, payment)} {fact} {entry['postings']}"] += 1
    return found


def _owner(evidence: Evidence, payment: Plain) -> str:
    order = evidence.orders.get(payment.get("order_id", ""), {})
    return str(order.get("customer_id", ""))


def truth_of_the_provider_is_in_payments(evidence: Evidence) -> Iterator[str]:
    """Each amount and dispute is as the provider has it; it holds what we think it holds."""
    for name, row in evidence.payments.items():
        truly = evidence.operations(name)
        told = {
            "captured": (row["captured"], sum_of(truly, "capture", "succeeded")),
            "refunded": (row["refunded"], sum_of(truly, "refund", "succeeded")),
            "disputed": (disputed(row, "opened"), sum_of(truly, "dispute", "opened")),
            "charged back": (disputed(row, "lost"), sum_of(truly, "dispute", "lost")),
            "won back": (disputed(row, "won"), sum_of(truly, "dispute", "won")),
            "held": (held(row), held_at_provider(evidence, name)),
        }
        for what, (ours, theirs) in told.items():
            if ours != theirs:
                yield f"{name}: {what} {ours}, and truly {theirs}"
    yield from _evidence_that_was_taken(evidence)
    known = set(evidence.payments)
    for charge in evidence.charges:
        if charge["reference"].rsplit("-", 2)[0] not in known:
            yield f"{charge['reference']} is a charge that nobody knows"


def _evidence_that_was_taken(evidence: Evidence) -> Iterator[str]:
    """What we say was taken the provider has, once; what was refused it has not; no other is left.

    Of a key that it had forgotten nobody can say how often it was taken.
    """
    heard = Counter(key for keys in evidence.heard.values() for key in keys)
    for name, row in evidence.payments.items():
        given = [each for dispute in row["disputes"] for each in dispute.get("evidence", ())]
        told = sorted(each["evidence_id"] for each in evidence.told("EvidenceSubmitted", name))
        taken = sorted(each["evidence_id"] for each in given if each["status"] == "submitted")
        if told != taken:
            yield f"{name}: evidence {told} is told, and {taken} taken"
        for each in given:
            key = f"evidence:{each['evidence_id']}"
            times = heard.pop(key, 0)
            possible = {"submitted": {1}, "refused": {0}}.get(each["status"], set())
            if times not in possible and key not in evidence.forgotten:
                yield f"{name}: {key} is {each['status']}, and the provider has it {times} times"
    for key in heard:
        yield f"{key} was heard and never given"


def held_at_provider(evidence: Evidence, payment_id: str) -> int:
    """What the provider holds for a payment now, over all charges of it."""
    return sum(
        charge["held"]
        for charge in evidence.charges
        if charge["reference"].rsplit("-", 2)[0] == payment_id
    )
