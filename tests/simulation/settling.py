"""When the lives have ended the provider settles what it did: in files that come late, twice, cut
off, corrected, or in many parts, to a reader that may be killed anywhere.

The truth is what the provider did. Everything told and booked is compared with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final
from unittest.mock import patch

import payments.api.settlement
import payments.wiring
from payments.infrastructure.settlement import reading
from tests.simulation.calls import Calls
from tests.simulation.evidence import Plain
from tests.simulation.faults import Fate
from tests.simulation.reports import Bucket, Movement, major, notice, payout_row, row, written
from tests.simulation.site import site
from tests.simulation.world import World

PART_BYTES: Final = 400
READINGS_MAX: Final = 8
STANDING: Final = {
    ("capture", "succeeded"): ("capture", 1),
    ("refund", "succeeded"): ("refund", -1),
    ("dispute", "opened"): ("dispute", -1),
    ("dispute", "lost"): ("dispute", -1),
    ("dispute", "won"): ("dispute", -1),
}


@dataclass
class Settled:
    """What the provider settled, and what was planted in its files."""

    movements: list[Movement] = field(default_factory=list)
    payouts: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    contradicted: int = 0
    places: int = 0


def settle(world: World, seed: int, *, kill_at: Collection[int] = ()) -> Settled:
    """Settle everything that the provider of a finished world did, and let it be booked."""
    rng = Random(seed)
    world.calls = Calls(Fate(rng, {}), kill_at=kill_at)
    world.dynamo.on_call = world.calls.store
    bucket = Bucket(world.calls)
    truth = Settled()
    planned = partial(reading.plan, part_bytes=PART_BYTES)
    with (
        site(world),
        patch.object(payments.wiring, "report_bucket", lambda: bucket),
        patch.object(payments.api.settlement, "plan", planned),
    ):
        for number, (currency, found) in enumerate(_by_currency(world), start=1):
            truth.movements += found
            truth.payouts[currency] += sum(each.net for each in found)
            for name, content in _files(number, currency, found, rng, truth):
                key = f"sandbox/quittance/{name}"
                bucket.files[key] = content
                for _ in range(rng.choice((1, 1, 2))):
                    _read(world, key)
                world.drain()
        world.drain()
    truth.places = world.calls.passed
    return truth


def _read(world: World, key: str) -> None:
    """A notice of the bucket, delivered until its reader has done with it."""
    record = notice(key)
    for _ in range(READINGS_MAX):
        answer = world.invoke("payments.settlement", {"Records": [record]})
        if answer is not None and not answer["batchItemFailures"]:
            return
    raise AssertionError(f"{key} was never read")


def _by_currency(world: World) -> list[tuple[str, list[Movement]]]:
    found: dict[str, list[Movement]] = {}
    for charge in world.acquirer.charges.values():
        for operation in charge.operations:
            for movement in _movements(operation):
                found.setdefault(operation["currency"], []).append(movement)
    return sorted(found.items())


def _movements(operation: Plain) -> Iterator[Movement]:
    standing = STANDING.get((operation["operation"], operation["status"]))
    if standing is None:
        return
    kind, sign = standing
    fee = operation["amount"] // 50 if kind == "capture" else 0
    yield Movement(
        name=f"{operation['id']}/{kind}",
        kind=kind,
        operation=operation,
        gross=sign * operation["amount"],
        fee=fee,
    )
    if operation["status"] == "won":
        yield Movement(
            name=f"{operation['id']}/won",
            kind="dispute_won",
            operation=operation,
            gross=operation["amount"],
            fee=0,
        )


def _files(
    number: int, currency: str, found: list[Movement], rng: Random, truth: Settled
) -> Iterator[tuple[str, bytes]]:
    """The report of a payout, and what else comes of it: before, beside and after it."""
    rows = [row(number, currency, each) for each in found]
    payout = sum(each.net for each in found)
    rows.append(payout_row(number, currency, payout))
    whole = written(rows)
    if rng.random() < 0.4:
        cut = written(rows)[: -rng.randrange(5, 60)]
        truth.refused += 1
        yield f"cut-{number}.csv", cut
    yield f"settlement-{number}.csv", whole
    if rng.random() < 0.4:
        yield f"again-{number}.csv", whole
    if rng.random() < 0.4:
        yield f"turned-{number}.csv", written(rows[::-1])
    if rng.random() < 0.4 and any(each.kind == "capture" for each in found):
        first = next(at for at, each in enumerate(found) if each.kind == "capture")
        changed = [list(row) for row in rows]
        changed[first][12] = major(found[first].fee + 1, currency)
        changed[first][14] = major(found[first].net - 1, currency)
        truth.contradicted += 1
        yield f"corrected-{number}.csv", written([tuple(row) for row in changed])
