"""What each token does over time, on a clock that only the test moves."""

import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.answers import charges_view
from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.payment import Instruction, Kind, Operation, Refused
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
    assert truth(world, "auth_1") == [("failed", "expired")]


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
    assert truth(world, "auth_1") == [("failed", "expired")]


def test_a_captured_payment_does_not_expire(world: World) -> None:
    authorized = authorize(world, "tok_expires")
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    advance(world, seconds=3)
    assert truth(world, "auth_1") == [("succeeded", None)]


def test_a_capture_fails_a_second_after_it_succeeded(world: World) -> None:
    authorized = authorize(world, "tok_capture_fails_later")
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    assert truth(world, "capture_1") == [("succeeded", None)]
    advance(world, seconds=1)
    assert truth(world, "capture_1") == [("failed", "capture_rejected")]
    assert truth(world, "auth_1") == [("succeeded", None)]


def test_a_refund_fails_a_second_after_it_succeeded(world: World) -> None:
    authorized = authorize(world, "tok_refund_fails_later")
    change(world, Kind.CAPTURE, authorized.payment_id, 5_000)
    change(world, Kind.REFUND, authorized.payment_id, 2_000)
    advance(world, seconds=1)
    assert truth(world, "refund_1") == [("failed", "refund_rejected")]
    assert truth(world, "capture_1") == [("succeeded", None)]


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


def test_the_charges_add_up_what_was_truly_taken(world: World) -> None:
    paid = authorize(world, "tok_visa")
    change(world, Kind.CAPTURE, paid.payment_id, 3_000)
    change(world, Kind.CAPTURE, paid.payment_id, 1_000)
    change(world, Kind.REFUND, paid.payment_id, 500)
    change(world, Kind.VOID, paid.payment_id)
    authorize(world, "tok_insufficient_funds")
    yen = world.processing.authorize("tok_visa", Instruction("auth_2", {"a": "b"}, 700, "JPY"))
    change_failed = authorize(world, "tok_capture_fails")
    change(world, Kind.CAPTURE, change_failed.payment_id, 5_000)

    view = charges_view(world.processing.payments())
    charges = view["charges"]
    assert isinstance(charges, list)
    assert [
        (c["currency"], c["authorized"], c["captured"], c["refunded"], c["voided"]) for c in charges
    ] == [
        ("EUR", 5_000, 4_000, 500, 1_000),
        ("EUR", 0, 0, 0, 0),
        ("JPY", 700, 0, 0, 0),
        ("EUR", 5_000, 0, 0, 0),
    ]
    assert view["totals"] == {
        "EUR": {"captured": 4_000, "refunded": 500},
        "JPY": {"captured": 0, "refunded": 0},
    }
    assert charges[2]["payment"] == yen.payment_id
    assert (charges[2]["reference"], charges[2]["metadata"]) == ("auth_2", {"a": "b"})
    assert [op["operation"] for op in charges[0]["operations"]] == [
        "authorize",
        "capture",
        "capture",
        "refund",
        "void",
    ]
