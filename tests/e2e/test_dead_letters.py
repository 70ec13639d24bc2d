"""What nobody can read ends as a dead letter that a person works on, and stops no neighbour."""

import json
import uuid

import pytest

from client.operator_api import DeadLetter
from client.watch import Patience, until
from tests.e2e.driver import INBOXES, POISON_PER_INBOX, Platform, problem
from tests.e2e.test_cli import client

LONG = Patience(timeout_seconds=200.0, pause_seconds=0.5)


def poison(quittance: Platform, inbox: str) -> list[DeadLetter]:
    """The dead letters that were once our poison, as an operator looks at them."""
    service, queue = inbox.split("_")
    api = quittance.api("operator")
    inspected = [
        api.dead_letter(each["dead_letter_id"])
        for each in api.dead_letters(service, status="open", queue=queue)
    ]
    return [each for each in inspected if quittance.poison in each["body"]]


@pytest.mark.parametrize("inbox", INBOXES)
def test_a_message_nobody_can_read_is_listed_with_its_reason_and_closed_with_ours(
    quittance: Platform, inbox: str
) -> None:
    """Its neighbours were all the orders of this suite."""
    found = until(
        lambda: poison(quittance, inbox), lambda seen: len(seen) == POISON_PER_INBOX, LONG
    )
    assert {each["code"] for each in found} == {"undecodable_message"}
    assert {each["detail"] for each in found} == {
        "of a type that is not subscribed to",
        "not JSON",
    }
    for each in found:
        assert [noted["attempt"] for noted in each["failures"]] == [3, 4, 5]
        name = each["dead_letter_id"]
        closed = client(quittance, "dead-letters", "close", name, "--reason", "our own poison")
        assert (closed["status"], closed["decision"]["actor"]) == ("closed", "operator")
        assert closed["decision"]["reason"] == "our own poison"
        for verb in ("redrive", "close"):
            told = client(quittance, "dead-letters", verb, name, "--reason", "again", code=1)
            assert "HTTP 409, dead_letter_closed" in told
    assert poison(quittance, inbox) == []


def test_a_decision_needs_a_reason_a_right_and_a_dead_letter(quittance: Platform) -> None:
    path = "/operations/orders/dead-letters/dl_orders_none/redrive"
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    for body, role, path_, status, code in (
        ({"reason": "mended"}, "operator", path, 404, "not_found"),
        ({}, "operator", path, 422, "invalid_request"),
        ({"reason": "  "}, "operator", path, 422, "invalid_request"),
        ({"reason": "mended"}, "client", path, 403, "scope_missing"),
        ({"reason": "mended"}, "auditor", path, 403, "scope_missing"),
        ({"reason": "mended"}, "operator", path.replace("orders/", "sales/"), 404, "not_found"),
    ):
        answer = quittance.send("POST", path_, body=body, headers=headers, role=role)
        assert answer.status == status, answer.body
        assert problem(answer)["code"] == code


@pytest.mark.parametrize(
    "query", ["cursor=nonsense", "cursor=W10=", "limit=0", "limit=1e3", "status=lost"]
)
def test_a_list_of_dead_letters_that_makes_no_sense_is_refused(
    quittance: Platform, query: str
) -> None:
    answer = quittance.send("GET", f"/operations/orders/dead-letters?{query}", role="operator")
    found = problem(answer)
    assert (found["status"], found["code"]) == (422, "invalid_request")
    assert found["errors"][0]["pointer"] == "/" + query.split("=", maxsplit=1)[0]
    assert json.loads(answer.body)["retryable"] is False
