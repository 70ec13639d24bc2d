"""The payments routes of the REST API."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from payments import wiring
from payments.api.lists import page_of
from payments.api.requests import EvidenceRequest
from payments.api.settlement_views import report_detail_view, reports_page
from payments.api.views import PaymentView, payment_view, payments_view
from payments.application.resolve_payment import resolve_payment
from payments.application.submit_evidence import submit_evidence
from payments.domain.payment import Evidence, Payment
from shared import clock
from shared.errors.taxonomy import NotFound
from shared.rest.app import RestApp, ok
from shared.rest.events import listing
from shared.rest.requests import checked
from shared.rest.secret_access import api_keys

app = RestApp(api_keys=api_keys, guard=wiring.guard, clock=clock.now)


@app.routes.get("/payments")
def get_payments() -> Response[str]:
    app.caller.require("payments:read")
    page, cursor = page_of(app.event.query_string_parameters, wiring.payments())
    return ok(payments_view(page, cursor))


@app.routes.get("/payments/<payment_id>")
def get_payment(payment_id: str) -> Response[str]:
    app.caller.require("payments:read")
    return ok(payment_view(_find(payment_id)))


@app.routes.post("/payments/<payment_id>/sync")
def post_sync(payment_id: str) -> Response[str]:
    app.caller.require("payments:operate")
    key = app.idempotency_key()

    def action() -> PaymentView:
        payment = resolve_payment(
            payment_id,
            payments=wiring.payments(),
            gateways=wiring.provider,
            cause=app.caller.cause(app.caller.request_id(key)),
        )
        return payment_view(payment)

    return app.once(status=200, body=app.body(), action=action)


@app.routes.post("/payments/<payment_id>/disputes/<dispute_id>/evidence")
def post_evidence(payment_id: str, dispute_id: str) -> Response[str]:
    app.caller.require("payments:operate")
    key = app.idempotency_key()
    asked = checked(EvidenceRequest, app.body())
    request_id = app.caller.request_id(key)

    def action() -> PaymentView:
        payment = submit_evidence(
            payment_id,
            dispute_id,
            Evidence(evidence_id=request_id, text=asked.text, document=asked.document),
            payments=wiring.payments(),
            counsels=wiring.provider,
            cause=app.caller.cause(request_id),
        )
        return payment_view(payment)

    return app.once(status=200, body=app.body(), action=action)


@app.routes.get("/payments/<payment_id>/events")
def get_payment_events(payment_id: str) -> Response[str]:
    app.caller.require("payments:read")
    _find(payment_id)
    return ok(listing(wiring.payments().messages(payment_id)))


@app.routes.get("/settlement-reports")
def get_settlement_reports() -> Response[str]:
    app.caller.require("recon:read")
    page = reports_page(app.event.query_string_parameters, wiring.reports(), now=clock.now())
    return ok(page)


@app.routes.get("/settlement-reports/<report_id>")
def get_settlement_report(report_id: str) -> Response[str]:
    app.caller.require("recon:read")
    reports = wiring.reports()
    report = reports.find(report_id)
    if report is None:
        raise NotFound("no such report")
    read = len(reports.parts_read(report_id))
    return ok(report_detail_view(report, read, reports.refused(report_id)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.on_request(event, context)


def _find(payment_id: str) -> Payment:
    payment = wiring.payments().find(payment_id)
    if payment is None:
        raise NotFound("no such payment")
    return payment
