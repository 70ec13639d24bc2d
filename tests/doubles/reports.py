"""Settlement reports read into a table in memory, as the reader of the bucket does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from payments.application.ingest_report import (
    begin_report,
    finish_report,
    read_part,
    refuse_report,
)
from payments.domain.report import Place, Report
from payments.infrastructure.dynamodb_payments import DynamoDbPayments
from payments.infrastructure.dynamodb_reports import DynamoDbReports
from payments.infrastructure.settlement import FORMATS
from payments.infrastructure.settlement.reading import PART_BYTES, lines, plan
from payments.infrastructure.settlement.records import NotAReport
from payments.infrastructure.statements.reading import entries, plan_statements
from shared.contracts.bank import BANK
from shared.contracts.codec import decode
from shared.contracts.envelope import Cause
from shared.contracts.payments import Published
from tests.doubles.memory_table import MemoryTable

BANK_ACCOUNT = "DE89370400440532013000"
NOW = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
HEADER = (
    "line_id,account,report_number,payout_id,type,payment_id,operation_id,reference,"
    "gross_currency,gross,exchange_rate,net_currency,fee_processing,fee_scheme,net,"
    "occurred_at,settled_on"
)


def line(line_id: str, kind: str = "capture", gross: str = "39.98", **cells: str | int) -> str:
    """A row of the sandbox's report."""
    told: dict[str, str | int] = {
        "fee": "0.80",
        "net": "39.18",
        "payment": "sbx_pay_1",
        "operation": "sbx_capture_1",
        "reference": "",
        "number": 1,
        **cells,
    }
    number = told["number"]
    return (
        f"{line_id},quittance,{number},sbx_po_{number},{kind},{told['payment']},"
        f"{told['operation']},{told['reference']},EUR,{gross},,EUR,{told['fee']},0.00,"
        f"{told['net']},2026-11-03T14:05:01+00:00,2026-11-04"
    )


def report_of(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows, "")).encode()


@dataclass
class ReportReader:
    """Reads reports of the sandbox; `part_bytes` small makes many parts."""

    table: MemoryTable = field(default_factory=MemoryTable)
    part_bytes: int = PART_BYTES
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.reports = DynamoDbReports(self.table)
        self.payments = DynamoDbPayments(self.table)

    def cause(self, key: str = "sandbox/quittance/a.csv") -> Cause:
        return Cause(
            id=f"{key}/v1",
            correlation_id="cor_report",
            traceparent="00-000cbe9ed81b71bc63a27d6167d147b3-587862398c3b3480-01",
            now=self.now,
        )

    def read(self, content: bytes, *, name: str = "a.csv", account: str = "quittance") -> Report:
        """Read a file that came under that name, to its end."""
        place = Place(key=f"sandbox/{account}/{name}", version="v1")
        cause, form = self.cause(place.key), FORMATS["sandbox"]
        try:
            planned = plan([content], form, part_bytes=self.part_bytes)
        except NotAReport as refusal:
            return refuse_report(
                "sandbox", account, place, str(refusal), reports=self.reports, cause=cause
            )
        report = begin_report("sandbox", account, place, planned, reports=self.reports, cause=cause)
        read = self.reports.parts_read(report.report_id)
        for part in report.plan.parts:
            if part.number not in read:
                self.part(report, part.number, content)
        return finish_report(report, reports=self.reports, cause=cause)

    def read_statements(
        self, content: bytes, *, name: str = "s.sta", account: str = BANK_ACCOUNT
    ) -> Report:
        """Read a bank's file that came under that name, to its end."""
        place = Place(key=f"{BANK}/{account}/{name}", version="v1")
        cause, reports = self.cause(place.key), self.reports
        try:
            planned = plan_statements([content])
        except NotAReport as refusal:
            return refuse_report(BANK, account, place, str(refusal), reports=reports, cause=cause)
        report = begin_report(BANK, account, place, planned, reports=reports, cause=cause)
        (part,) = report.plan.parts
        if part.number not in reports.parts_read(report.report_id):
            found = entries([content], account=account, now=self.now)
            read_part(report, part, found, payments=self.payments, reports=reports, cause=cause)
        return finish_report(report, reports=reports, cause=cause)

    def part(self, report: Report, number: int, content: bytes) -> None:
        part = report.plan.parts[number - 1]
        found = lines(
            [content[part.start : part.end]],
            part,
            report.plan,
            FORMATS["sandbox"],
            account=report.account,
            now=self.now,
        )
        read_part(
            report,
            part,
            found,
            payments=self.payments,
            reports=self.reports,
            cause=self.cause(report.place.key),
        )

    def told(self) -> list[Any]:
        """Every message in the outbox, by its id."""
        messages = [row for row in self.table.rows() if "Payload" in row]
        by_id = sorted(messages, key=lambda row: str(row["Id"]))
        return [decode(Published, json.loads(str(row["Payload"]))).data for row in by_id]

    def told_lines(self) -> list[tuple[str, str, str]]:
        """The lines that were told: kind, gross and net, in the order of their rows."""
        found = [each for each in self.told() if type(each).__name__ == "PaymentSettled"]
        found.sort(key=lambda each: (each.report_id, each.row))
        return [(each.kind.value, str(each.gross), str(each.net)) for each in found]
