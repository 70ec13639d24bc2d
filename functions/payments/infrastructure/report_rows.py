"""A settlement report as a row, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from payments.domain.report import Counts, Part, Place, Plan, Report, ReportStatus
from payments.domain.statement import Statement
from payments.domain.statement_series import Proved
from shared.moments import timestamp
from shared.money import Money
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


def proved_of(statement: Statement, report_id: str) -> Proved | None:
    """Its place in the series of its account; none where nothing says when it closed."""
    if statement.closed_on is None:
        return None
    return Proved(
        number=statement.number,
        closed_on=statement.closed_on,
        opening=statement.opening,
        closing=statement.closing,
        report_id=report_id,
    )


def proved_to_row(proved: Proved, version: int) -> Row:
    return {
        "number": proved.number,
        "closed_on": proved.closed_on.isoformat(),
        "currency": proved.opening.currency,
        "opening": proved.opening.minor,
        "closing": proved.closing.minor,
        "report_id": proved.report_id,
        "version": version,
    }


def proved_from_row(read: dict[str, Any]) -> Proved:
    return Proved(
        number=read["number"],
        closed_on=date.fromisoformat(read["closed_on"]),
        opening=Money(read["opening"], read["currency"]),
        closing=Money(read["closing"], read["currency"]),
        report_id=read["report_id"],
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
