"""The command line where money is given back, tried anew, or in doubt."""

import json

import pytest

from client.motion import order_moves, payment_moves
from tests.unit.client.answering_server import answering, prepared
from tests.unit.client.command_line import Told
from tests.unit.client.documents import ORDER, PAYMENT, REFUND

PAID = ORDER | {"status": "paid", "captured": 3998, "refundable": 3998}
DISPUTE = {
    "dispute_id": "sbx_dp_1",
    "status": "opened",
    "amount": 2998,
    "reason": "[/] fraudulent",
}


def attempt(**changes: object) -> dict[str, object]:
    first: dict[str, object] = PAYMENT["attempts"][0]
    return first | changes


def test_an_order_is_cancelled_with_its_key_and_no_more(told: Told) -> None:
    with answering((202, ORDER | {"status": "cancelling"}, {})) as script:
        assert told.run(script, "order", "cancel", "ord_1", "--idempotency-key", "k1") == 0
    [asked] = script.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/orders/ord_1/cancel", b"{}")
    assert asked.headers["idempotency-key"] == "k1"
    assert "cancelling" in told.out


@pytest.mark.parametrize(("last", "code"), [("cancelled", 0), ("authorized", 1), ("paid", 1)])
def test_watching_a_cancellation_ends_with_0_only_when_it_is_cancelled(
    told: Told, last: str, code: int
) -> None:
    first = prepared(ORDER | {"status": "cancelling"}, 202)
    looks = [prepared(ORDER | {"status": status}) for status in ("cancelling", last)]
    with answering(first, *looks) as script:
        assert told.run(script, "order", "cancel", "ord_1", "--watch", "--json") == code
    assert json.loads(told.out)["status"] == last


def test_another_payment_method_is_a_token(told: Told) -> None:
    with answering((202, ORDER | {"status": "pending"}, {})) as script:
        assert told.run(script, "order", "pay", "ord_1", "--token", "tok_visa") == 0
    [asked] = script.asked
    assert asked.path == "/orders/ord_1/payment-method"
    assert json.loads(asked.body) == {"payment_method": {"token": "tok_visa"}}


@pytest.mark.parametrize(
    ("capture", "last", "code"),
    [
        ("on_confirmation", "authorized", 0),
        ("automatic", "paid", 0),
        ("on_confirmation", "payment_failed", 1),
    ],
)
def test_an_order_that_is_paid_anew_is_watched_until_its_payment_stands(
    told: Told, capture: str, last: str, code: int
) -> None:
    order = ORDER | {"capture": capture}
    first = prepared(order | {"status": "pending"}, 202)
    with answering(first, prepared(order | {"status": last})) as script:
        words = ["order", "pay", "ord_1", "--token", "tok_visa", "--watch", "--json"]
        assert told.run(script, *words) == code


def test_a_refund_of_a_part_is_sent_in_minor_units_with_its_reason(told: Told) -> None:
    words = ["order", "refund", "ord_1", "--amount", "10.00 EUR", "--reason", "one mug [broken]"]
    with answering((202, REFUND, {})) as script:
        assert told.run(script, *words) == 0
    [asked] = script.asked
    assert (asked.method, asked.path) == ("POST", "/orders/ord_1/refunds")
    assert json.loads(asked.body) == {
        "reason": "one mug [broken]",
        "amount": 1000,
        "currency": "EUR",
    }
    assert "10.00 EUR" in told.out
    assert "one mug [broken]" in told.out


def test_a_refund_without_an_amount_is_of_all_that_is_left(told: Told) -> None:
    with answering((202, REFUND, {})) as script:
        assert told.run(script, "order", "refund", "ord_1", "--reason", "sent back") == 0
    assert json.loads(script.asked[0].body) == {"reason": "sent back"}


@pytest.mark.parametrize(("last", "code"), [("succeeded", 0), ("failed", 1)])
def test_watching_a_refund_ends_with_0_only_when_the_money_is_given_back(
    told: Told, last: str, code: int
) -> None:
    other = REFUND | {"refund_id": "ref_0", "status": "succeeded"}
    looks = [
        prepared(PAID | {"refunds": [other, REFUND | {"status": status}]})
        for status in ("pending", last)
    ]
    with answering((202, REFUND, {}), *looks) as script:
        words = ["order", "refund", "ord_1", "--reason", "sent back", "--watch", "--json"]
        assert told.run(script, *words) == code
    assert json.loads(told.out) == REFUND | {"status": last}


def test_an_order_shows_what_was_given_back_and_why(told: Told) -> None:
    refund = REFUND | {"status": "succeeded"}
    order = PAID | {"status": "partially_refunded", "refunded": 1000, "refunds": [refund]}
    with answering((200, order, {})) as script:
        assert told.run(script, "order", "show", "ord_1") == 0
    assert "refunded" in told.out
    assert told.out.count("10.00 EUR") == 2
    assert "one mug [broken]" in told.out


def test_payments_in_a_status_are_listed_page_by_page(told: Told) -> None:
    first = prepared({"data": [PAYMENT], "next_cursor": "abc"})
    last = prepared({"data": [PAYMENT | {"payment_id": "pay_2"}], "next_cursor": None})
    with answering(first, last) as script:
        assert told.run(script, "payment", "list", "--status", "captured", "--json") == 0
    assert [each["payment_id"] for each in json.loads(told.out)["data"]] == ["pay_1", "pay_2"]
    assert [asked.path for asked in script.asked] == [
        "/payments?status=captured&limit=100",
        "/payments?status=captured&limit=100&cursor=abc",
    ]


def test_payments_in_doubt_show_what_is_not_decided(told: Told) -> None:
    doubtful = attempt(operation="capture", status="unknown")
    payment = PAYMENT | {"status": "capturing", "attempts": [attempt(), doubtful]}
    with answering((200, {"data": [payment], "next_cursor": None}, {})) as script:
        assert told.run(script, "payment", "list", "--unknown") == 0
    assert script.asked[0].path == "/payments?attempt_status=unknown&limit=100"
    assert "capture: unknown" in told.out
    assert "authorize: succeeded" not in told.out


@pytest.mark.parametrize(
    "words", [["payment", "list"], ["payment", "list", "--unknown", "--status", "captured"]]
)
def test_a_list_of_payments_needs_one_question(told: Told, words: list[str]) -> None:
    with answering() as script:
        assert told.run(script, *words) == 2


def test_a_provider_is_asked_and_its_answer_watched(told: Told) -> None:
    pending = PAYMENT | {"status": "authorizing", "attempts": [attempt(status="unknown")]}
    with answering((200, pending, {}), prepared(pending), prepared(PAYMENT)) as script:
        words = ["payment", "sync", "pay_1", "--watch", "--json", "--idempotency-key", "k1"]
        assert told.run(script, *words) == 0
    first, *looks = script.asked
    assert (first.method, first.path) == ("POST", "/payments/pay_1/sync")
    assert [(look.method, look.path) for look in looks] == [("GET", "/payments/pay_1")] * 2
    assert json.loads(told.out)["status"] == "captured"


def test_a_payment_shows_its_disputes_and_what_was_withdrawn(told: Told) -> None:
    changes = {"status": "disputed", "disputed": 2998, "refunded": 1000, "disputes": [DISPUTE]}
    withdrawn = attempt(operation="refund", withdrawn=True)
    payment = PAYMENT | changes | {"attempts": [attempt(), withdrawn]}
    with answering((200, payment, {})) as script:
        assert told.run(script, "payment", "show", "pay_1") == 0
    assert "succeeded, withdrawn" in told.out
    assert told.out.count("29.98 EUR") == 2
    assert "[/] fraudulent" in told.out
    assert "charged back" not in told.out


def test_an_order_rests_only_when_no_refund_is_under_way() -> None:
    assert not order_moves(PAID)  # type: ignore[arg-type]
    assert order_moves(PAID | {"refunding": 1000})  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["started", "pending", "unknown"])
def test_a_payment_rests_only_when_everything_is_decided(status: str) -> None:
    moving = PAYMENT | {"attempts": [attempt(), attempt(operation="refund", status=status)]}
    assert payment_moves(moving)  # type: ignore[arg-type]
    assert not payment_moves(PAYMENT)  # type: ignore[arg-type]
