"""Compensations and cases, audited: X5 and X6, and what persons have put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tests.simulation.audit_payments import tried
from tests.simulation.evidence import Evidence, Plain

TROUBLES: Final = frozenset(
    [
        "CompensationEscalated",
        "LedgerEntrySuspended",
        "NoticeContradicted",
        "PaymentOverdrawn",
        "PaymentUnresolved",
    ]
)


def x5_a_compensation_undoes_its_own_cause_alone(evidence: Evidence) -> Iterator[str]:
    """Every command of a compensation is its own, told once, for its own payment; each late capture
    has one; one that has completed has left nothing of what it undoes, and one that has ended is
    told so once, and once more each time that a person had it tried again, or that it came undone
    again. An order that was cancelled keeps no money."""
    yield from _left_to_expire(evidence)
    yield from _kept(evidence)
    yield from _replaced(evidence)
    commands: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    completed = set()
    for row in evidence.outbox:
        told = row["document"]
        if told["type"] in {"CancelPayment", "RefundPayment"}:
            commands[told["data"]["idempotency_key"]] += 1
        if told["type"] in {"CompensationCompleted", "CompensationEscalated"}:
            ends[told["data"]["compensation_id"]] += 1
        if told["type"] == "CompensationCompleted":
            completed.add(told["data"]["compensation_id"])
    for name, order in evidence.orders.items():
        unapplied = len(evidence.told("CaptureUnapplied", order["payment_id"]))
        begun = {
            each["compensation_id"]
            for each in evidence.told("CompensationRequested", order["payment_id"])
            if each["reason"] == "captured_late"
        }
        if len(begun) != unapplied:
            yield f"{name}: {unapplied} captures came late, {len(begun)} are given back"
        for each in order["compensations"]:
            own, keys = each["compensation_id"], [step["reference"] for step in each["steps"]]
            if not all(key.startswith(own) and commands[key] == 1 for key in keys):
                yield f"{name}: {own} has sent {keys}"
            undone = own in completed and each["status"] == "escalated"
            tried = len(_decided(evidence, own, "retry")) + undone
            if ends[own] != (each["status"] != "open") + tried:
                yield f"{name}: {own} has ended {ends[own]} times"
            succeeded = [s["outcome"] for s in each["steps"]].count("succeeded")
            executions = sorted(run for run in evidence.executions if run.startswith(own))
            if len(executions) > each["execution"]:
                yield f"{name}: {own} was begun as {executions}"
            if succeeded > 1 and each["reason"] == "captured_late":
                yield f"{name}: {own} has given back {succeeded} times"


def x6_every_trouble_is_one_case_and_every_decision_is_told(evidence: Evidence) -> Iterator[str]:
    """A case for each time that a person was called, none for nothing; decided once, by somebody
    with a reason. What a customer was given twice is such a trouble."""
    yield from _given_twice(evidence)
    troubles = Counter(
        (row["Type"], row["document"]["data"]["payment_id"], row["document"]["time"])
        for row in evidence.outbox
        if row["Type"] in TROUBLES
    )
    cases = Counter(
        (each["event"], each["payment_id"], each["opened_at"]) for each in evidence.cases.values()
    )
    for trouble in sorted(troubles.keys() | cases.keys()):
        if troubles[trouble] != cases[trouble]:
            yield f"{trouble} was told {troubles[trouble]} times, with {cases[trouble]} cases"
    told = [row["document"]["data"] for row in evidence.outbox if row["Type"] == "CaseResolved"]
    decided = Counter(each["case_id"] for each in told)
    for name, case in evidence.cases.items():
        if decided.pop(name, 0) != (case["CaseStatus"] == "resolved"):
            yield f"{name} is {case['CaseStatus']} and was told otherwise"
    for name in decided:
        yield f"{name} was decided and is no case"
    for each in told:
        if not (each["actor"] and each["reason"]):
            yield f"{each['case_id']} was decided by nobody or for no reason"


def paid_by_hand(evidence: Evidence, order: Plain) -> int:
    """What a person has seen to that the customer has, and its provider has not given it."""
    truly = evidence.operations(order["payment_id"])
    made = {each["reference"] for each in truly if each["status"] == "succeeded"}
    return sum(
        attempt["amount"]
        for attempt in _paid_by_hand(evidence, order)
        if attempt["attempt_id"] not in made
    )


def _given_twice(evidence: Evidence) -> Iterator[str]:
    """Whoever was paid by hand and by the provider, too, is told to a person, and nobody else."""
    for name, order in evidence.orders.items():
        truly = {
            each["reference"]: each["status"] for each in evidence.operations(order["payment_id"])
        }
        made = [truly.get(each["attempt_id"], "") for each in _paid_by_hand(evidence, order)]
        twice, once_more = made.count("succeeded"), made.count("reversed")
        told = {
            each["compensation_id"]
            for each in evidence.told("CompensationEscalated", order["payment_id"])
            if each["code"] == "refunded_twice"
        }
        if not twice <= len(told) <= twice + once_more:
            yield f"{name}: {twice} refunds were given twice, and {len(told)} told"


def _paid_by_hand(evidence: Evidence, order: Plain) -> list[Plain]:
    """The attempts of refunds of which a person has said so."""
    corrected = {
        each["cause"]
        for each in order["compensations"]
        if each["reason"] == "refund_failed"
        and _decided(evidence, each["compensation_id"], "correct")
    }
    attempts = evidence.payments.get(order["payment_id"], {"attempts": []})["attempts"]
    return [each for each in attempts if each["refund_id"] in corrected]


def _left_to_expire(evidence: Evidence) -> Iterator[str]:
    """What is authorized after it was given up is given back at once: its provider, too, would let
    go of it some day.
    """
    for payment_id, reference in evidence.given_up.items():
        attempts = evidence.payments[payment_id]["attempts"]
        held = any(
            each["attempt_id"] == reference and each["status"] == "succeeded" for each in attempts
        )
        asked = any(
            row["Type"] == "CancelPayment"
            and row["document"]["source"].endswith("payments")
            and row["document"]["data"]["payment_id"] == payment_id
            for row in evidence.outbox
        )
        if held and not (asked or any(each["operation"] == "void" for each in attempts)):
            yield f"{reference} came after it was given up, and nobody gives it back"
    for payment_id in evidence.payments:
        asked_back = Counter(
            each.get("authorization") for each in evidence.told("CancelPayment", payment_id)
        )
        for attempt in second_holds(evidence, payment_id):
            reference = attempt["attempt_id"]
            charges = (each for each in evidence.charges if each["reference"] == reference)
            made = [each for charge in charges for each in charge["operations"]]
            voids = sum(each["operation"] == "void" for each in made)
            over = any(_over_when_asked_back(evidence, each, reference) for each in made)
            told = evidence.told("NoticeContradicted", payment_id)
            left = any(left_held(evidence, each) for each in told if each["reference"] == reference)
            if asked_back[reference] != 1 or voids > 1 or not (voids or left or over):
                yield f"{reference} came beside another, and is given back {voids} times"


def _over_when_asked_back(evidence: Evidence, operation: Plain, reference: str) -> bool:
    """Whether a hold expired before anybody could have it given back, or within a day of that."""
    if operation["status"] != "expired":
        return False
    documents = (row["document"] for row in evidence.outbox if row["Type"] == "CancelPayment")
    moments = (each["time"] for each in documents if each["data"].get("authorization") == reference)
    asked = max((datetime.fromisoformat(each) for each in moments), default=None)
    if asked is None:
        return False
    return asked + timedelta(days=1) > datetime.fromisoformat(operation["capture_before"])


def _kept(evidence: Evidence) -> Iterator[str]:
    """What is captured of an order goes back once its customer was told that it is cancelled, or a
    person is called."""
    for name, order in evidence.orders.items():
        payment_id = order["payment_id"]
        if not evidence.told("OrderCancelled", payment_id):
            continue
        stands: Counter[str] = Counter()
        for each in evidence.operations(payment_id):
            if each["status"] in {"succeeded", "opened", "lost"}:
                stands[each["operation"]] += each["amount"]
        gone = stands["refund"] + stands["dispute"] + paid_by_hand(evidence, order)
        kept = stands["capture"] - gone
        called = {each["code"] for each in evidence.told("CompensationEscalated", payment_id)}
        if kept > 0 and not called - {"void_failed"}:
            yield f"{name} was cancelled, and {kept} of it are kept"


def second_holds(evidence: Evidence, payment_id: str) -> list[Plain]:
    """What was authorized of a payment though another authorization had followed: no news."""
    told = {each["provider_reference"] for each in evidence.told("PaymentAuthorized", payment_id)}
    return [
        each
        for each in tried(evidence.payments[payment_id])[:-1]
        if each["status"] == "succeeded" and each["provider_reference"] not in told
    ]


def left_held(evidence: Evidence, contradiction: Plain) -> bool:
    """Whether it tells a person of such a hold that it could not be given back."""
    second = second_holds(evidence, contradiction["payment_id"])
    known = contradiction["reference"] in {each["attempt_id"] for each in second}
    return known and "not given back" in contradiction["contradiction"]


def _replaced(evidence: Evidence) -> Iterator[str]:
    """What an execution still asks for, or ends, after another one has taken its place."""
    latest: dict[str, int] = {}
    documents = [row["document"] for row in evidence.outbox]
    for told in sorted(documents, key=lambda each: (each["subject"], int(each["sequence"]))):
        if told["type"] == "CompensationRequested":
            latest[told["data"]["compensation_id"]] = told["data"]["execution"]
        begun = evidence.message(told["causationid"])
        if begun is None or begun["type"] != "CompensationRequested":
            continue
        own, number = begun["data"]["compensation_id"], begun["data"]["execution"]
        if number < latest[own]:
            yield f"{told['type']} {told['id']} is of execution {number} of {latest[own]}: {own}"


def _decided(evidence: Evidence, compensation_id: str, action: str) -> list[Plain]:
    """What persons have decided so on the cases of a compensation."""
    return [
        row["document"]["data"]
        for row in evidence.outbox
        if row["Type"] == "CaseResolved"
        and row["document"]["data"]["compensation_id"] == compensation_id
        and row["document"]["data"]["action"] == action
    ]
