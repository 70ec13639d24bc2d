"""Webhooks over HTTP: signed, once or as the token says, and again until they arrive."""

import base64
import hashlib
import hmac
import time

import pytest
import urllib3

from tests.integration.sandbox.merchant import Merchant
from tests.integration.sandbox.receiver import SECRET, Receiver, Webhook

KEY = bytes(range(32))  # what SECRET encodes


def is_signed(webhook: Webhook) -> bool:
    sent_at = webhook.headers["webhook-timestamp"]
    signed = f"{webhook.id}.{sent_at}.".encode() + webhook.raw
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    return webhook.headers["webhook-signature"] == f"v1,{expected}"


def test_the_secret_of_the_tests_encodes_their_key() -> None:
    assert "whsec_" + base64.b64encode(KEY).decode() == SECRET


def test_every_operation_is_told_in_a_signed_webhook(
    merchant: Merchant, receiver: Receiver
) -> None:
    asked_at_seconds = time.monotonic()
    authorized = merchant.authorize().body
    [webhook] = receiver.wait_for(1)
    assert webhook.arrived_at_seconds - asked_at_seconds >= 0.05
    assert webhook.event["data"] == authorized
    assert webhook.event["id"] == webhook.id
    assert webhook.id.startswith("evt_")
    merchant.change("captures", authorized["payment"], 3_000)
    receiver.wait_for(2)
    merchant.change("refunds", authorized["payment"], 3_000)
    receiver.wait_for(3)
    merchant.change("voids", authorized["payment"])
    arrived = receiver.wait_for(4)
    assert [one.story for one in arrived] == [
        ("operation.succeeded", "authorize", None),
        ("operation.succeeded", "capture", None),
        ("operation.succeeded", "refund", None),
        ("operation.succeeded", "void", None),
    ]
    assert all(is_signed(one) for one in arrived)
    assert len({one.id for one in arrived}) == 4


@pytest.mark.parametrize(
    ("token", "stories"),
    [
        (
            "tok_insufficient_funds",
            [("operation.declined", "authorize", "insufficient_funds")],
        ),
        ("tok_requires_action", [("operation.succeeded", "authorize", None)]),
        ("tok_charge_and_say_pending", [("operation.succeeded", "authorize", None)]),
        ("tok_webhook_first", [("operation.succeeded", "authorize", None)]),
        (
            "tok_webhook_twice",
            [
                ("operation.succeeded", "authorize", None),
                ("operation.succeeded", "authorize", None),
            ],
        ),
        (
            "tok_expires",
            [
                ("operation.succeeded", "authorize", None),
                ("authorization.expired", "authorize", "expired"),
            ],
        ),
    ],
)
def test_the_webhooks_of_an_authorization(
    merchant: Merchant,
    receiver: Receiver,
    token: str,
    stories: list[tuple[str, str, str | None]],
) -> None:
    merchant.authorize(token)
    if token == "tok_expires":
        receiver.wait_for(1)
        merchant.control("clock", {"advance_seconds": 3})
    assert [one.story for one in receiver.wait_for(len(stories))] == stories


@pytest.mark.parametrize(
    ("token", "collection", "operation"),
    [
        ("tok_capture_fails_later", "captures", "capture"),
        ("tok_refund_fails_later", "refunds", "refund"),
    ],
)
def test_a_reversal_is_told_after_the_success(
    merchant: Merchant, receiver: Receiver, token: str, collection: str, operation: str
) -> None:
    payment = merchant.authorize(token).body["payment"]
    receiver.wait_for(1)
    if collection == "refunds":
        merchant.change("captures", payment, 5_000)
        receiver.wait_for(2)
    before = len(receiver.arrived)
    merchant.change(collection, payment, 5_000)
    succeeded, reversed_ = receiver.wait_for(before + 2)[before:]
    assert succeeded.story == ("operation.succeeded", operation, None)
    assert reversed_.story == ("operation.reversed", operation, f"{operation}_rejected")
    assert reversed_.id != succeeded.id
    assert merchant.operations(f"{collection}_1") == [reversed_.event["data"]]
    assert reversed_.event["data"]["status"] == "reversed"


def test_the_expiry_of_a_payment_captured_in_part_is_told(
    merchant: Merchant, receiver: Receiver
) -> None:
    payment = merchant.authorize("tok_expires").body["payment"]
    merchant.change("captures", payment, 2_000)
    receiver.wait_for(2)
    merchant.control("clock", {"advance_seconds": 3})
    expired = receiver.wait_for(3)[2]
    assert expired.story == ("authorization.expired", "authorize", "expired")
    assert [expired.event["data"]] == merchant.operations("auth_1")
    assert (expired.event["data"]["status"], expired.event["data"]["amount"]) == ("expired", 5_000)


def test_an_operation_that_fails_at_once_is_told(merchant: Merchant, receiver: Receiver) -> None:
    payment = merchant.authorize("tok_void_fails").body["payment"]
    receiver.wait_for(1)
    merchant.change("voids", payment)
    assert receiver.wait_for(2)[1].story == ("operation.failed", "void", "void_rejected")


def test_the_truth_comes_by_webhook_when_the_answer_was_lost(
    merchant: Merchant, receiver: Receiver
) -> None:
    with pytest.raises(urllib3.exceptions.ProtocolError):
        merchant.authorize("tok_timeout_after_charge")
    [webhook] = receiver.wait_for(1)
    assert webhook.event["data"] == merchant.operations("auth_1")[0]


def test_a_doubled_webhook_has_one_id(merchant: Merchant, receiver: Receiver) -> None:
    merchant.authorize("tok_webhook_twice")
    first, second = receiver.wait_for(2)
    assert (first.id, first.raw) == (second.id, second.raw)


def test_the_webhook_may_be_first_and_the_answer_second(
    merchant: Merchant, receiver: Receiver
) -> None:
    known_while_told: list[str] = []

    def ask_for_the_truth() -> None:
        known_while_told.extend(op["status"] for op in merchant.operations("auth_1"))

    receiver.during = ask_for_the_truth
    reply = merchant.authorize("tok_webhook_first")
    [webhook] = receiver.arrived
    assert webhook.event["data"] == reply.body
    assert known_while_told == ["succeeded"]


def test_reversed_webhooks_arrive_later_one_first(merchant: Merchant, receiver: Receiver) -> None:
    payment = merchant.authorize("tok_webhooks_reversed").body["payment"]
    merchant.change("captures", payment, 5_000)
    stories = [one.story[1] for one in receiver.wait_for(2, timeout_seconds=2)]
    assert stories == ["capture", "authorize"]


def test_a_reversed_webhook_waits_three_seconds_at_most(
    merchant: Merchant, receiver: Receiver
) -> None:
    merchant.authorize("tok_webhooks_reversed")
    merchant.control("clock", {"advance_seconds": 1})
    assert receiver.arrived == []
    merchant.control("clock", {"advance_seconds": 2})
    assert [one.story[1] for one in receiver.wait_for(1)] == ["authorize"]


def test_what_is_almost_due_after_an_advance_still_comes_in_time(
    merchant: Merchant, receiver: Receiver
) -> None:
    merchant.authorize()
    receiver.wait_for(1)
    merchant.control("clock", {"advance_seconds": 7 * 86_400 - 1})
    assert receiver.wait_for(2)[1].story == ("authorization.expired", "authorize", "expired")


def test_a_webhook_is_tried_again_until_it_arrives(merchant: Merchant, receiver: Receiver) -> None:
    receiver.statuses = [500, 404, 301]
    merchant.authorize()
    for count in (1, 2, 3):
        receiver.wait_for(count)
        merchant.control("clock", {"advance_seconds": 2})
    arrived = receiver.wait_for(4)
    assert len({one.id for one in arrived}) == 1
    assert len({one.raw for one in arrived}) == 1
    assert all(is_signed(one) for one in arrived)
    merchant.control("clock", {"advance_seconds": 86_400})
    merchant.authorize(reference="auth_2")
    assert receiver.wait_for(5)[4].event["data"]["reference"] == "auth_2"


def test_a_webhook_is_given_up_after_three_days(
    merchant: Merchant, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.statuses = [500, 500]
    merchant.authorize()
    [given_up] = receiver.wait_for(1)
    merchant.control("clock", {"advance_seconds": 3 * 86_400})
    until = time.monotonic() + 5
    while f"webhook {given_up.id} given up" not in caplog.messages:
        assert time.monotonic() < until, "the webhook was not given up"
        time.sleep(0.01)
    receiver.statuses = []
    attempts = len(receiver.arrived)
    merchant.control("clock", {"advance_seconds": 86_400})
    merchant.authorize(reference="auth_2")
    assert receiver.wait_for(attempts + 1)[-1].event["data"]["reference"] == "auth_2"


def test_a_webhook_is_signed_with_the_machines_time_however_far_the_clock_is_ahead(
    merchant: Merchant, receiver: Receiver
) -> None:
    merchant.control("clock", {"advance_seconds": 30 * 86_400})
    merchant.authorize()
    [webhook] = receiver.wait_for(1)
    assert abs(int(webhook.headers["webhook-timestamp"]) - time.time()) < 60


def test_some_webhooks_never_come(merchant: Merchant, receiver: Receiver) -> None:
    merchant.authorize("tok_webhook_never", reference="never")
    merchant.control("faults", {"kind": "drop_webhook", "times": 1})
    merchant.authorize(reference="dropped")
    merchant.control("faults", {"kind": "double_webhook", "times": 1})
    merchant.authorize(reference="doubled")
    receiver.wait_for(2)
    merchant.authorize(reference="last")
    references = [one.event["data"]["reference"] for one in receiver.wait_for(3)]
    assert references == ["doubled", "doubled", "last"]
    assert len(merchant.charged()) == 4
