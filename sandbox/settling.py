"""Settlement over HTTP: reports made on request, put where the merchant wants them, and listed."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from sandbox.answers import Answer, Json, answer
from sandbox.api import Request
from sandbox.parsing import only, text
from sandbox.payment import Refused
from sandbox.reports import Bucket
from sandbox.settlement import ACCOUNT, OF_THE_REPORT, Discrepancy, Report
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.server import SandboxServer

DISCREPANCIES_MAX = 20


def post_bucket(server: "SandboxServer", request: Request) -> Answer:
    """`{"name"}`: the S3 bucket where reports are put from now on."""
    only(request.fields, {"name"})
    bucket = Bucket(text(request.fields, "name"))
    server.world.reports.bucket = bucket
    return answer(200, {"name": bucket.name})


def post_settle(server: "SandboxServer", request: Request) -> Answer:
    """`{"date"?, "discrepancies"?}`: what is not settled yet, by currency; 201 and the reports."""
    only(request.fields, {"date", "discrepancies"})
    world = server.world
    day = _day(request.fields) if "date" in request.fields else world.clock.now().date()
    wrong = _wrong(world, request.fields.get("discrepancies", []))
    made = world.reports.settle(world.processing.payments(), day, wrong)
    bucket = world.reports.bucket
    views: list[Json] = []
    for report in made:
        key = None if bucket is None else bucket.put(report)
        views.append(
            {
                "number": report.number,
                "currency": report.currency,
                "payout_id": report.payout_id,
                "payout": report.payout,
                "lines": report.lines,
                "key": key,
            }
        )
    return answer(201, {"reports": views})


def get_reports(world: World) -> Answer:
    """`GET /v1/settlement-reports`: all that were made."""
    return answer(200, {"data": [_view(report) for report in world.reports.made()]})


def get_report(world: World, number: int) -> Answer:
    """`GET /v1/settlement-reports/{number}`: one of them with its content."""
    for report in world.reports.made():
        if report.number == number:
            return answer(200, {**_view(report), "content": report.content.decode()})
    raise Refused("not_found", "There is no such report.")


def _view(report: Report) -> Json:
    return {
        "number": report.number,
        "account": ACCOUNT,
        "name": report.name,
        "date": report.day.isoformat(),
        "currency": report.currency,
    }


def _day(fields: Mapping[str, object]) -> date:
    try:
        return date.fromisoformat(text(fields, "date"))
    except ValueError:
        raise Refused("invalid_request", "`date` must be a date, as in 2026-11-04.") from None


def _wrong(world: World, told: object) -> dict[Discrepancy, str]:
    """Each discrepancy with the reference of what it strikes."""
    if not isinstance(told, list) or len(told) > DISCREPANCIES_MAX:
        raise Refused("invalid_request", f"`discrepancies` are at most {DISCREPANCIES_MAX}.")
    wrong: dict[Discrepancy, str] = {}
    for each in told:
        if not isinstance(each, dict):
            raise Refused("invalid_request", "A discrepancy is an object.")
        only(each, {"kind", "reference"})
        kind = text(each, "kind")
        if kind not in set(Discrepancy):
            raise Refused("invalid_request", f"`kind` must be one of: {', '.join(Discrepancy)}.")
        wrong[Discrepancy(kind)] = (
            text(each, "reference")
            if "reference" in each
            else ""
            if Discrepancy(kind) in OF_THE_REPORT
            else world.reports.first_reference(world.processing.payments())
        )
    return wrong
