"""The auditor can fail: whatever is put into a finished world that is not right, it names."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from tests.simulation.audit import CHECKS, evidence_of, findings
from tests.simulation.evidence import Evidence, Plain
from tests.simulation.upsets import life_called
from tests.simulation.world import World

LIVES = (
    "place and capture",
    "refund in two parts",
    "refund comes back",
    "capture withdrawn",
    "dispute lost",
    "void",
    "refund refused, paid by hand",
)


@cache
def finished() -> Evidence:
    world = World(1, lives=[life_called(name) for name in LIVES], rates={})
    world.run()
    return evidence_of(world)


def entry(evidence: Evidence, fact: str) -> Plain:
    return next(each for each in evidence.entries if each["document"]["data"]["fact"] == fact)


def order(evidence: Evidence, number: int) -> Plain:
    return next(each for each in evidence.orders.values() if each["customer_id"] == f"cus_{number}")


def payment(evidence: Evidence, number: int) -> Plain:
    return evidence.payments[order(evidence, number)["payment_id"]]


def lane_with(evidence: Evidence, account: str) -> list[int]:
    """The kept sums of an account in some lane: debit, credit, held debit, held credit."""
    kept: list[list[int]] = [
        lane["balances"]["EUR"][account]
        for lane in evidence.lanes.values()
        if account in lane["balances"].get("EUR", {})
    ]
    return kept[0]


def told(evidence: Evidence, kind: str, change: Callable[[Plain], Any]) -> None:
    """Change one event everywhere that it was told."""
    document = next(each["document"] for each in evidence.outbox if each["Type"] == kind)
    for each in [document, *evidence.published]:
        if each["id"] == document["id"]:
            change(each)


def unbalanced(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["postings"] += ";D5900 7 EUR"


def trial_balance(evidence: Evidence) -> None:
    lane_with(evidence, "4000")[0] += 1


def folded_twice(evidence: Evidence) -> None:
    lane_with(evidence, "4000")[0] += 1
    lane_with(evidence, "4000")[1] += 1


def rewritten(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["description"] = "Nothing to see"


def same_cause(evidence: Evidence) -> None:
    first, second = evidence.entries[:2]
    first["document"]["causationid"] = second["document"]["causationid"]


def no_mirror(evidence: Evidence) -> None:
    reversal = next(each for each in evidence.entries if each.get("reverses"))
    reversal["reverses"] = entry(evidence, "PaymentAuthorized")["pk"].removeprefix("ENTRY#")


def booked_early(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["effective_at"] = "2027-01-01T00:00:00.000000Z"


def captured_too_much(evidence: Evidence) -> None:
    payment(evidence, 0)["released"] += 1


def refunded_too_much(evidence: Evidence) -> None:
    payment(evidence, 1)["refunding"] += 1


def two_attempts_for_one_cause(evidence: Evidence) -> None:
    first, second = payment(evidence, 0)["attempts"]
    second["cause_id"] = first["cause_id"]


def carried_out_twice(evidence: Evidence) -> None:
    charge = next(each for each in evidence.charges if len(each["operations"]) == 2)
    charge["operations"].append(dict(charge["operations"][1]))


def left_unknown(evidence: Evidence) -> None:
    payment(evidence, 0)["attempts"][0]["status"] = "unknown"


def token_told(evidence: Evidence) -> None:
    told(evidence, "OrderPlaced", lambda each: each["data"].update(customer_id="tok_0"))


def card_told(evidence: Evidence) -> None:
    told(evidence, "OrderPlaced", lambda each: each["data"].update(customer_id="4111111111111111"))


def charge_of_nobody(evidence: Evidence) -> None:
    charge = {"reference": "pay_nobody-authorize-1", "held": 0, "operations": []}
    evidence.charges.append(charge)


def booked_elsewhere(evidence: Evidence) -> None:
    entry(evidence, "PaymentCaptured")["payment_id"] = payment(evidence, 5)["payment_id"]


def order_knows_less(evidence: Evidence) -> None:
    order(evidence, 0)["captured"] -= 1


def entry_lost(evidence: Evidence) -> None:
    evidence.entries.remove(entry(evidence, "DisputeLost"))


def not_published(evidence: Evidence) -> None:
    del evidence.outbox[0]["ProcessedOn"]


def told_otherwise(evidence: Evidence) -> None:
    evidence.published.append({**evidence.published[0], "time": "later"})


def sequence_gap(evidence: Evidence) -> None:
    told(evidence, "OrderPlaced", lambda each: each.update(sequence="0000000099"))


def other_flow(evidence: Evidence) -> None:
    told(evidence, "PaymentAuthorized", lambda each: each.update(correlationid="flow-99"))


def says_otherwise(evidence: Evidence) -> None:
    order(evidence, 0)["status"] = "refunded"


def left_half_way(evidence: Evidence) -> None:
    order(evidence, 0)["status"] = "capturing"


def letter_left(evidence: Evidence) -> None:
    evidence.letters.append("a message")


def exception(evidence: Evidence) -> None:
    evidence.unexpected.append("KeyError")


def contradiction(evidence: Evidence) -> None:
    evidence.wrong_webhooks += 1


def another_ones_command(evidence: Evidence) -> None:
    """A compensation that has sent what it does not own."""
    step = next(
        step
        for order in evidence.orders.values()
        for compensation in order["compensations"]
        for step in compensation["steps"]
    )
    step["reference"] = "cmp_another-release-hold-1"


def by_hand(evidence: Evidence, name: str, fact: str, **more: str) -> None:
    """An entry that nobody has folded."""
    data = {"fact": fact, "reference": ""}
    document = {"causationid": f"req_{name}", "data": data}
    times = {"OccurredOn": "2026-01-02T", "effective_at": "2026-01-01T"}
    evidence.entries.append({"pk": f"ENTRY#{name}", "document": document, **times, **more})


def held_ends_twice(evidence: Evidence) -> None:
    held = {"released": "D2120 5 EUR;C4000 5 EUR", "resolves": "je_hold"}
    by_hand(evidence, "je_hold", "HoldPlaced", held=held["released"])
    by_hand(evidence, "je_posted", "HoldPosted", postings="D4000 1 EUR;C4000 1 EUR", **held)
    by_hand(evidence, "je_voided", "HoldVoided", **held)


def more_released_than_held(evidence: Evidence) -> None:
    by_hand(evidence, "je_memo", "ManualEntry", postings="D9001 5 EUR;C9000 5 EUR")


def beyond_its_limit(evidence: Evidence) -> None:
    by_hand(evidence, "je_spent", "ManualEntry", postings="D2120 1 EUR;C4000 1 EUR")


def held_beyond_its_limit(evidence: Evidence) -> None:
    by_hand(evidence, "je_hold", "HoldPlaced", held="D2120 1 EUR;C4000 1 EUR")


def tried_again_beside_a_hold(evidence: Evidence) -> None:
    row = payment(evidence, 0)
    first = next(each for each in row["attempts"] if each["operation"] == "authorize")
    again = {"attempt_id": f"{row['payment_id']}-authorize-2", "cause_id": "b", "key": "b"}
    row["attempts"].append({**first, **again})
    first["status"] = "pending"


def case(evidence: Evidence, status: str) -> Plain:
    return next(each for each in evidence.cases.values() if each["CaseStatus"] == status)


def case_lost(evidence: Evidence) -> None:
    del evidence.cases[case(evidence, "open")["case_id"]]


def case_of_nothing(evidence: Evidence) -> None:
    evidence.cases["case_x"] = {**case(evidence, "open"), "payment_id": "pay_nobody"}


def decided_by_nobody(evidence: Evidence) -> None:
    told(evidence, "CaseResolved", lambda each: each["data"].update(actor=""))


def decided_in_silence(evidence: Evidence) -> None:
    case(evidence, "open")["CaseStatus"] = "resolved"


CORRUPTIONS: list[tuple[Callable[[Evidence], None], set[str]]] = [
    (unbalanced, {"L1", "L3", "L4"}),
    (trial_balance, {"L2", "L3"}),
    (folded_twice, {"L3"}),
    (rewritten, {"L4"}),
    (held_ends_twice, {"L5", "L3"}),
    (more_released_than_held, {"L5", "L3"}),
    (beyond_its_limit, {"L6", "L3"}),
    (held_beyond_its_limit, {"L6", "L3"}),
    (tried_again_beside_a_hold, {"P6", "P5"}),
    (same_cause, {"L7", "X1", "X2"}),
    (no_mirror, {"L8", "L4"}),
    (booked_early, {"L9", "L4"}),
    (captured_too_much, {"P1", "provider = payments"}),
    (refunded_too_much, {"P2", "P5"}),
    (two_attempts_for_one_cause, {"P4"}),
    (carried_out_twice, {"P4"}),
    (left_unknown, {"P5"}),
    (token_told, {"P8"}),
    (card_told, {"P8"}),
    (charge_of_nobody, {"provider = payments"}),
    (booked_elsewhere, {"provider = ledger", "L4", "L5"}),
    (order_knows_less, {"payments = orders"}),
    (entry_lost, {"X1", "L3", "L4", "provider = ledger"}),
    (not_published, {"X2"}),
    (told_otherwise, {"X2"}),
    (sequence_gap, {"X2"}),
    (other_flow, {"X3"}),
    (says_otherwise, {"X4"}),
    (another_ones_command, {"X5"}),
    (case_lost, {"X6"}),
    (case_of_nothing, {"X6"}),
    (decided_by_nobody, {"X6"}),
    (decided_in_silence, {"X6"}),
    (left_half_way, {"liveness"}),
    (letter_left, {"liveness"}),
    (exception, {"unexpected"}),
    (contradiction, {"unexpected"}),
]


def test_a_world_without_faults_has_no_findings() -> None:
    assert findings(finished()) == []


@pytest.mark.parametrize(
    ("corrupt", "rules"), CORRUPTIONS, ids=[corrupt.__name__ for corrupt, _ in CORRUPTIONS]
)
def test_the_auditor_finds(corrupt: Callable[[Evidence], None], rules: set[str]) -> None:
    """Exactly the invariants that the corruption breaks: no check fails for another's reason."""
    evidence = deepcopy(finished())
    evidence.forget()
    corrupt(evidence)
    assert {finding.rule for finding in findings(evidence)} == rules


def test_no_check_is_without_a_corruption_that_it_finds() -> None:
    assert set().union(*(rules for _, rules in CORRUPTIONS)) == set(CHECKS)
