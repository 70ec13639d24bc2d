"""Settlement reports as the API shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypedDict

from payments.domain.report import Report, ReportStatus
from payments.domain.settlement import RefusedRow
from payments.infrastructure.dynamodb_reports import DynamoDbReports
from shared.errors.taxonomy import InputError, InvalidRequest
from shared.moments import timestamp
from shared.rest.events import Timestamp

PAGE_MAX: Final = 50
_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_CURSOR_MAX: Final = 100


class RefusedRowView(TypedDict):
    """A row that is no line, by its number in the file, and why."""

    row: int
    reason: str


class ReportView(TypedDict):
    """A settlement report. `parts_read` of `parts` tell how far its reading is; rows = told + known
    + contradicted + refused, of the parts that were read."""

    report_id: str
    provider: str
    account: str
    status: ReportStatus
    key: str
    object_version: str
    number: int | None
    payout_id: str | None
    parts: int
    parts_read: int
    rows: int
    told: int
    known: int
    contradicted: int
    refused: int
    unknown_types: int
    refusal: str
    missing: str
    begun_at: Timestamp


class ReportDetailView(ReportView):
    """A report with the first of its refused rows."""

    refused_rows: list[RefusedRowView]


class ReportsView(TypedDict):
    """A page of a month's reports; `next_cursor` is null on the last one."""

    data: list[ReportView]
    next_cursor: str | None


def report_view(report: Report, parts_read: int) -> ReportView:
    counts = report.counts
    return {
        "report_id": report.report_id,
        "provider": report.provider,
        "account": report.account,
        "status": report.status,
        "key": report.place.key,
        "object_version": report.place.version,
        "number": report.plan.number,
        "payout_id": report.plan.payout_id,
        "parts": len(report.plan.parts),
        "parts_read": parts_read,
        "rows": counts.rows,
        "told": counts.told,
        "known": counts.known,
        "contradicted": counts.contradicted,
        "refused": counts.refused,
        "unknown_types": counts.unknown,
        "refusal": report.refusal,
        "missing": report.missing,
        "begun_at": timestamp(report.begun_at),
    }


def report_detail_view(
    report: Report, parts_read: int, refused: Iterable[RefusedRow]
) -> ReportDetailView:
    rows: list[RefusedRowView] = [{"row": each.row, "reason": each.reason} for each in refused]
    return {**report_view(report, parts_read), "refused_rows": rows}


def reports_page(
    parameters: Mapping[str, str], reports: DynamoDbReports, *, now: datetime
) -> ReportsView:
    """A page of the month that is asked for, or of this one; raises InvalidRequest."""
    month = parameters.get("month") or timestamp(now)[:7]
    cursor = parameters.get("cursor") or ""
    if not _MONTH.fullmatch(month):
        raise InvalidRequest(errors=(InputError("/month", "a month, as in 2026-11"),))
    if len(cursor) > _CURSOR_MAX or not cursor.isascii():
        raise InvalidRequest(errors=(InputError("/cursor", "not a cursor of this list"),))
    page: list[ReportView] = []
    last = ""
    for place, report in reports.listed(month, after=cursor):
        if len(page) == PAGE_MAX:
            return {"data": page, "next_cursor": last}
        page.append(report_view(report, len(reports.parts_read(report.report_id))))
        last = place
    return {"data": page, "next_cursor": None}
