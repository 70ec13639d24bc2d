"""Settlement reports, their lines and their refused rows, in the payments table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from payments.application.ports import Telling
from payments.domain.report import Counts, Report, gap_beside
from payments.domain.settlement import RefusedRow, difference
from payments.domain.statement import Statement
from payments.domain.statement_series import gaps_beside
from payments.infrastructure.report_rows import (
    counts_from_row,
    counts_to_row,
    proved_from_row,
    proved_of,
    proved_to_row,
    report_from_row,
    report_to_row,
)
from shared.contracts.bank import BANK, BankLineBooked
from shared.contracts.codec import decode
from shared.contracts.envelope import Cause, Envelope, Event
from shared.contracts.settlement import (
    PaymentSettled,
    SettlementContradicted,
    SettlementReportRead,
)
from shared.errors.taxonomy import StaleRow
from shared.moments import timestamp
from shared.observability import metrics
from shared.persistence.outbox import outbox_attributes
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table
from shared.persistence.until_fresh import until_fresh

type Line = PaymentSettled | BankLineBooked

SERVICE: Final = "payments"
LINE: Final = "LINE"
REPORT: Final = "REPORT"
ROW: Final = "ROW#"
PART: Final = "PART#"
REFUSED_SHOWN_MAX: Final = 100


class DynamoDbReports:
    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, report_id: str) -> Report | None:
        row = self._table.get(_state(report_id))
        if row is None:
            return None
        report = report_from_row(dict(row))
        if report.version > 1:
            return replace(report, missing=report.missing and self._missing(report))
        return replace(report, counts=sum(self.parts_read(report_id).values(), Counts()))

    def begin(self, report: Report, cause: Cause) -> Report:
        listing: Row = {"report_id": report.report_id}
        month = timestamp(report.begun_at)[:7]
        order = f"{timestamp(report.begun_at)}#{report.report_id}"
        puts = [
            Put(key=_state(report.report_id), row={**report_to_row(report), "version": 1}),
            Put(key=Key(f"REPORTS#{month}", order), row=listing),
        ]
        with suppress(StaleRow):
            self._table.commit(puts, cause_id=None, now=cause.now)
        kept = self.find(report.report_id)
        assert kept is not None, "a report is never removed"
        return kept

    def tell(self, line: Line, cause: Cause) -> Telling:
        envelope = _envelope(f"line/{line.line_id}", line, cause, line.report_id)
        if self._put(_line(line.line_id), outbox_attributes(envelope), cause):
            return Telling.NEW
        first = self._told(line.line_id)
        contradiction = difference(first, line)
        same_report = first.report_id == line.report_id
        if same_report and first.row == line.row:
            return Telling.NEW
        if contradiction:
            self._contradict(first, line, contradiction, cause)
            return Telling.CONTRADICTED
        if same_report or self._claimed(line, cause) != line.row:
            return Telling.TWIN
        return Telling.KNOWN

    def keep_refused(self, report_id: str, refused: RefusedRow, cause: Cause) -> None:
        key = Key(f"{REPORT}#{report_id}", f"{ROW}{refused.row:012d}")
        self._put(key, {"row": refused.row, "reason": refused.reason}, cause)

    def refused(self, report_id: str) -> Iterator[RefusedRow]:
        """The first rows that were refused, in their order."""
        rows = self._table.partition(f"{REPORT}#{report_id}", sk_prefix=ROW)
        for row, _ in zip(rows, range(REFUSED_SHOWN_MAX), strict=False):
            yield RefusedRow(row=int(str(row["row"])), reason=str(row["reason"]))

    def part_read(self, report_id: str, number: int, counts: Counts, cause: Cause) -> None:
        key = Key(f"{REPORT}#{report_id}", f"{PART}{number:06d}")
        self._put(key, counts_to_row(counts), cause)

    def parts_read(self, report_id: str) -> Mapping[int, Counts]:
        rows = self._table.partition(f"{REPORT}#{report_id}", sk_prefix=PART)
        return {int(str(row["sk"]).removeprefix(PART)): counts_from_row(dict(row)) for row in rows}

    def keep_statement(self, report: Report, statement: Statement, cause: Cause) -> None:
        proved = proved_of(statement, report.report_id)
        if proved is None:
            return
        key = Key(_statements(report.account), proved.name)

        def keep() -> None:
            kept = self._table.get(key)
            version = 0 if kept is None else int(str(kept["version"]))
            if kept is None or proved_from_row(dict(kept)).closing != proved.closing:
                put = Put(key=key, row=proved_to_row(proved, version + 1), seen=version)
                self._table.commit([put], cause_id=None, now=cause.now)

        until_fresh(keep)

    def missing(self, report: Report, cause: Cause) -> str:
        number = report.plan.number
        if number is not None:
            key = Key(f"SERIES#{report.provider}#{report.account}", f"{number:012d}")
            self._put(key, {"report_id": report.report_id}, cause)
        return self._missing(report)

    def _missing(self, report: Report) -> str:
        """As it is now: what has come since is missing no more."""
        if report.provider == BANK:
            rows = self._table.partition(_statements(report.account))
            return gaps_beside([proved_from_row(dict(row)) for row in rows], report.report_id)
        number = report.plan.number
        if number is None:
            return ""
        return gap_beside(self.numbers(report.provider, report.account), number)

    def numbers(self, provider: str, account: str) -> set[int]:
        rows = self._table.partition(f"SERIES#{provider}#{account}")
        return {int(str(row["sk"])) for row in rows}

    def end(self, report: Report, told: SettlementReportRead, cause: Cause) -> Report:
        envelope = _envelope(f"report/{report.report_id}", told, cause, report.report_id)
        key = _state(report.report_id)
        row: Row = {**report_to_row(report), "version": report.version + 1}
        message = Key(key.pk, "MESSAGE")
        puts = [
            Put(key=key, row=row, seen=report.version),
            Put(key=message, row=outbox_attributes(envelope)),
        ]
        try:
            self._table.commit(puts, cause_id=None, now=cause.now)
        except StaleRow:
            kept = self.find(report.report_id)
            assert kept is not None, "a report is never removed"
            return kept
        _count(report)
        return replace(report, version=report.version + 1)

    def listed(self, month: str, *, after: str) -> Iterator[tuple[str, Report]]:
        """The reports of a month (`2026-11`) in the order they came, behind a place."""
        for row in self._table.partition(f"REPORTS#{month}"):
            place = str(row["sk"])
            if place <= after:
                continue
            report = self.find(str(row["report_id"]))
            if report is not None:
                yield place, report

    def _told(self, line_id: str) -> Line:
        row = self._table.get(_line(line_id))
        assert row is not None, "a line is never removed"
        told: Line = decode(Line, json.loads(str(row["Payload"]))).data
        return told

    def _claimed(self, line: Line, cause: Cause) -> int:
        """The row of the line's report that tells the known line again: the first that does."""
        key = Key(f"{LINE}#{line.line_id}", f"TOLD#{line.report_id}")
        if self._put(key, {"row": line.row}, cause):
            return line.row
        claimed: Any = self._table.get(key)
        return int(claimed["row"])

    def _contradict(self, first: Line, second: Line, contradiction: str, cause: Cause) -> None:
        event = SettlementContradicted(
            line_id=first.line_id,
            provider=first.provider,
            account=first.account,
            payment_id=first.payment_id if isinstance(first, PaymentSettled) else "",
            order_id=first.order_id if isinstance(first, PaymentSettled) else "",
            report_id=second.report_id,
            row=second.row,
            contradiction=contradiction,
        )
        name = f"{second.report_id}/{second.row}"
        envelope = _envelope(f"contradiction/{name}", event, cause, second.report_id)
        key = Key(f"{LINE}#{first.line_id}", f"CONTRADICTED#{name}")
        if self._put(key, outbox_attributes(envelope), cause):
            metrics.count("SettlementContradicted")

    def _put(self, key: Key, row: Row, cause: Cause) -> bool:
        """Whether the row is new."""
        try:
            self._table.commit([Put(key=key, row=row)], cause_id=None, now=cause.now)
        except StaleRow:
            return False
        return True


def _state(report_id: str) -> Key:
    return Key(f"{REPORT}#{report_id}", REPORT)


def _statements(account: str) -> str:
    return f"STATEMENTS#{account}"


def _line(line_id: str) -> Key:
    return Key(f"{LINE}#{line_id}", LINE)


def _envelope(subject: str, event: Event, cause: Cause, report_id: str) -> Envelope[Event]:
    return Envelope(
        id=f"{SERVICE}/{subject}",
        source=f"quittance.{SERVICE}",
        subject=subject,
        time=cause.now,
        sequence=1,
        correlation_id=cause.correlation_id,
        causation_id=f"{SERVICE}/report/{report_id}",
        traceparent=cause.traceparent,
        data=event,
    )


def _count(report: Report) -> None:
    """What needs a person, so that an alarm wakes one."""
    if report.counts.refused or report.refusal:
        metrics.count("SettlementRefused", max(report.counts.refused, 1))
    if report.counts.unknown:
        metrics.count("SettlementTypeUnknown", report.counts.unknown)
    if report.missing:
        metrics.count("SettlementReportMissing")
