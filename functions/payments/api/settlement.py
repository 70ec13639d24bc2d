"""The Lambda behind the queue of the reports' bucket: a file that came is read to its end."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import unquote_plus

from payments import wiring
from payments.application.ingest_report import (
    begin_report,
    finish_report,
    read_part,
    refuse_report,
)
from payments.domain.errors import ReportNotFinished
from payments.domain.report import Part, Place, Report, ReportStatus, whose
from payments.infrastructure.report_bucket import MAPPING
from payments.infrastructure.settlement import FORMATS
from payments.infrastructure.settlement.format import Format
from payments.infrastructure.settlement.mapped import mapped, read_mapping
from payments.infrastructure.settlement.reading import lines, plan
from payments.infrastructure.settlement.records import NotAReport
from payments.infrastructure.statements.reading import entries, plan_statements
from shared import clock
from shared.contracts.bank import BANK
from shared.contracts.codec import UndecodableMessage
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import QuittanceException
from shared.ids import fresh
from shared.messaging.failures import FailureNotes, failure_of
from shared.observability import log, metrics
from shared.observability.trace import child_of

PARTS_READ_HERE_MAX: Final = 4
LEFT_MILLISECONDS_MIN: Final = 30_000
"""A part is begun only with so much of the function's time left; the rest is read next time."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What fails stays in the queue and is read on from the first part that is missing."""
    failed = []
    for record in event["Records"]:
        try:
            for place in _places(record["body"]):
                _read(place, context)
        except QuittanceException as failure:
            log.warning("report not read", code=failure.code)
            metrics.count("MessageFailed", code=failure.code)
            failed.append(_failed(record, failure))
        except Exception as failure:
            log.exception("report failed unexpectedly")
            failed.append(_failed(record, failure))
    return {"batchItemFailures": failed}


def _failed(record: dict[str, Any], failure: Exception) -> dict[str, str]:
    """The record must come again; why is noted for whoever finds it among the dead letters."""
    noted = failure_of(failure, record, now=clock.now())
    FailureNotes(wiring.table()).keep(record["messageId"], noted)
    return {"itemIdentifier": record["messageId"]}


def _places(body: str) -> list[Place]:
    """The objects of a bucket's notice; its first one is a test and names none.

    Raises UndecodableMessage.
    """
    try:
        told = [each["s3"]["object"] for each in json.loads(body).get("Records", ())]
        places = [
            Place(key=unquote_plus(each["key"]), version=each.get("versionId", "")) for each in told
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UndecodableMessage("not a bucket's notice") from None
    return [place for place in places if not place.key.endswith(f"/{MAPPING}")]


def _read(place: Place, context: Any) -> None:
    provider, account = whose(place.key)
    cause = cause_of(place)
    try:
        form = None if provider == BANK else format_of(provider)
        chunks = wiring.report_bucket().chunks(place)
        planned = plan_statements(chunks) if form is None else plan(chunks, form)
    except NotAReport as refusal:
        refuse_report(provider, account, place, str(refusal), reports=wiring.reports(), cause=cause)
        return
    report = begin_report(provider, account, place, planned, reports=wiring.reports(), cause=cause)
    if report.status is ReportStatus.READING:
        _read_parts(report, form, cause, context)


def _read_parts(report: Report, form: Format | None, cause: Cause, context: Any) -> None:
    """Here, part after part; a large report by the state machine, where there is one."""
    splitting = wiring.splitting()
    if splitting is not None and len(report.plan.parts) > PARTS_READ_HERE_MAX:
        splitting.start(report)
        return
    read = wiring.reports().parts_read(report.report_id)
    for part in report.plan.parts:
        if part.number in read:
            continue
        if context.get_remaining_time_in_millis() < LEFT_MILLISECONDS_MIN:
            raise ReportNotFinished(f"{report.report_id} from part {part.number}")
        read_one(report, part, form, cause)
    ended = finish_report(report, reports=wiring.reports(), cause=cause)
    log.info("report read", report_id=ended.report_id, status=ended.status.value)


def read_one(report: Report, part: Part, form: Format | None, cause: Cause) -> None:
    """A part of a provider's report, or without a format the whole of a bank's file."""
    chunks = wiring.report_bucket().chunks(report.place, part)
    account, now = report.account, clock.now()
    read_part(
        report,
        part,
        entries(chunks, account=account, now=now)
        if form is None
        else lines(chunks, part, report.plan, form, account=account, now=now),
        payments=wiring.payments(),
        reports=wiring.reports(),
        cause=cause,
    )


def format_of(provider: str) -> Format:
    known = FORMATS.get(provider)
    return known or mapped(read_mapping(wiring.report_bucket().mapping(provider)))


def cause_of(place: Place) -> Cause:
    correlation_id = fresh("cor")
    log.bind(correlation_id=correlation_id)
    return Cause(
        id=f"{place.key}/{place.version}",
        correlation_id=correlation_id,
        traceparent=child_of(None),
        now=clock.now(),
    )
