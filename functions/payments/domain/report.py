"""A settlement report as it is kept: where it lies, how it is read in parts, what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from payments.domain.errors import ReportNotPlaced
from shared.ids import derived


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a report lies: an object's key and version in the bucket of reports."""

    key: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A range of a report's bytes, from `start` to before `end`, that begins at a row."""

    number: int
    start: int
    end: int
    first_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a report is read. `header` are its columns, none for a JSON document.

    `payout_id` is the one payout it is of, where there may be one only; `number` its own in its
    provider's series.
    """

    digest: str
    header: tuple[str, ...]
    parts: tuple[Part, ...]
    payout_id: str | None = None
    number: int | None = None


class ReportStatus(StrEnum):
    """`refused` was put aside as a whole: nothing of it was told."""

    READING = "reading"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of rows: each is told (new), known, contradicted or refused; `unknown` of the
    told ones are of a type that nobody has met."""

    told: int = 0
    known: int = 0
    contradicted: int = 0
    refused: int = 0
    unknown: int = 0

    @property
    def rows(self) -> int:
        return self.told + self.known + self.contradicted + self.refused

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            told=self.told + other.told,
            known=self.known + other.known,
            contradicted=self.contradicted + other.contradicted,
            refused=self.refused + other.refused,
            unknown=self.unknown + other.unknown,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report; `counts` are of the parts that have been read."""

    report_id: str
    provider: str
    account: str
    place: Place
    plan: Plan
    status: ReportStatus
    begun_at: datetime
    counts: Counts = Counts()
    refusal: str = ""
    missing: str = ""
    version: int = 0


def whose(key: str) -> tuple[str, str]:
    """The provider and our account there, by the folders an object lies in: `stripe/acct_1/x.csv`.

    Raises ReportNotPlaced.
    """
    provider, _, rest = key.partition("/")
    account, _, name = rest.partition("/")
    if not provider or not account or not name:
        raise ReportNotPlaced(f"{key[:100]!r} is not provider/account/name")
    return provider, account


def report_id(provider: str, account: str, place: Place, plan: Plan | None) -> str:
    """The same for the same content, whatever it is called; one that cannot be read is its name."""
    if plan is None:
        return derived("rep", provider, account, place.key, place.version)
    return derived("rep", provider, account, plan.payout_id or "", plan.digest)


def gap_beside(numbers: Collection[int], number: int) -> str:
    """The numbers that are missing before a report; behind it, where it is the first of all:
    nobody could miss anything before the others until it came.
    """
    before = max((each for each in numbers if each < number), default=None)
    behind = min((each for each in numbers if each > number), default=None)
    return gap(number, behind) if before is None else gap(before, number)


def gap(before: int | None, number: int | None) -> str:
    """The numbers that are missing between a report and the nearest one before it."""
    if before is None or number is None or number - before <= 1:
        return ""
    first, last = before + 1, number - 1
    return str(first) if first == last else f"{first} to {last}"
