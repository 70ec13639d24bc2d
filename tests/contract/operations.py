"""The REST API, operation by operation: what the code alone cannot say of its routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from accounting.api.views import EntriesView, EntryView, TrialBalanceView
from orders.api.requests import ConfirmationRequest, OrderRequest
from orders.api.views import OrderView
from orders.domain.errors import AmountExceedsAuthorized
from payments.api.views import PaymentView
from payments.domain.errors import (
    NoticeContradicts,
    OutcomeUnknown,
    ProviderNotConfigured,
    ProviderNotReached,
    ProviderRefusesUs,
    SignatureInvalid,
    WebhookMalformed,
)
from shared.errors.taxonomy import (
    AccessUnavailable,
    AmountTooLarge,
    CardNumberRefused,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InternalError,
    InvalidRequest,
    InvalidTransition,
    MalformedJson,
    NotFound,
    PayloadTooLarge,
    QuittanceException,
    ScopeMissing,
    StaleRow,
    StillProcessing,
    StoreBusy,
    Unauthenticated,
)
from shared.rest.events import EventsView
from tests.contract import samples
from tests.contract.services import Route

type Failures = tuple[type[QuittanceException], ...]

EVERYWHERE: Failures = (Unauthenticated, ScopeMissing, AccessUnavailable, InternalError)
WITH_A_KEY: Failures = (
    MalformedJson,
    PayloadTooLarge,
    CardNumberRefused,
    IdempotencyKeyMissing,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    StillProcessing,
    StaleRow,
    StoreBusy,
)
WEBHOOK: Failures = (
    SignatureInvalid,
    WebhookMalformed,
    NotFound,
    PayloadTooLarge,
    ProviderNotConfigured,
    InternalError,
)
"""What the function URL for providers answers: POST /webhooks/{provider}."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """A JSON body; without `required` an absent one is an empty object."""

    shape: type[BaseModel]
    required: bool
    examples: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A parameter in the query."""

    description: str
    schema: Mapping[str, Any]
    example: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one route needs and gives. `examples` are answers with the documented status."""

    id: str
    summary: str
    scope: str
    view: type
    examples: Mapping[str, Any]
    status: int = 200
    body: Body | None = None
    query: Mapping[str, Query] = field(default_factory=dict)
    failures: Failures = ()


_CURRENCY = Query(
    description="An active ISO 4217 currency.", schema={"type": "string"}, example="EUR"
)

OPERATIONS: Mapping[Route, Operation] = {
    ("POST", "/orders"): Operation(
        id="placeOrder",
        summary="Place an order; its payment is authorized in the background.",
        scope="orders:write",
        status=201,
        body=Body(shape=OrderRequest, required=True, examples={"two_mugs": samples.ORDER_REQUEST}),
        view=OrderView,
        examples={"placed": samples.PLACED},
        failures=(InvalidRequest, AmountTooLarge),
    ),
    ("GET", "/orders/{order_id}"): Operation(
        id="getOrder",
        summary="An order as it stands now.",
        scope="orders:read",
        view=OrderView,
        examples={"paid": samples.PAID, "declined": samples.DECLINED},
        failures=(NotFound,),
    ),
    ("POST", "/orders/{order_id}/confirm"): Operation(
        id="confirmOrder",
        summary="The order will be delivered: capture all of it, or the amount given.",
        scope="orders:write",
        status=202,
        body=Body(
            shape=ConfirmationRequest,
            required=False,
            examples={"everything": {}, "an_amount": samples.CONFIRMATION_REQUEST},
        ),
        view=OrderView,
        examples={"capturing": samples.CAPTURING},
        failures=(InvalidRequest, NotFound, InvalidTransition, AmountExceedsAuthorized),
    ),
    ("GET", "/orders/{order_id}/events"): Operation(
        id="listOrderEvents",
        summary="The messages that orders has published for an order, in their order.",
        scope="orders:read",
        view=EventsView,
        examples={"placed_and_confirmed": samples.ORDER_EVENTS},
        failures=(NotFound,),
    ),
    ("GET", "/payments/{payment_id}"): Operation(
        id="getPayment",
        summary="A payment with every attempt at its provider.",
        scope="payments:read",
        view=PaymentView,
        examples={"captured": samples.CAPTURED},
        failures=(NotFound,),
    ),
    ("POST", "/payments/{payment_id}/sync"): Operation(
        id="syncPayment",
        summary="Ask the provider now what became of every operation that is not decided.",
        scope="payments:operate",
        view=PaymentView,
        examples={"captured": samples.CAPTURED},
        failures=(
            NotFound,
            NoticeContradicts,
            OutcomeUnknown,
            ProviderNotReached,
            ProviderNotConfigured,
            ProviderRefusesUs,
        ),
    ),
    ("GET", "/payments/{payment_id}/events"): Operation(
        id="listPaymentEvents",
        summary="The messages that payments has published for a payment, and its webhooks.",
        scope="payments:read",
        view=EventsView,
        examples={"captured": samples.PAYMENT_EVENTS},
        failures=(NotFound,),
    ),
    ("GET", "/journal-entries"): Operation(
        id="listJournalEntries",
        summary="The journal entries of a payment, in the order they were booked.",
        scope="ledger:read",
        view=EntriesView,
        examples={"captured": samples.ENTRIES},
        query={
            "payment_id": Query(
                description="The payment whose entries are listed.",
                schema={"type": "string"},
                example=samples.CAPTURED["payment_id"],
            )
        },
        failures=(InvalidRequest,),
    ),
    ("GET", "/journal-entries/{entry_id}"): Operation(
        id="getJournalEntry",
        summary="A journal entry with its postings and its cause.",
        scope="ledger:read",
        view=EntryView,
        examples={"a_capture": samples.BOOKED},
        failures=(NotFound,),
    ),
    ("GET", "/trial-balance"): Operation(
        id="getTrialBalance",
        summary="Every account that was used, in one currency; both totals are equal.",
        scope="ledger:read",
        view=TrialBalanceView,
        examples={"after_one_capture": samples.TRIAL_BALANCE},
        query={
            "currency": _CURRENCY,
            "at": Query(
                description="Only what was booked until then; now, where it is absent.",
                schema={"type": "string", "format": "date-time"},
                example="2026-11-03T18:00:00Z",
                required=False,
            ),
        },
        failures=(InvalidRequest,),
    ),
}


def failures_of(route: Route) -> Failures:
    """Everything a route may refuse with, its own refusals last."""
    method, _ = route
    with_a_key = WITH_A_KEY if method == "POST" else ()
    return (*EVERYWHERE, *with_a_key, *OPERATIONS[route].failures)
