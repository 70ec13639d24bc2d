"""A settlement report as a row, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from payments.domain.report import Counts, Part, Place, Plan, Report, ReportStatus
from shared.moments import timestamp
from shared.persistence.rows import Row


def report_to_row(report: Report) -> Row:
    """The parts are one text: there may be hundreds."""
    plan = report.plan
    return {
        "report_id": report.report_id,
        "provider": report.provider,
        "account": report.account,
        "key": report.place.key,
        "object_version": report.place.version,
        "digest": plan.digest,
        "header": list(plan.header),
        "parts": json.dumps([[p.number, p.start, p.end, p.first_row] for p in plan.parts]),
        "payout": plan.payout_id,
        "number": plan.number,
        "status": report.status.value,
        "begun_at": timestamp(report.begun_at),
        "refusal": report.refusal,
        "missing": report.missing,
        **counts_to_row(report.counts),
    }


def report_from_row(read: dict[str, Any]) -> Report:
    return Report(
        report_id=read["report_id"],
        provider=read["provider"],
        account=read["account"],
        place=Place(key=read["key"], version=read["object_version"]),
        plan=Plan(
            digest=read["digest"],
            header=tuple(read["header"]),
            parts=tuple(
                Part(number=number, start=start, end=end, first_row=first_row)
                for number, start, end, first_row in json.loads(read["parts"])
            ),
            payout_id=read.get("payout"),
            number=read.get("number"),
        ),
        status=ReportStatus(read["status"]),
        begun_at=datetime.fromisoformat(read["begun_at"]),
        counts=counts_from_row(read),
        refusal=read["refusal"],
        missing=read["missing"],
        version=read["version"],
    )


def counts_to_row(counts: Counts) -> Row:
    return asdict(counts)


def counts_from_row(read: dict[str, Any]) -> Counts:
    return Counts(
        told=read["told"],
        known=read["known"],
        contradicted=read["contradicted"],
        refused=read["refused"],
        unknown=read["unknown"],
    )
