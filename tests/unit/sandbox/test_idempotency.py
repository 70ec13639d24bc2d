"""One key is executed once, answers the same for a day, and belongs to one request."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.answers import Answer
from sandbox.idempotency import IdempotencyKeys, fingerprint_of
from sandbox.payment import Refused

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DONE = Answer(201, b'{"id":"sbx_op_1"}')


@pytest.fixture
def keys() -> IdempotencyKeys:
    return IdempotencyKeys()


def test_the_first_claim_executes_and_the_next_replays(keys: IdempotencyKeys) -> None:
    assert keys.claim("key_1", "print_a", NOON) is None
    keys.complete("key_1", DONE)
    assert keys.claim("key_1", "print_a", NOON) == DONE


def test_a_server_error_is_replayed_as_well(keys: IdempotencyKeys) -> None:
    keys.claim("key_1", "print_a", NOON)
    keys.complete("key_1", Answer(500, b"{}"))
    assert keys.claim("key_1", "print_a", NOON) == Answer(500, b"{}")


def test_a_key_in_flight_is_refused_even_a_day_later(keys: IdempotencyKeys) -> None:
    keys.claim("key_1", "print_a", NOON)
    for now in (NOON, NOON + timedelta(hours=25)):
        with pytest.raises(Refused) as refused:
            keys.claim("key_1", "print_a", now)
        assert refused.value.code == "idempotency_in_flight"


def test_another_request_under_the_key_is_refused(keys: IdempotencyKeys) -> None:
    keys.claim("key_1", "print_a", NOON)
    with pytest.raises(Refused) as in_flight:
        keys.claim("key_1", "print_b", NOON)
    keys.complete("key_1", DONE)
    with pytest.raises(Refused) as completed:
        keys.claim("key_1", "print_b", NOON)
    assert in_flight.value.code == completed.value.code == "idempotency_mismatch"


def test_a_released_key_is_free_for_any_request(keys: IdempotencyKeys) -> None:
    keys.claim("key_1", "print_a", NOON)
    keys.release("key_1")
    assert keys.claim("key_1", "print_b", NOON) is None


def test_a_completed_key_is_not_released(keys: IdempotencyKeys) -> None:
    keys.claim("key_1", "print_a", NOON)
    keys.complete("key_1", DONE)
    keys.release("key_1")
    assert keys.claim("key_1", "print_a", NOON) == DONE


def test_a_key_is_forgotten_after_24_hours(keys: IdempotencyKeys) -> None:
    keys.claim("key_1", "print_a", NOON)
    keys.complete("key_1", DONE)
    almost = NOON + timedelta(hours=23, minutes=59, seconds=59)
    assert keys.claim("key_1", "print_a", almost) == DONE
    assert keys.claim("key_1", "print_b", NOON + timedelta(hours=24)) is None


def test_a_key_in_flight_does_not_keep_the_later_ones_alive(keys: IdempotencyKeys) -> None:
    keys.claim("key_slow", "print_a", NOON)
    keys.claim("key_1", "print_b", NOON)
    keys.complete("key_1", DONE)
    assert keys.claim("key_1", "print_c", NOON + timedelta(hours=24)) is None


def test_of_twenty_claims_at_once_one_executes(keys: IdempotencyKeys) -> None:
    start = threading.Barrier(20)
    outcomes: list[str] = []

    def claim() -> None:
        start.wait(timeout=5)
        try:
            keys.claim("key_1", "print_a", NOON)
            outcomes.append("executes")
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=claim) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=5)
    assert Counter(outcomes) == {"executes": 1, "idempotency_in_flight": 19}


def test_a_fingerprint_ignores_the_order_of_fields_and_nothing_else() -> None:
    one = fingerprint_of("POST", "/v1/payments", {"amount": 100, "currency": "EUR"})
    assert one == fingerprint_of("POST", "/v1/payments", {"currency": "EUR", "amount": 100})
    assert one != fingerprint_of("POST", "/v1/payments", {"amount": 101, "currency": "EUR"})
    assert one != fingerprint_of("POST", "/v1/payouts", {"amount": 100, "currency": "EUR"})
    assert one != fingerprint_of("PUT", "/v1/payments", {"amount": 100, "currency": "EUR"})
