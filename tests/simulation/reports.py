"""The provider's settlement reports: what moved, as a line each, in files in a bucket."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from payments.domain.report import Part, Place
from tests.doubles.reports import HEADER
from tests.simulation.calls import Calls
from tests.simulation.evidence import Plain

DIGITS: Final = {"JPY": 0, "BHD": 3}

type Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What moved at the provider, as its report tells it; amounts in minor units."""

    name: str
    kind: str
    operation: Plain
    gross: int
    fee: int
    settled_on: str = "2026-01-01"

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


def notice(key: str) -> dict[str, Any]:
    """What the bucket says of a file that came, as its queue hands it on."""
    told = {"s3": {"object": {"key": key, "versionId": "v1"}}}
    return {
        "messageId": f"notice-{key}",
        "body": json.dumps({"Records": [told]}),
        "attributes": {"ApproximateReceiveCount": "1"},
    }


def row(number: int, currency: str, each: Movement) -> Row:
    operation = each.operation
    return (
        f"ln_{each.name}",
        "quittance",
        str(number),
        payout_id(number),
        each.kind,
        operation["payment"],
        operation["id"],
        operation["reference"],
        currency,
        major(each.gross, currency),
        "",
        currency,
        major(each.fee, currency),
        major(0, currency),
        major(each.net, currency),
        "2026-01-01T00:00:00+00:00",
        each.settled_on,
    )


def payout_row(number: int, currency: str, payout: int, settled_on: str = "2026-01-01") -> Row:
    name = payout_id(number)
    operation: Plain = {"payment": "", "id": name, "reference": ""}
    sent = Movement(
        name=name,
        kind="payout",
        operation=operation,
        gross=-payout,
        fee=0,
        settled_on=settled_on,
    )
    return row(number, currency, sent)


def payout_id(number: int) -> str:
    """The payout's name, long enough for a bank to be known by."""
    return f"po_{number:06d}"


def written(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def major(minor: int, currency: str) -> str:
    digits = DIGITS.get(currency, 2)
    text = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"
