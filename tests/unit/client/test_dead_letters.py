"""The command line of an operator who works on dead letters."""

import json

import pytest

from tests.contract.operator_samples import CLOSED, DEAD_LETTER, INSPECTED, OPEN, REDRIVEN
from tests.unit.client.answering_server import answering, prepared
from tests.unit.client.command_line import Told

NOTHING = prepared({"data": [], "next_cursor": None})
ONE = prepared({"data": [OPEN], "next_cursor": None})
PATH = f"/operations/orders/dead-letters/{DEAD_LETTER}"


def test_all_services_are_listed_with_their_reasons(told: Told) -> None:
    with answering(ONE, NOTHING, NOTHING) as script:
        assert told.run(script, "dead-letters", "list") == 0
    assert [each.path for each in script.asked] == [
        f"/operations/{service}/dead-letters?status=open&limit=100"
        for service in ("orders", "payments", "accounting")
    ]
    assert "KeyError at infrastructure/order_rows.py:61" in told.out


def test_a_choice_is_asked_for_or_made_here(told: Told) -> None:
    words = "dead-letters list --json --service orders --queue events --status closed --code"
    with answering(ONE, ONE) as script:
        assert told.run(script, *words.split(), "no_word") == 0
        assert json.loads(told.out) == {"data": []}
        assert told.run(script, *words.split(), "unexpected_failure") == 0
    assert json.loads(told.out) == {"data": [OPEN]}
    assert {each.path for each in script.asked} == {
        "/operations/orders/dead-letters?status=closed&limit=100&queue=events"
    }


def test_one_is_shown_with_its_body_and_attempts(told: Told) -> None:
    with answering(prepared(INSPECTED)) as script:
        assert told.run(script, "dead-letters", "show", DEAD_LETTER) == 0
    assert script.asked[0].path == PATH
    assert '"detail-type": "PaymentCaptured"' in told.out
    assert "2026-11-03T14:12:31.000000Z" in told.out


def test_one_is_sent_again_with_a_reason_and_watched(told: Told) -> None:
    answers = [prepared({**REDRIVEN, "status": "redriving"}, 202), prepared(REDRIVEN)]
    words = ("dead-letters", "redrive", DEAD_LETTER, "--reason", "mended", "--watch", "--json")
    with answering(*answers) as script:
        assert told.run(script, *words, "--idempotency-key", "k1") == 0
    assert (script.asked[0].method, script.asked[0].path) == ("POST", f"{PATH}/redrive")
    assert json.loads(script.asked[0].body) == {"reason": "mended"}
    assert script.asked[0].headers["idempotency-key"] == f"k1:{DEAD_LETTER}"
    assert json.loads(told.out) == {"data": [REDRIVEN]}


def test_all_that_can_be_sent_are_sent(told: Told) -> None:
    other = {**OPEN, "dead_letter_id": "dl_orders_other", "redrivable": False}
    page = prepared({"data": [OPEN, other], "next_cursor": None})
    words = ("dead-letters", "redrive", "--all", "--service", "orders", "--reason", "mended")
    with answering(page, prepared(REDRIVEN, 202)) as script:
        assert told.run(script, *words) == 0
    assert [each.path for each in script.asked[1:]] == [f"{PATH}/redrive"]
    assert "redriven by ada" in told.out


def test_one_is_closed_with_a_reason(told: Told) -> None:
    words = ("dead-letters", "close", DEAD_LETTER, "--reason", "a message of the load test")
    with answering(prepared(CLOSED)) as script:
        assert told.run(script, *words) == 0
    assert (script.asked[0].method, script.asked[0].path) == ("POST", f"{PATH}/close")
    assert "closed by ada" in told.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("redrive", "--reason", "mended"), "name dead letters"),
        (("redrive", DEAD_LETTER, "--all", "--reason", "mended"), "name dead letters"),
        (("redrive", DEAD_LETTER), "--reason"),
        (("close", DEAD_LETTER), "--reason"),
        (("show", "ord_1"), "names none of orders, payments, accounting"),
        (("show", "dl_sales_1"), "names none of orders, payments, accounting"),
        (("list", "--service", "sales"), "invalid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    told: Told, words: tuple[str, ...], complaint: str
) -> None:
    with answering() as script:
        assert told.run(script, "dead-letters", *words) == 2
    assert complaint in told.err
    assert script.asked == []
