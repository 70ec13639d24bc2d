"""Read a settlement report: plan it, tell its lines part by part, and say what became of it.

Each step may be repeated and parts may be read in any order, at the same time or twice: a line is
told once, by the provider's own name for it, in whichever file it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from payments.application.ports import Payments, Reports, Telling
from payments.domain.attempt import payment_of
from payments.domain.payment import Payment
from payments.domain.report import Counts, Part, Place, Plan, Report, ReportStatus, report_id
from payments.domain.settlement import RefusedRow, ReportedLine, settled
from payments.domain.statement import BankEntry, Statement, booked
from shared.contracts.bank import BankLineBooked
from shared.contracts.envelope import Cause
from shared.contracts.settlement import LineKind, PaymentSettled, SettlementReportRead

type Found = ReportedLine | BankEntry | RefusedRow | Statement

TWINS_MAX = 1000
"""Rows of one identity in one report."""


def begin_report(
    provider: str, account: str, place: Place, plan: Plan, *, reports: Reports, cause: Cause
) -> Report:
    """The report, from now on or since before."""
    report = Report(
        report_id=report_id(provider, account, place, plan),
        provider=provider,
        account=account,
        place=place,
        plan=plan,
        status=ReportStatus.READING,
        begun_at=cause.now,
    )
    return reports.begin(report, cause)


def refuse_report(
    provider: str, account: str, place: Place, refusal: str, *, reports: Reports, cause: Cause
) -> Report:
    """A file that cannot be read as a report: it stays where it lies, and is told of."""
    nothing = Plan(digest="", header=(), parts=())
    report = Report(
        report_id=report_id(provider, account, place, None),
        provider=provider,
        account=account,
        place=place,
        plan=nothing,
        status=ReportStatus.READING,
        begun_at=cause.now,
    )
    begun = reports.begin(report, cause)
    return _end(replace(begun, status=ReportStatus.REFUSED, refusal=refusal), reports, cause)


def read_part(
    report: Report,
    part: Part,
    found: Iterable[Found],
    *,
    payments: Payments,
    reports: Reports,
    cause: Cause,
) -> Counts:
    """Tell the lines of a part, keep its refused rows, and mark the part as read."""
    counts = Counts()
    for each in found:
        if isinstance(each, RefusedRow):
            reports.keep_refused(report.report_id, each, cause)
            counts += Counts(refused=1)
        elif isinstance(each, Statement):
            reports.keep_statement(report, each, cause)
        else:
            counts += _tell(report, each, payments=payments, reports=reports, cause=cause)
    reports.part_read(report.report_id, part.number, counts, cause)
    return counts


def finish_report(report: Report, *, reports: Reports, cause: Cause) -> Report:
    """Say that the report was read to its end; nothing while a part is missing, or again."""
    if report.status is not ReportStatus.READING:
        return report
    read = reports.parts_read(report.report_id)
    if len(read) < len(report.plan.parts):
        return report
    counts = sum(read.values(), Counts())
    missing = reports.missing(report, cause)
    ended = replace(report, status=ReportStatus.READ, counts=counts, missing=missing)
    return _end(ended, reports, cause)


def _end(report: Report, reports: Reports, cause: Cause) -> Report:
    counts = report.counts
    told = SettlementReportRead(
        report_id=report.report_id,
        provider=report.provider,
        account=report.account,
        rows=counts.rows,
        told=counts.told,
        known=counts.known,
        contradicted=counts.contradicted,
        refused=counts.refused,
        refusal=report.refusal,
        missing=report.missing,
    )
    return reports.end(report, told, cause)


def _tell(
    report: Report,
    line: ReportedLine | BankEntry,
    *,
    payments: Payments,
    reports: Reports,
    cause: Cause,
) -> Counts:
    """A row that is truly the same as another of its report is a line of its own."""
    telling, flow = _telling(report, line, payments, cause)
    for number in range(1, TWINS_MAX + 1):
        match reports.tell(telling(number), flow):
            case Telling.TWIN:
                continue
            case Telling.NEW:
                unknown = isinstance(line, ReportedLine) and line.kind is LineKind.UNKNOWN
                return Counts(told=1, unknown=int(unknown))
            case Telling.KNOWN:
                return Counts(known=1)
            case Telling.CONTRADICTED:
                return Counts(contradicted=1)
    refused = RefusedRow(row=line.row, reason=f"more than {TWINS_MAX} rows of one identity")
    reports.keep_refused(report.report_id, refused, cause)
    return Counts(refused=1)


def _telling(
    report: Report, line: ReportedLine | BankEntry, payments: Payments, cause: Cause
) -> tuple[Callable[[int], PaymentSettled | BankLineBooked], Cause]:
    """How a row is told as the so-manieth of its identity, and in whose flow."""
    report_id = report.report_id
    if isinstance(line, BankEntry):
        account = report.account
        return lambda n: booked(line, account=account, report_id=report_id, number=n), cause
    payment = _payment_of(line, report.provider, payments)
    flow = cause if payment is None else cause.within(payment.correlation_id)
    provider = report.provider
    return (
        lambda n: settled(line, provider=provider, report_id=report_id, number=n, payment=payment),
        flow,
    )


def _payment_of(line: ReportedLine, provider: str, payments: Payments) -> Payment | None:
    """By our own reference, else by the provider's name for the payment."""
    if line.reference:
        payment = payments.find(payment_of(line.reference))
        if payment is not None and payment.provider == provider:
            return payment
    if line.provider_payment:
        return payments.of_provider(provider, line.provider_payment)
    return None
