"""The REST API, operation by operation: what the code alone cannot say of its routes."""

from collections.abc import Mapping

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
    ScopeMissing,
    StaleRow,
    StillProcessing,
    StoreBusy,
    Unauthenticated,
)
from shared.rest.events import EventsView
from tests.contract import samples
from tests.contract.description import Body, Failures, Operation
from tests.contract.ledger_operations import LEDGER_OPERATIONS
from tests.contract.services import Route

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
    **LEDGER_OPERATIONS,
}


def failures_of(route: Route) -> Failures:
    """Everything a route may refuse with, its own refusals last."""
    method, _ = route
    with_a_key = WITH_A_KEY if method == "POST" else ()
    return (*EVERYWHERE, *with_a_key, *OPERATIONS[route].failures)
