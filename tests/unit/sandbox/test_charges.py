"""The truth the ledger is compared with: what stands of each payment."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.answers import charges_view
from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.payment import Instruction, Kind, Operation, Refused, Status
from sandbox.world import World

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(seed=7, ids=Ids(7), clock=Clock(lambda: NOON))


def authorize(world: World, token: str, ask: Instruction | None = None) -> Operation:
    return world.processing.authorize(token, ask or Instruction("auth_1", {}, 5_000, "EUR"))


def change(
    world: World, kind: Kind, payment_id: str, amount: int | None = None, *, final: bool = False
) -> Operation:
    ask = Instruction(f"{kind}_1", {}, amount, "EUR", final)
    return world.processing.change(kind, payment_id, ask)


def advance(world: World, **by: int) -> None:
    world.clock.advance(timedelta(**by))
    world.agenda.run_due()


def charges(world: World) -> list[dict[str, Any]]:
    found = charges_view(world.processing.payments())["charges"]
    assert isinstance(found, list)
    return found


def shown(world: World, *names: str) -> list[tuple[int, ...]]:
    return [tuple(charge[name] for name in names) for charge in charges(world)]


def test_the_charges_add_up_what_was_truly_taken(world: World) -> None:
    paid = authorize(world, "tok_visa")
    change(world, Kind.CAPTURE, paid.payment_id, 3_000)
    change(world, Kind.CAPTURE, paid.payment_id, 1_000)
    change(world, Kind.REFUND, paid.payment_id, 500)
    change(world, Kind.VOID, paid.payment_id)
    authorize(world, "tok_insufficient_funds")
    yen = authorize(world, "tok_visa", Instruction("auth_2", {"a": "b"}, 700, "JPY"))
    change_failed = authorize(world, "tok_capture_fails")
    change(world, Kind.CAPTURE, change_failed.payment_id, 5_000)

    assert shown(world, "authorized", "captured", "refunded", "voided") == [
        (5_000, 4_000, 500, 1_000),
        (0, 0, 0, 0),
        (700, 0, 0, 0),
        (5_000, 0, 0, 0),
    ]
    first, _, third, _ = charges(world)
    assert (first["currency"], third["currency"]) == ("EUR", "JPY")
    assert third["payment"] == yen.payment_id
    assert (third["reference"], third["metadata"]) == ("auth_2", {"a": "b"})
    assert [op["operation"] for op in first["operations"]] == [
        "authorize",
        "capture",
        "capture",
        "refund",
        "void",
    ]


def test_the_charges_say_what_became_of_the_authorized_rest(world: World) -> None:
    final = authorize(world, "tok_visa")
    change(world, Kind.CAPTURE, final.payment_id, 3_000, final=True)
    in_part = authorize(world, "tok_expires")
    change(world, Kind.CAPTURE, in_part.payment_id, 2_000)
    authorize(world, "tok_expires")
    voided = authorize(world, "tok_expires")
    change(world, Kind.VOID, voided.payment_id)
    advance(world, seconds=3)
    assert shown(world, "authorized", "captured", "voided", "released", "expired") == [
        (5_000, 3_000, 0, 2_000, 0),
        (5_000, 2_000, 0, 0, 3_000),
        (5_000, 0, 0, 0, 5_000),
        (5_000, 0, 5_000, 0, 0),
    ]


def test_the_charges_say_what_the_customers_bank_has_taken_back(world: World) -> None:
    lost = authorize(world, "tok_dispute_lost")
    change(world, Kind.CAPTURE, lost.payment_id, 4_000)
    won = authorize(world, "tok_dispute_won")
    change(world, Kind.CAPTURE, won.payment_id, 3_000)
    advance(world, seconds=2)
    still_open = authorize(world, "tok_visa")
    change(world, Kind.CAPTURE, still_open.payment_id, 2_000)
    change(world, Kind.REFUND, still_open.payment_id, 200)
    world.processing.open_dispute(still_open.payment_id, amount=700)
    authorize(world, "tok_visa", Instruction("auth_2", {}, 700, "JPY"))

    assert shown(world, "captured", "refunded", "disputed", "charged_back") == [
        (4_000, 0, 0, 4_000),
        (3_000, 0, 0, 0),
        (2_000, 200, 700, 0),
        (0, 0, 0, 0),
    ]
    assert charges_view(world.processing.payments())["totals"] == {
        "EUR": {"captured": 9_000, "refunded": 200, "disputed": 700, "charged_back": 4_000},
        "JPY": {"captured": 0, "refunded": 0, "disputed": 0, "charged_back": 0},
    }
    assert [op["operation"] for op in charges(world)[2]["operations"]] == [
        "authorize",
        "capture",
        "refund",
        "dispute",
    ]


def step(world: World, chance: random.Random, reference: str) -> None:
    """Something that a merchant, a customer's bank or time may do; much of it is refused."""
    amount = chance.randint(1, 3_000)
    payment_id = world.processing.payment_under(reference)
    match chance.choice(["capture", "capture", "refund", "open", "end", "rarely", "wait"]):
        case "capture":
            change(world, Kind.CAPTURE, payment_id, amount, final=chance.random() < 0.2)
        case "refund":
            change(world, Kind.REFUND, payment_id, amount)
        case "open":
            world.processing.open_dispute(payment_id, amount=amount)
        case "end":
            outcome = chance.choice([Status.WON, Status.LOST])
            for dispute in world.processing.disputes(reference):
                world.processing.end_dispute(dispute.id, outcome)
        case "rarely" if chance.random() < 0.2:
            change(world, Kind.VOID, payment_id)
        case _:
            advance(world, milliseconds=chance.randint(1, 1_000))


@pytest.mark.parametrize(
    "token",
    [
        "tok_visa",
        "tok_requires_action",
        "tok_expires",
        "tok_capture_fails_later",
        "tok_refund_fails_later",
        "tok_dispute_lost",
        "tok_dispute_won",
    ],
)
def test_whatever_happens_each_cent_is_in_one_place(world: World, token: str) -> None:
    chance = random.Random(7)
    references = [f"auth_{number}" for number in range(50)]
    for reference in references:
        authorize(world, token, Instruction(reference, {}, 5_000, "EUR"))
        for _ in range(20):
            with suppress(Refused):
                step(world, chance, reference)
    for name in ("captured", "voided", "released", "disputed", "charged_back"):
        assert any(charge[name] for charge in charges(world)), f"nothing is ever {name}"
    for one in charges(world):
        assert one["captured"] + one["voided"] + one["released"] + one["expired"] <= 5_000
        assert one["refunded"] + one["disputed"] + one["charged_back"] <= one["captured"]
    advance(world, days=8)
    for one in charges(world):
        assert one["authorized"] == 5_000
        assert one["captured"] + one["voided"] + one["released"] + one["expired"] == 5_000
