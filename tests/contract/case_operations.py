"""The operations on cases: what the platform could not undo, and what a person decides."""

from collections.abc import Mapping

from orders.api.cases import CasesView, CaseView, ResolutionRequest
from orders.domain.case import CaseStatus
from orders.domain.errors import CaseAlreadyResolved, DecisionNotApplicable
from orders.domain.order import Hold
from orders.domain.states import OrderStatus
from shared.contracts.compensation import Action, Outcome, Resolution
from shared.errors.taxonomy import InvalidRequest, NotFound
from shared.rest import pages
from tests.contract.description import Body, Operation, Query
from tests.contract.envelopes import CORRELATION, ORDER, PAYMENT
from tests.contract.services import Route

CASE: CaseView = {
    "case_id": "case_4n1m8q2yv7kx3gw5jt9rz0hbce",
    "status": CaseStatus.OPEN,
    "event": "CompensationEscalated",
    "code": "void_failed",
    "detail": "order_cancelled could not be undone: order cancelling",
    "order_id": ORDER,
    "payment_id": PAYMENT,
    "compensation_id": "cmp_zvd5ka9d0bscx3e760kzcxxk46",
    "correlation_id": CORRELATION,
    "opened_at": "2026-11-03T15:05:01.000000Z",
    "age_seconds": 5400,
    "tried": [
        {
            "action": Action.RELEASE_HOLD,
            "reference": "cmp_zvd5ka9d0bscx3e760kzcxxk46-release-hold-3",
            "outcome": Outcome.FAILED,
            "code": "void_rejected",
        }
    ],
    "known": {
        "status": OrderStatus.CANCELLING,
        "hold": Hold.HELD,
        "amount": 3998,
        "captured": 0,
        "refunding": 0,
        "refunded": 0,
        "currency": "EUR",
        "failure_code": "void_rejected",
    },
    "decision": None,
}
RESOLVED: CaseView = {
    **CASE,
    "status": CaseStatus.RESOLVED,
    "decision": {
        "action": Resolution.RETRY,
        "reason": "the provider has mended its voids",
        "actor": "operator",
        "at": "2026-11-03T16:35:01.000000Z",
    },
}
CASES: CasesView = {
    "data": [CASE],
    "next_cursor": pages.cursor(f"2026-11-03T15:05:01.000000Z#{CASE['case_id']}"),
}
REQUEST = {"action": "retry", "reason": "the provider has mended its voids"}

CASE_OPERATIONS: Mapping[Route, Operation] = {
    ("GET", "/cases"): Operation(
        id="listCases",
        summary="What the platform could not undo or decide by itself, the oldest first.",
        scope="payments:read",
        view=CasesView,
        examples={"one": CASES},
        query={
            "status": Query(
                description="Those that wait for a person, or those that somebody has decided.",
                schema={"enum": [status.value for status in CaseStatus]},
                example="open",
                required=False,
            ),
            "limit": Query(
                description=f"How many a page has at most, from 1 to {pages.LIMIT_MAX}.",
                schema={
                    "type": "string",
                    "pattern": "^[0-9]{1,3}$",
                    "default": str(pages.LIMIT_DEFAULT),
                },
                example="50",
                required=False,
            ),
            "cursor": Query(
                description="`next_cursor` of the page before.",
                schema={"type": "string"},
                example=str(CASES["next_cursor"]),
                required=False,
            ),
        },
        failures=(InvalidRequest,),
    ),
    ("GET", "/cases/{case_id}"): Operation(
        id="getCase",
        summary="A case with what was tried, and what is known of its order now.",
        scope="payments:read",
        view=CaseView,
        examples={"open": CASE},
        failures=(NotFound,),
    ),
    ("POST", "/cases/{case_id}/resolution"): Operation(
        id="resolveCase",
        summary="Decide: try again, accept it, or correct the order to match the provider.",
        scope="payments:operate",
        body=Body(shape=ResolutionRequest, required=True, examples={"retry": REQUEST}),
        view=CaseView,
        examples={"resolved": RESOLVED},
        failures=(InvalidRequest, NotFound, CaseAlreadyResolved, DecisionNotApplicable),
    ),
}
