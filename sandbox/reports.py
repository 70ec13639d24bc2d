"""The reports the acquirer has made, and the bucket where it puts them."""

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sandbox.clock import Clock
from sandbox.payment import Payment
from sandbox.settlement import ACCOUNT, Discrepancy, Movement, Report, make_report, movements

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bucket:
    """Where a merchant wants its reports: an S3 bucket and the folder of the acquirer in it.

    Region, credentials and endpoint are those of the environment.
    """

    name: str
    folder: str = "sandbox"

    def put(self, report: Report) -> str:
        """Store a report as providers do; returns its key."""
        import boto3  # noqa: PLC0415 - it takes half a second, and few need it

        key = f"{self.folder}/{ACCOUNT}/{report.name}"
        boto3.client("s3").put_object(
            Bucket=self.name, Key=key, Body=report.content, ContentType="text/csv"
        )
        return key


class Reports:
    """Makes each report once and remembers what was settled in it."""

    def __init__(self, clock: Clock, bucket: Bucket | None = None, *, before: int = 0) -> None:
        self._clock = clock
        self._before = before
        self._settled: set[str] = set()
        self._made: list[Report] = []
        self._lock = threading.Lock()
        self.bucket = bucket

    @property
    def last_number(self) -> int:
        return self._before + len(self._made)

    def settle(
        self, payments: Iterable[Payment], day: date, wrong: Mapping[Discrepancy, str]
    ) -> list[Report]:
        """The reports over everything up to the end of `day` that is not settled, by currency."""
        with self._lock:
            found = [
                each
                for each in movements(payments, self._settled)
                if each.at.date() <= day and wrong.get(Discrepancy.LATE) != each.reference
            ]
            made = [
                self._report(currency, found, day, wrong)
                for currency in sorted({each.currency for each in found})
            ]
            self._settled |= {each.name for each in found}
            return made

    def made(self) -> list[Report]:
        with self._lock:
            return list(self._made)

    def first_reference(self, payments: Iterable[Payment]) -> str:
        """What a discrepancy strikes where nothing is named: the first capture to be settled."""
        with self._lock:
            found = movements(payments, self._settled)
            return next((each.reference for each in found if each.kind == "capture"), "")

    def _report(
        self, currency: str, found: list[Movement], day: date, wrong: Mapping[Discrepancy, str]
    ) -> Report:
        of_currency = [each for each in found if each.currency == currency]
        number = self.last_number + 1
        report = make_report(number, of_currency, day, self._clock.now(), wrong=wrong)
        self._made.append(report)
        return report
