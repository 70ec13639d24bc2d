"""The ledger as people live with it: balances, entries by hand, a second person, a proof."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from client.transport import Answer
from tests.e2e.driver import Platform
from tests.e2e.test_cli import client

WAIT_SECONDS = 30.0


def post(
    quittance: Platform,
    path: str,
    body: dict[str, Any],
    *,
    expected: int = 202,
    role: str = "operator",
) -> Any:
    answer: Answer = quittance.send(
        "POST",
        path,
        body=body,
        headers={"Idempotency-Key": str(uuid.uuid4())},
        role=role,
    )
    assert answer.status == expected, answer.body
    return json.loads(answer.body)


def entry(minor: int, **more: Any) -> dict[str, Any]:
    postings = [
        {"account": "5000", "side": "debit", "amount": minor, "currency": "EUR"},
        {"account": "1000", "side": "credit", "amount": minor, "currency": "EUR"},
    ]
    described = {"description": "A bank fee", "postings": postings, **more}
    return {"actor": "ann", "reason": "the bank's statement", "entries": [described]}


def test_folded_balances_catch_up_with_the_entries(quittance: Platform) -> None:
    quittance.paid()
    words = ("ledger", "balance", "1100", "--currency", "EUR", "--consistency")
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        current = client(quittance, *words, "current")
        folded = client(quittance, *words, "folded")
        if folded["point"]["entries"] == current["point"]["entries"]:
            break
        assert time.monotonic() < deadline, (folded, current)
        time.sleep(0.2)
    assert folded["balance"] == current["balance"] > 0
    assert len(folded["point"]["root"]) == 64


def test_an_entry_by_hand_is_booked_reversed_once_and_seen_in_the_statement(
    quittance: Platform,
) -> None:
    (entry_id,) = post(quittance, "/journal-entries", entry(180))["entry_ids"]
    reason = {"actor": "ann", "reason": "booked twice"}
    (reversal_id,) = post(quittance, f"/journal-entries/{entry_id}/reversal", reason)["entry_ids"]
    again = post(quittance, f"/journal-entries/{entry_id}/reversal", reason, expected=409)
    assert again["code"] == "already_reversed"
    lines = statement_with(quittance, entry_id, reversal_id)
    assert (lines[entry_id]["debit"], lines[reversal_id]["credit"]) == (180, 180)


def statement_with(quittance: Platform, *entry_ids: str) -> dict[str, Any]:
    """The lines of the fees' statement, once these entries are folded."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        answer = quittance.send("GET", "/accounts/5000/statement?currency=EUR", role="auditor")
        lines = {line["entry_id"]: line for line in json.loads(answer.body)["lines"]}
        if lines.keys() >= set(entry_ids) or time.monotonic() > deadline:
            return lines
        time.sleep(0.2)


def test_a_large_entry_waits_for_a_second_person(quittance: Platform) -> None:
    proposed = post(quittance, "/journal-entries", entry(100_001))
    assert proposed["status"] == "awaiting_approval"
    path = f"/proposals/{proposed['proposal_id']}/approval"
    for approver, role in (("bob", "operator"), ("Ann", "supervisor")):
        refused = post(quittance, path, {"approver": approver}, expected=409, role=role)
        assert refused["code"] == "self_approval"
    (entry_id,) = post(quittance, path, {"approver": "bob"}, role="supervisor")["entry_ids"]
    booked = json.loads(quittance.send("GET", f"/journal-entries/{entry_id}", role="auditor").body)
    assert (booked["actor"], booked["actor_key"]) == ("ann", "operator")
    assert (booked["approver"], booked["approver_key"]) == ("bob", "supervisor")
    post(quittance, f"/journal-entries/{entry_id}/reversal", {"actor": "bob", "reason": "a test"})


def test_a_hold_is_placed_and_posted_in_part(quittance: Platform) -> None:
    held = entry(500, hold_until=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    (hold_id,) = post(quittance, "/journal-entries", held)["entry_ids"]
    part = entry(200)["entries"][0]["postings"]
    body = {"actor": "ann", "reason": "the rest is not due", "outcome": "post", "postings": part}
    post(quittance, f"/journal-entries/{hold_id}/resolution", body)
    body["outcome"] = "void"
    del body["postings"]
    refused = post(quittance, f"/journal-entries/{hold_id}/resolution", body, expected=409)
    assert refused["code"] == "already_resolved"


def test_what_is_wrong_is_refused_with_its_code_and_writes_nothing(quittance: Platform) -> None:
    unbalanced = entry(100)
    unbalanced["entries"][0]["postings"][0]["amount"] = 99
    assert post(quittance, "/journal-entries", unbalanced, expected=422)["code"] == (
        "entry_unbalanced"
    )
    unknown = entry(100)
    unknown["entries"][0]["postings"][0]["account"] = "7777"
    assert post(quittance, "/journal-entries", unknown, expected=422)["code"] == "unknown_account"
    silent = {**entry(100), "reason": " "}
    refused = post(quittance, "/journal-entries", silent, expected=422)
    assert [each["pointer"] for each in refused["errors"]] == ["/reason"]


def test_the_nightly_proof_finds_nothing_and_so_does_the_client(quittance: Platform) -> None:
    quittance.paid()
    stack = quittance.aws("cloudformation").describe_stacks(StackName="Quittance-local-Accounting")[
        "Stacks"
    ][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    answer = quittance.aws("lambda").invoke(
        FunctionName=outputs["ProofFunctionName"], Payload=b"{}"
    )
    told = json.loads(answer["Payload"].read())
    assert (told["breaches"], answer.get("FunctionError")) == (0, None)
    assert told["entries"] > 0
    assert quittance.api("auditor").ledger_proof()["breaches"] == []
    assert client(quittance, "ledger", "verify")["breaches"] == []
