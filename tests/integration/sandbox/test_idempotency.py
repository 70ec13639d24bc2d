"""Lost answers, replays and races: one key is one charge."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from tests.integration.sandbox.merchant import Merchant

LOST = urllib3.exceptions.ProtocolError


def test_the_same_key_replays_the_answer(merchant: Merchant) -> None:
    first = merchant.authorize(key="key_a")
    again = merchant.authorize(key="key_a")
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.status, again.body) == (201, first.body)
    assert merchant.charged() == [(5_000, 0, 0, 0)]


def test_a_decline_is_replayed(merchant: Merchant) -> None:
    first = merchant.authorize("tok_lost_card", key="key_a")
    again = merchant.authorize("tok_lost_card", key="key_a")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.status, again.body) == (402, first.body)


def test_the_same_key_with_another_body_or_path_is_422(merchant: Merchant) -> None:
    payment = merchant.authorize(key="key_a").body["payment"]
    for reply in (
        merchant.authorize(amount=5_001, key="key_a"),
        merchant.change("captures", payment, 5_000, key="key_a"),
    ):
        assert (reply.status, reply.code) == (422, "idempotency_mismatch")
    assert merchant.charged() == [(5_000, 0, 0, 0)]


def test_after_a_lost_answer_the_same_key_replays_the_success(merchant: Merchant) -> None:
    with pytest.raises(LOST):
        merchant.authorize("tok_timeout_after_charge", key="key_a")
    [known] = merchant.operations("auth_1")
    assert known["status"] == "succeeded"
    replay = merchant.authorize("tok_timeout_after_charge", key="key_a")
    assert (replay.status, replay.body) == (201, known)
    with pytest.raises(LOST):
        merchant.change("captures", known["payment"], 5_000, key="key_b")
    assert merchant.change("captures", known["payment"], 5_000, key="key_b").status == 201
    assert merchant.charged() == [(5_000, 5_000, 0, 0)]


def test_before_a_charge_the_line_drops_on_every_try(merchant: Merchant) -> None:
    for _ in range(2):
        with pytest.raises(LOST):
            merchant.authorize("tok_timeout_before_charge", key="key_a")
    assert merchant.operations("auth_1") == []
    assert merchant.charged() == []


def test_a_server_error_is_kept_under_its_key_and_took_nothing(merchant: Merchant) -> None:
    first = merchant.authorize("tok_server_error", key="key_a")
    again = merchant.authorize("tok_server_error", key="key_a")
    assert (first.status, first.code) == (again.status, again.code) == (500, "server_error")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert merchant.operations("auth_1") == []


def test_a_refused_request_does_not_spend_its_key(merchant: Merchant) -> None:
    payment = merchant.authorize().body["payment"]
    assert merchant.change("refunds", payment, 100, key="key_a").status == 409
    assert merchant.change("captures", payment, 100, key="key_a").status == 201


def test_twenty_requests_at_once_with_one_key_charge_once(merchant: Merchant) -> None:
    merchant.control("faults", {"kind": "slow", "times": 1, "delay_ms": 300})
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: merchant.authorize(key="key_a"), range(20)))
    executed = [r for r in replies if r.status == 201 and "Idempotent-Replayed" not in r.headers]
    refused = [r for r in replies if r.status == 409]
    assert len(executed) == 1
    assert {r.code for r in refused} == {"idempotency_in_flight"}
    assert {r.headers["Retry-After"] for r in refused} == {"1"}
    assert {r.body["id"] for r in replies if r.status == 201} == {executed[0].body["id"]}
    assert merchant.charged() == [(5_000, 0, 0, 0)]


def test_a_hundred_captures_at_once_take_no_more_than_was_authorized(merchant: Merchant) -> None:
    payment = merchant.authorize(amount=5_000).body["payment"]
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: merchant.change("captures", payment, 90), range(100)))
    assert sorted(r.status for r in replies) == [201] * 55 + [400] * 45
    assert merchant.charged() == [(5_000, 4_950, 0, 0)]


def test_a_day_later_the_same_key_is_a_new_charge(merchant: Merchant) -> None:
    merchant.authorize(key="key_a")
    merchant.control("clock", {"advance_seconds": 86_399})
    assert "Idempotent-Replayed" in merchant.authorize(key="key_a").headers
    merchant.control("clock", {"advance_seconds": 1})
    assert "Idempotent-Replayed" not in merchant.authorize(key="key_a").headers
    assert merchant.charged() == [(5_000, 0, 0, 0), (5_000, 0, 0, 0)]
