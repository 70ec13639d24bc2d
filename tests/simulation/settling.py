"""When the lives have ended the provider settles what it did: in files that come late, twice, cut
off, corrected, or in many parts, to a reader that may be killed anywhere.

The truth is what the provider did. Everything told and booked is compared with it.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final
from unittest.mock import patch

import payments.api.settlement
import payments.wiring
from payments.domain.report import Part, Place
from payments.infrastructure.settlement import reading
from tests.doubles.reports import HEADER
from tests.simulation.calls import Calls
from tests.simulation.evidence import Plain
from tests.simulation.faults import Fate
from tests.simulation.site import site
from tests.simulation.world import World

DIGITS: Final = {"JPY": 0, "BHD": 3}
PART_BYTES: Final = 400
READINGS_MAX: Final = 8
STANDING: Final = {
    ("capture", "succeeded"): ("capture", 1),
    ("refund", "succeeded"): ("refund", -1),
    ("dispute", "opened"): ("dispute", -1),
    ("dispute", "lost"): ("dispute", -1),
    ("dispute", "won"): ("dispute", -1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What moved at the provider, as its report tells it; amounts in minor units."""

    name: str
    kind: str
    operation: Plain
    gross: int
    fee: int

    @property
    def net(self) -> int:
        return self.gross - self.fee


@dataclass
class Bucket:
    """The bucket of reports; every read is a moment in which its reader may be killed."""

    calls: Calls
    files: dict[str, bytes] = field(default_factory=dict)

    def chunks(self, place: Place, part: Part | None = None) -> Iterator[bytes]:
        self.calls.pass_through("before", "reports.get", effect=False)
        content = self.files[place.key]
        yield content if part is None else content[part.start : part.end]


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
    world.calls.active = True
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
                world._drain()
        world._drain()
    truth.places = world.calls._number
    return truth


def _read(world: World, key: str) -> None:
    """A notice of the bucket, delivered until its reader has done with it."""
    told = {"s3": {"object": {"key": key, "versionId": "v1"}}}
    record = {
        "messageId": f"notice-{key}",
        "body": json.dumps({"Records": [told]}),
        "attributes": {"ApproximateReceiveCount": "1"},
    }
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
    rows = [_row(number, currency, each) for each in found]
    payout = sum(each.net for each in found)
    rows.append(_payout_row(number, currency, payout))
    whole = _written(rows)
    if rng.random() < 0.4:
        cut = _written(rows)[: -rng.randrange(5, 60)]
        truth.refused += 1
        yield f"cut-{number}.csv", cut
    yield f"settlement-{number}.csv", whole
    if rng.random() < 0.4:
        yield f"again-{number}.csv", whole
    if rng.random() < 0.4:
        yield f"turned-{number}.csv", _written(rows[::-1])
    if rng.random() < 0.4 and any(each.kind == "capture" for each in found):
        first = next(at for at, each in enumerate(found) if each.kind == "capture")
        changed = [list(row) for row in rows]
        changed[first][12] = _major(found[first].fee + 1, currency)
        changed[first][14] = _major(found[first].net - 1, currency)
        truth.contradicted += 1
        yield f"corrected-{number}.csv", _written([tuple(row) for row in changed])


def _row(number: int, currency: str, each: Movement) -> tuple[str, ...]:
    operation = each.operation
    return (
        f"ln_{each.name}",
        "quittance",
        str(number),
        f"po_{number}",
        each.kind,
        operation["payment"],
        operation["id"],
        operation["reference"],
        currency,
        _major(each.gross, currency),
        "",
        currency,
        _major(each.fee, currency),
        _major(0, currency),
        _major(each.net, currency),
        "2026-01-01T00:00:00+00:00",
        "2026-01-01",
    )


def _payout_row(number: int, currency: str, payout: int) -> tuple[str, ...]:
    operation: Plain = {"payment": "", "id": f"po_{number}", "reference": ""}
    sent = Movement(name=f"po_{number}", kind="payout", operation=operation, gross=-payout, fee=0)
    return _row(number, currency, sent)


def _written(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def _major(minor: int, currency: str) -> str:
    digits = DIGITS.get(currency, 2)
    text = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"
