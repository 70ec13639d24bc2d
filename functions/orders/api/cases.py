"""The routes of cases: what is left for people, what is known of each, and what they decide."""

from typing import Annotated, Literal, TypedDict

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from orders import wiring
from orders.api.app import app
from orders.application.cases import resolve_case
from orders.domain.case import Case, CaseStatus, Decision
from orders.domain.order import Hold
from orders.domain.states import OrderStatus
from orders.infrastructure.dynamodb_cases import FIRST
from shared.contracts.compensation import Action, Outcome, Resolution
from shared.errors.taxonomy import NotFound
from shared.moments import timestamp
from shared.rest import pages
from shared.rest.app import ok
from shared.rest.events import Timestamp
from shared.rest.requests import checked


class ResolutionRequest(BaseModel):
    """The body of POST /cases/{case_id}/resolution; who decides is whose key it is."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    action: Literal["retry", "accept", "correct"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class TriedView(TypedDict):
    """A command that was sent, under its key, and what became of it."""

    action: Action
    reference: str
    outcome: Outcome
    code: str | None


class DecisionView(TypedDict):
    """What a person did about the case."""

    action: Resolution
    reason: str
    actor: str
    at: Timestamp


class KnownView(TypedDict):
    """Where the order stands now, in minor units of its currency."""

    status: OrderStatus
    hold: Hold
    amount: int
    captured: int
    refunding: int
    refunded: int
    currency: str
    failure_code: str | None


class CaseView(TypedDict):
    """What could not be undone or decided. `known` is absent where no order is concerned."""

    case_id: str
    status: CaseStatus
    event: str
    code: str
    detail: str
    order_id: str
    payment_id: str
    compensation_id: str | None
    correlation_id: str
    opened_at: Timestamp
    age_seconds: int
    tried: list[TriedView]
    known: KnownView | None
    decision: DecisionView | None


class CasesView(TypedDict):
    """A page of cases, the oldest first."""

    data: list[CaseView]
    next_cursor: str | None


@app.routes.get("/cases")
def get_cases() -> Response[str]:
    app.caller.require("payments:read")
    parameters = app.event.query_string_parameters
    status, limit = _status(parameters.get("status")), pages.limit(parameters.get("limit"))
    begin = parameters.get("cursor")
    (after,) = pages.parts(begin, number=1) if begin else (FIRST,)
    page: list[CaseView] = []
    cursor = None
    for place, case in wiring.cases().listed(status, after=after):
        page.append(case_view(case))
        if len(page) == limit:
            cursor = pages.cursor(place)
            break
    view: CasesView = {"data": page, "next_cursor": cursor}
    return ok(view)


@app.routes.get("/cases/<case_id>")
def get_case(case_id: str) -> Response[str]:
    app.caller.require("payments:read")
    case = wiring.cases().find(case_id)
    if case is None:
        raise NotFound("no such case")
    return ok(case_view(case))


@app.routes.post("/cases/<case_id>/resolution")
def post_resolution(case_id: str) -> Response[str]:
    app.caller.require("payments:operate")
    request_id = app.caller.request_id(app.idempotency_key())
    request = checked(ResolutionRequest, app.body())
    decision = Decision(
        action=Resolution(request.action),
        reason=request.reason,
        actor=app.caller.principal.name,
        at=app.caller.now,
    )

    def action() -> CaseView:
        cause = app.caller.cause(request_id)
        return case_view(resolve_case(case_id, decision, cases=wiring.cases(), cause=cause))

    return app.once(status=200, body=request.model_dump(), action=action)


def case_view(case: Case) -> CaseView:
    decision = case.decision
    return {
        "case_id": case.case_id,
        "status": case.status,
        "event": case.event,
        "code": case.code,
        "detail": case.detail,
        "order_id": case.order_id,
        "payment_id": case.payment_id,
        "compensation_id": case.compensation_id or None,
        "correlation_id": case.correlation_id,
        "opened_at": timestamp(case.opened_at),
        "age_seconds": int((app.caller.now - case.opened_at).total_seconds()),
        "tried": [
            {
                "action": each.action,
                "reference": each.reference,
                "outcome": each.outcome,
                "code": each.code,
            }
            for each in case.tried
        ],
        "known": _known(case.order_id),
        "decision": None
        if decision is None
        else {
            "action": decision.action,
            "reason": decision.reason,
            "actor": decision.actor,
            "at": timestamp(decision.at),
        },
    }


def _known(order_id: str) -> KnownView | None:
    order = wiring.orders().find(order_id) if order_id else None
    if order is None:
        return None
    return {
        "status": order.status,
        "hold": order.hold,
        "amount": order.amount.minor,
        "captured": order.captured.minor,
        "refunding": order.refunding.minor,
        "refunded": order.refunded.minor,
        "currency": order.amount.currency,
        "failure_code": order.failure_code,
    }


def _status(text: str | None) -> CaseStatus:
    try:
        return CaseStatus(text or CaseStatus.OPEN)
    except ValueError:
        raise pages.invalid("status", "open or resolved") from None
