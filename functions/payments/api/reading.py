"""The Lambda behind the state machine that reads a large report in parts: one part, or its end."""

from __future__ import annotations

from typing import Any

from payments import wiring
from payments.api.settlement import cause_of, format_of, read_one
from payments.application.ingest_report import finish_report
from payments.domain.errors import ReportNotFinished
from payments.domain.report import ReportStatus


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`{"report_id", "number"}` reads that part, `{"report_id"}` ends the report.

    Each may come again, and parts at the same time: what was read stays as it is. Raises
    ReportNotFinished where the end is asked for while a part is missing.
    """
    del context
    report = wiring.reports().find(event["report_id"])
    assert report is not None, "a machine is started for a report that is kept"
    cause = cause_of(report.place)
    number = event.get("number")
    if number is None:
        ended = finish_report(report, reports=wiring.reports(), cause=cause)
        if ended.status is ReportStatus.READING:
            raise ReportNotFinished(f"{report.report_id} lacks a part")
        return {"status": ended.status.value}
    if number not in wiring.reports().parts_read(report.report_id):
        part = next(each for each in report.plan.parts if each.number == number)
        read_one(report, part, format_of(report.provider), cause)
    return {"number": number}
