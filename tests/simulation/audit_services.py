"""Across the services, audited: X1 to X4, what each says against the others, and what is left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from tests.simulation.audit_compensation import left_held, paid_by_hand, second_holds
from tests.simulation.audit_ledger import lines
from tests.simulation.audit_payments import disputed, held, held_at_provider, sum_of
from tests.simulation.audit_proof import breached
from tests.simulation.evidence import Evidence, Plain

SETTLED: Final = frozenset(
    [
        "authorized",
        "payment_failed",
        "cancelled",
        "paid",
        "partially_refunded",
        "refunded",
        "disputed",
    ]
)
OF_NO_EVENT: Final = frozenset(
    [
        "PaymentSettled",
        "BankLineBooked",
        "PayoutArrived",
        "DiscrepancyFound",
        "DiscrepancyExplained",
        "DiscrepancyResolved",
        "ManualEntry",
        "HoldPlaced",
        "HoldPosted",
        "HoldVoided",
    ]
)
"""What is booked of reports and statements, of their reconciliation, and by hand."""
ROOTS: Final = (
    "req_",
    "check_",
    "watch_",
    "sandbox/evt_",
    "payments/report/",
    "proof-",
    "nightly-",
)
"""How the id of a cause begins that is no message: a client's request, the clock, the provider,
a report of the provider's.
"""


def truth_is_in_the_books(evidence: Evidence) -> Iterator[str]:
    """The balances of each payment follow from what the provider did, by the rules T0 to T9."""
    booked: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in evidence.entries:
        if entry["document"]["data"]["fact"] in OF_NO_EVENT:
            continue  # audited with the reconciliation
        for line in lines(entry):
            booked[entry.get("payment_id", "")][line.account] += line.amount
    for name in sorted(evidence.payments.keys() | booked.keys()):
        truly = evidence.operations(name)
        taken = sum_of(truly, "capture", "succeeded")
        back = sum_of(truly, "refund", "succeeded")
        owed = sum_of(truly, "refund", "reversed") - _drawn(evidence, name)
        if owed < 0:
            yield f"{name}: refunds have drawn {-owed} more than had come back"
        opened, lost = sum_of(truly, "dispute", "opened"), sum_of(truly, "dispute", "lost")
        expected = {
            "1100": taken,
            "1200": -(back + opened + lost),
            "1300": opened,
            "2100": -owed,
            "5100": lost,
            "9000": held_at_provider(evidence, name),
        }
        for account, amount in expected.items():
            if booked[name][account] != amount:
                yield f"{name}: {account} is {booked[name][account]}, and should be {amount}"
        earned = -(booked[name]["4000"] + booked[name]["2110"] + booked[name]["4100"])
        if earned != taken - back - owed:
            yield f"{name}: {earned} is earned or unapplied of {taken} less {back} and {owed}"


def truth_is_in_the_orders(evidence: Evidence) -> Iterator[str]:
    """An order's amounts are its payment's; unapplied money is none of it."""
    unapplied: Counter[str] = Counter()
    for told in (row["document"] for row in evidence.outbox):
        sign = {"PaymentCaptured": 1, "CaptureFailed": -1}.get(told["type"], 0)
        if sign and told["data"]["unapplied"]:
            unapplied[told["data"]["order_id"]] += sign * told["data"]["amount"]["minor"]
    for name, order in evidence.orders.items():
        payment = evidence.payments.get(order["payment_id"])
        if payment is None:
            yield f"{name} has no payment"
            continue
        told = {
            "captured": (order["captured"], payment["captured"] - unapplied[name]),
            "refunded": (
                _refunds(order, "succeeded") - paid_by_hand(evidence, order),
                payment["refunded"],
            ),
            "disputed": (disputed(order, "opened"), disputed(payment, "opened")),
            "charged back": (disputed(order, "lost"), disputed(payment, "lost")),
        }
        for what, (ours, theirs) in told.items():
            if ours != theirs:
                yield f"{name}: {what} {ours}, and its payment {theirs}"


def x1_every_operation_is_booked_once(evidence: Evidence) -> Iterator[str]:
    """Each operation of the provider has its entries, and each entry its operation.

    A hold that came beside another is given back, and the books never hear of it.
    """
    expected: Counter[tuple[str, str]] = Counter()
    for name, row in evidence.payments.items():
        unheard = {each["attempt_id"] for each in second_holds(evidence, name)}
        for operation in evidence.operations(name):
            if operation["reference"] not in unheard:
                expected.update(_entries_of(operation))
        for attempt in row["attempts"]:
            if attempt["operation"] == "refund":
                given_up = _given_up(evidence, name, attempt["refund_id"])
                asked_again = given_up if attempt["status"] == "succeeded" else given_up - 1
                expected["RefundRequested", attempt["attempt_id"]] += 1 + asked_again
                expected["RefundFailed", attempt["attempt_id"]] += given_up
    found: Counter[tuple[str, str]] = Counter()
    for entry in evidence.entries:
        if entry["document"]["data"]["fact"] in OF_NO_EVENT:
            continue
        cause = evidence.message(entry["document"]["causationid"])
        if cause is None:
            yield f"{entry['pk']} was caused by nothing that is known"
        elif cause["type"] not in {"PaymentVoided", "AuthorizationExpired"}:
            found[cause["type"], _operation_of(evidence, cause["data"])] += 1
    for key in sorted(expected.keys() | found.keys()):
        if expected[key] != found[key]:
            yield f"{key} is booked {found[key]} times instead of {expected[key]}"


def x2_every_event_is_told_once_with_one_content(evidence: Evidence) -> Iterator[str]:
    """One id, one content; no gap in what one aggregate says; all of it on the bus."""
    contents: dict[str, Plain] = {}
    for document in evidence.published:
        if contents.setdefault(document["id"], document) != document:
            yield f"{document['id']} was told with two contents"
    lines_: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in evidence.outbox:
        document = row["document"]
        lines_[document["source"], document["subject"]].append(int(document["sequence"]))
        if contents.pop(document["id"], None) != document or "ProcessedOn" not in row:
            yield f"{document['id']} is not on the bus as it was written"
    for id_ in contents:
        yield f"{id_} was told and never written"
    for subject, sequence in lines_.items():
        if sorted(sequence) != list(range(1, len(sequence) + 1)):
            yield f"{subject} says {sorted(sequence)}"


def x3_everything_has_a_cause_in_its_flow(evidence: Evidence) -> Iterator[str]:
    """Causes lead back to a client, the clock or the provider; one flow has one correlation."""
    for row in evidence.outbox:
        document = row["document"]
        cause, seen = document["causationid"], {document["id"]}
        while not cause.startswith(ROOTS):
            before = evidence.message(cause)
            if before is None or cause in seen:
                yield f"{document['id']} leads back to {cause}"
                break
            if before["correlationid"] != document["correlationid"]:
                yield f"{document['id']} and {cause} are of two flows"
            seen.add(cause)
            cause = before["causationid"]


def x4_an_order_says_what_its_money_says(evidence: Evidence) -> Iterator[str]:
    for name, order in evidence.orders.items():
        if order["status"] not in SETTLED:
            continue  # for the check of what is left half-way
        payment = evidence.payments.get(order["payment_id"])
        if payment is not None and order["status"] not in _possible(order, payment):
            yield f"{name} is {order['status']}"


def nothing_is_left_half_way(evidence: Evidence) -> Iterator[str]:
    """Once faults have stopped everything ends: no letter, no waiting state."""
    for letter in evidence.letters:
        yield f"still in a queue: {letter}"
    for name, order in evidence.orders.items():
        if order["status"] not in SETTLED or _refunds(order, "pending"):
            yield f"{name} is {order['status']} with {_refunds(order, 'pending')} pending"
        for each in order["compensations"]:
            if each["status"] == "open":
                yield f"{name} still undoes {each['cause']}"
    for name, status in evidence.executions.items():
        if status == "RUNNING":
            yield f"execution {name} still runs"


def nothing_unexpected_happened(evidence: Evidence) -> Iterator[str]:
    """No exception without a name, no proof of the books that finds a breach, and no contradiction
    but those that were planted.

    A person may also have been told of a dispute whose capture was known to be withdrawn before
    it was heard that it was won; of a hold that its provider has refused to give back; and that
    more went back than was captured only where something was undone, which may be heard of late.
    """
    yield from evidence.unexpected
    yield from breached(evidence)
    planted = 0
    for row in evidence.outbox:
        if row["Type"] not in {"NoticeContradicted", "PaymentOverdrawn"}:
            continue
        data = row["document"]["data"]
        operations = evidence.operations(data["payment_id"])
        won = sum_of(operations, "dispute", "won")
        if row["Type"] == "NoticeContradicted":
            disputed_late = won and " disputed of " in data["contradiction"]
            planted += not (disputed_late or left_held(evidence, data))
        elif not won + sum_of(operations, "refund", "reversed"):
            yield f"{data['payment_id']} is said to be overdrawn, and nothing was undone"
    if planted != evidence.wrong_webhooks:
        yield f"{planted} contradictions, of which {evidence.wrong_webhooks} were planted"


def _given_up(evidence: Evidence, payment_id: str, refund_id: str) -> int:
    """How often the request of a refund was taken back, even if it was paid after all."""
    return sum(
        data["refund_id"] == refund_id and data["undoes"] == "request"
        for data in evidence.told("RefundFailed", payment_id)
    )


def _drawn(evidence: Evidence, payment_id: str) -> int:
    """What refunds that were paid had drawn on the debt that one before them had left."""
    asked = {
        data["refund_id"]: (data.get("already_owed") or {"minor": 0})["minor"]
        for data in evidence.told("RefundRequested", payment_id)
    }
    attempts = evidence.payments.get(payment_id, {"attempts": []})["attempts"]
    return sum(
        asked.get(each["refund_id"], 0)
        for each in attempts
        if each["operation"] == "refund" and each["status"] == "succeeded"
    )


def _entries_of(operation: Plain) -> list[tuple[str, str]]:
    """What is booked for an operation as it stands at the provider."""
    kind, status = operation["operation"], operation["status"]
    if kind == "dispute":
        end = {"won": ["DisputeWon"], "lost": ["DisputeLost"]}.get(status, [])
        return [(told, operation["id"]) for told in ("DisputeOpened", *end)]
    return [(told, operation["reference"]) for told in _TOLD.get((kind, status), ())]


_TOLD: Final = {
    ("authorize", "succeeded"): ("PaymentAuthorized",),
    ("authorize", "expired"): ("PaymentAuthorized",),
    ("capture", "succeeded"): ("PaymentCaptured",),
    ("capture", "reversed"): ("PaymentCaptured", "CaptureFailed"),
    ("refund", "succeeded"): ("PaymentRefunded",),
    ("refund", "reversed"): ("PaymentRefunded", "RefundFailed"),
}


def _operation_of(evidence: Evidence, data: Plain) -> str:
    """The provider's reference of the operation that an event is about."""
    if "refund_id" in data:
        attempts = evidence.payments[data["payment_id"]]["attempts"]
        found = [each for each in attempts if each["refund_id"] == data["refund_id"]]
        return str(found[0]["attempt_id"]) if found else str(data["refund_id"])
    if "dispute_id" in data or "capture_id" in data:
        return str(data.get("dispute_id") or data["capture_id"])
    operations = evidence.operations(data["payment_id"])
    made = [each for each in operations if each["id"] == data.get("provider_reference")]
    return str(made[0]["reference"]) if made else str(data.get("provider_reference"))


def _possible(order: Plain, payment: Plain) -> set[str]:
    captured = order["captured"]
    refunded = sum(
        each["amount"]
        for each in order["refunds"]
        if each["status"] == "succeeded" and not each["unapplied"]
    )
    if captured > 0:
        if disputed(order, "opened", "lost"):
            return {"disputed"}
        if refunded >= captured:
            return {"refunded"}
        return {"partially_refunded" if refunded else "paid"}
    return {"authorized"} if held(payment) else {"payment_failed", "cancelled"}


def _refunds(order: Plain, status: str) -> int:
    return sum(each["amount"] for each in order["refunds"] if each["status"] == status)
