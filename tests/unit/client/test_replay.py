"""The command line of an operator who has a span published once more."""

import json

import pytest

from tests.contract.operator_samples import REPLAY, REPLAYED, STOPPED
from tests.unit.client.answering_server import answering, prepared
from tests.unit.client.command_line import Told

NAME = REPLAY["replay_id"]
PATH = f"/operations/payments/replays/{NAME}"
START = ("replay", "start", "payments", "--from", "2026-11-02T12:00:00Z", "--reason", "missed")


def test_a_span_is_asked_for_with_no_more_than_was_said(told: Told) -> None:
    with answering(prepared(REPLAY, 202)) as script:
        assert told.run(script, *START, "--idempotency-key", "k1") == 0
    [asked] = script.asked
    assert (asked.method, asked.path) == ("POST", "/operations/payments/replays")
    assert asked.headers["idempotency-key"] == "k1"
    assert json.loads(asked.body) == {
        "from": "2026-11-02T12:00:00Z",
        "types": [],
        "reason": "missed",
    }
    assert "running" in told.out


def test_everything_that_can_be_chosen_is_sent(told: Told) -> None:
    types = ("--type", "PaymentCaptured", "--type", "PaymentRefunded")
    rest = ("--to", "2026-11-03T14:00:00Z", "--about", "pay_1", "--per-second", "20")
    with answering(prepared(REPLAY, 202)) as script:
        assert told.run(script, *START, *types, *rest) == 0
    assert json.loads(script.asked[0].body) == {
        "from": "2026-11-02T12:00:00Z",
        "to": "2026-11-03T14:00:00Z",
        "types": ["PaymentCaptured", "PaymentRefunded"],
        "about": "pay_1",
        "per_second": 20,
        "reason": "missed",
    }


def test_the_webhooks_of_a_payment_are_asked_for_from_its_first_attempt_on(told: Told) -> None:
    attempts = [{"started_at": "2026-11-02T12:00:01Z"}, {"started_at": "2026-11-02T12:00:00Z"}]
    with answering(prepared({"attempts": attempts}), prepared(REPLAY, 202)) as script:
        assert told.run(script, "webhook", "replay", "pay_1", "--reason", "missed") == 0
    assert [each.path for each in script.asked] == [
        "/payments/pay_1",
        "/operations/payments/replays",
    ]
    assert json.loads(script.asked[1].body) == {
        "from": "2026-11-02T12:00:00Z",
        "types": ["WebhookReceived"],
        "about": "pay_1",
        "reason": "missed",
    }


def test_a_payment_that_no_provider_was_asked_for_has_no_webhooks(told: Told) -> None:
    with answering(prepared({"attempts": []})) as script:
        assert told.run(script, "webhook", "replay", "pay_1", "--reason", "missed") == 2
    assert "pay_1 has not been asked of any provider yet" in told.err


@pytest.mark.parametrize(("last", "code"), [(REPLAYED, 0), (STOPPED, 1)])
def test_watching_ends_with_0_only_when_it_is_done(told: Told, last: object, code: int) -> None:
    with answering(prepared(REPLAY), prepared(REPLAY), prepared(last)) as script:
        assert told.run(script, "replay", "show", NAME, "--watch", "--json") == code
    assert {each.path for each in script.asked} == {PATH}
    assert json.loads(told.out) == last
    assert "running, 0 published" in told.err


def test_it_is_stopped_with_a_reason(told: Told) -> None:
    with answering(prepared(STOPPED)) as script:
        assert told.run(script, "replay", "stop", NAME, "--reason", "the queues fill up") == 0
    assert (script.asked[0].path, script.asked[0].method) == (f"{PATH}/stop", "POST")
    assert "ada: the queues of accounting fill up" in told.out


@pytest.mark.parametrize(
    "words",
    [
        ("start", "payments", "--reason", "missed"),
        ("start", "payments", "--from", "2026-11-02T12:00:00Z"),
        ("start", "sales", "--from", "2026-11-02T12:00:00Z", "--reason", "missed"),
        ("show", "pay_1"),
        ("stop", NAME),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    told: Told, words: tuple[str, ...]
) -> None:
    with answering() as script:
        assert told.run(script, "replay", *words) == 2
    assert script.asked == []
