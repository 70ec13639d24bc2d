"""What each token does over time, on a clock that only the test moves."""

import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.payment import HeldUp, Instruction, Kind, Operation, Refused, Status
from sandbox.world import World

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(seed=7, ids=Ids(7), clock=Clock(lambda: NOON))


def authorize(world: World, token: str) -> Operation:
    return world.processing.authorize(token, Instruction("auth_1", {}, 5_000, "EUR"))


def change(world: World, kind: Kind, payment_id: str, amount: int | None = None) -> Operation:
    return world.processing.change(kind, payment_id, Instruction(f"{kind}_1", {}, amount, "EUR"))


def advance(world: World, **by: int) -> None:
    world.clock.advance(timedelta(**by))
    world.agenda.run_due()


def truth(world: World, reference: str) -> list[tuple[str, str | None]]:
    return [(op.status, op.decline_code) for op in world.processing.operations(reference)]


def test_a_challenge_is_passed_half_a_second_later(world: World) -> None:
    authorized = authorize(world, "tok_requires_action")
    assert truth(world, "auth_1") == [("pending", None)]
    with pytest.raises(Refused):
        change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    advance(world, milliseconds=500)
    assert truth(world, "auth_1") == [("succeeded", None)]
    [operation] = world.processing.operations("auth_1")
    assert operation.capture_before == NOON + timedelta(days=7, milliseconds=500)
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)


def test_a_challenged_authorization_expires_as_any_other(world: World) -> None:
    authorize(world, "tok_requires_action")
    advance(world, milliseconds=500)
    advance(world, days=7)
    assert truth(world, "auth_1") == [("expired", "expired")]


@pytest.mark.parametrize(
    ("token", "seconds"), [("tok_expires", 3), ("tok_visa", 604_800)], ids=["soon", "a week"]
)
def test_an_authorization_expires_at_the_end_of_its_window(
    world: World, token: str, seconds: int
) -> None:
    authorize(world, token)
    advance(world, seconds=seconds - 1)
    assert truth(world, "auth_1") == [("succeeded", None)]
    advance(world, seconds=1)
    assert truth(world, "auth_1") == [("expired", "expired")]


def test_a_captured_payment_does_not_expire(world: World) -> None:
    authorized = authorize(world, "tok_expires")
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    advance(world, seconds=3)
    assert truth(world, "auth_1") == [("succeeded", None)]


def test_a_payment_captured_in_part_expires_for_the_rest(world: World) -> None:
    authorized = authorize(world, "tok_expires")
    change(world, Kind.CAPTURE, authorized.payment_id, 3_000)
    advance(world, seconds=3)
    assert truth(world, "auth_1") == [("expired", "expired")]
    assert truth(world, "capture_1") == [("succeeded", None)]


def test_a_capture_is_reversed_a_second_after_it_succeeded(world: World) -> None:
    authorized = authorize(world, "tok_capture_fails_later")
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    assert truth(world, "capture_1") == [("succeeded", None)]
    advance(world, seconds=1)
    assert truth(world, "capture_1") == [("reversed", "capture_rejected")]
    assert truth(world, "auth_1") == [("succeeded", None)]


def test_a_capture_that_is_held_up_is_unknown_and_comes_half_an_hour_later(world: World) -> None:
    authorized = authorize(world, "tok_capture_late")
    for _ in range(2):  # asked again, it is still one
        with pytest.raises(HeldUp):
            change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    advance(world, seconds=1_799)
    assert truth(world, "capture_1") == []
    advance(world, seconds=1)
    assert truth(world, "capture_1") == [("succeeded", None)]
    assert change(world, Kind.CAPTURE, authorized.payment_id, 5_000).status == "succeeded"
    [payment] = world.processing.payments()
    assert payment.captured == 5_000


def test_a_late_capture_takes_what_was_given_back_before(world: World) -> None:
    authorized = authorize(world, "tok_capture_late")
    with pytest.raises(HeldUp):
        change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    change(world, Kind.VOID, authorized.payment_id)
    assert world.processing.come_late("capture_1").status == "succeeded"
    assert truth(world, "void_1") == [("reversed", None)]
    [payment] = world.processing.payments()
    assert (payment.captured, payment.voided) == (5_000, 0)
    with pytest.raises(Refused):
        world.processing.come_late("capture_1")
    advance(world, minutes=30)
    assert len(world.processing.payments()[0].operations) == 3


def test_a_late_capture_takes_what_had_expired(world: World) -> None:
    authorized = authorize(world, "tok_capture_late")
    advance(world, seconds=604_799)
    with pytest.raises(HeldUp):
        change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    advance(world, minutes=30)
    assert truth(world, "auth_1") == [("expired", "expired")]
    [payment] = world.processing.payments()
    assert (payment.captured, payment.expired) == (5_000, 0)


def test_a_capture_reversed_after_the_window_leaves_an_expired_authorization(world: World) -> None:
    authorized = authorize(world, "tok_capture_fails_later")
    advance(world, seconds=604_799)
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    advance(world, seconds=1)
    assert truth(world, "capture_1") == [("reversed", "capture_rejected")]
    assert truth(world, "auth_1") == [("expired", "expired")]


def test_a_refund_is_reversed_a_second_after_it_succeeded(world: World) -> None:
    authorized = authorize(world, "tok_refund_fails_later")
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    change(world, Kind.REFUND, authorized.payment_id, 2_000)
    advance(world, seconds=1)
    assert truth(world, "refund_1") == [("reversed", "refund_rejected")]
    assert truth(world, "capture_1") == [("succeeded", None)]


def disputes(world: World, reference: str = "auth_1") -> list[tuple[str, int, str | None]]:
    found = world.processing.disputes(reference)
    return [(op.status, op.amount, op.decline_code) for op in found]


@pytest.mark.parametrize(
    ("token", "outcome"), [("tok_dispute_lost", "lost"), ("tok_dispute_won", "won")]
)
def test_a_capture_is_disputed_after_a_second_and_decided_after_two(
    world: World, token: str, outcome: str
) -> None:
    authorized = authorize(world, token)
    advance(world, seconds=5)
    change(world, Kind.CAPTURE, authorized.payment_id, 3_000)
    assert disputes(world) == []
    advance(world, seconds=1)
    assert disputes(world) == [("opened", 3_000, "fraudulent")]
    advance(world, seconds=1)
    assert disputes(world) == [(outcome, 3_000, "fraudulent")]


def test_a_dispute_is_opened_and_decided_within_one_advance(world: World) -> None:
    authorized = authorize(world, "tok_dispute_lost")
    change(world, Kind.CAPTURE, authorized.payment_id, 3_000)
    change(world, Kind.CAPTURE, authorized.payment_id, 2_000)
    advance(world, seconds=2)
    assert disputes(world) == [("lost", 3_000, "fraudulent"), ("lost", 2_000, "fraudulent")]


def test_a_dispute_takes_what_the_refunds_have_left(world: World) -> None:
    authorized = authorize(world, "tok_dispute_lost")
    change(world, Kind.CAPTURE, authorized.payment_id, 3_000)
    change(world, Kind.REFUND, authorized.payment_id, 1_000)
    advance(world, seconds=2)
    assert disputes(world) == [("lost", 2_000, "fraudulent")]


def test_a_payment_refunded_in_full_is_not_disputed(world: World) -> None:
    authorized = authorize(world, "tok_dispute_lost")
    change(world, Kind.CAPTURE, authorized.payment_id, 3_000)
    change(world, Kind.REFUND, authorized.payment_id, 3_000)
    advance(world, seconds=2)
    assert disputes(world) == []


def test_a_dispute_ended_by_request_is_not_decided_again(world: World) -> None:
    authorized = authorize(world, "tok_dispute_lost")
    change(world, Kind.CAPTURE, authorized.payment_id, 3_000)
    advance(world, seconds=1)
    [dispute] = world.processing.disputes("auth_1")
    world.processing.end_dispute(dispute.id, Status.WON)
    advance(world, seconds=1)
    assert disputes(world) == [("won", 3_000, "fraudulent")]


def test_a_dispute_does_not_hide_the_operations_of_its_reference(world: World) -> None:
    authorized = authorize(world, "tok_visa")
    change(world, Kind.CAPTURE, authorized.payment_id, 3_000)
    world.processing.open_dispute(authorized.payment_id)
    assert truth(world, "auth_1") == [("succeeded", None)]
    assert disputes(world, "auth_1") == [("opened", 3_000, "fraudulent")]
    assert disputes(world, "capture_1") == []


def test_captures_at_once_are_all_counted(world: World) -> None:
    authorized = authorize(world, "tok_visa")

    def capture_often() -> None:
        for _ in range(100):
            change(world, Kind.CAPTURE, authorized.payment_id, 10)

    interval_seconds = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=capture_often) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
    finally:
        sys.setswitchinterval(interval_seconds)
    [payment] = world.processing.payments()
    assert (payment.captured, len(payment.operations)) == (5_000, 501)


def test_an_unknown_payment_and_an_unknown_reference_are_told_apart(world: World) -> None:
    with pytest.raises(Refused) as refused:
        change(world, Kind.CAPTURE, "sbx_pay_none", 1)
    assert refused.value.code == "not_found"
    assert world.processing.operations("none") == []
