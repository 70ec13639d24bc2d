"""The REST API, operation by operation: what the code alone cannot say of its routes."""

from collections.abc import Mapping

from orders.api.requests import (
    CancellationRequest,
    ConfirmationRequest,
    OrderRequest,
    PaymentRetryRequest,
    RefundRequest,
)
from orders.api.views import OrderView, RefundView
from orders.domain.errors import (
    AmountExceedsAuthorized,
    AmountExceedsPaid,
    CancellationNotPossible,
    ConfirmationNotPossible,
    RefundNotPossible,
    RefundsExhausted,
    RetryNotPossible,
)
from payments.api.requests import EvidenceRequest
from payments.api.views import PaymentsView, PaymentView
from payments.domain.attempt import AttemptStatus
from payments.domain.errors import (
    DisputeOver,
    EvidenceExhausted,
    EvidenceLate,
    EvidenceRefused,
    OutcomeUnknown,
    ProviderBusy,
    ProviderNotConfigured,
    ProviderNotReached,
    ProviderRefusesUs,
    SignatureInvalid,
    WebhookMalformed,
)
from payments.domain.states import PaymentStatus
from shared.errors.taxonomy import (
    AccessUnavailable,
    AmountTooLarge,
    CardNumberRefused,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InternalError,
    InvalidRequest,
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
from shared.rest.pages import LIMIT_DEFAULT, LIMIT_MAX
from tests.contract import samples
from tests.contract.case_operations import CASE_OPERATIONS
from tests.contract.description import Body, Failures, Operation, Query
from tests.contract.ledger_operations import LEDGER_OPERATIONS
from tests.contract.operator_operations import OPERATORS
from tests.contract.reconciliation_operations import RECONCILIATION_OPERATIONS
from tests.contract.services import Route
from tests.contract.settlement_operations import SETTLEMENT_OPERATIONS

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
        examples={
            "paid": samples.PAID,
            "declined": samples.DECLINED,
            "partially_refunded": samples.PARTIALLY_REFUNDED,
        },
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
        failures=(InvalidRequest, NotFound, ConfirmationNotPossible, AmountExceedsAuthorized),
    ),
    ("POST", "/orders/{order_id}/cancel"): Operation(
        id="cancelOrder",
        summary="Give the order up before its money is captured: what is held is given back.",
        scope="orders:write",
        status=202,
        body=Body(shape=CancellationRequest, required=False, examples={"nothing": {}}),
        view=OrderView,
        examples={"cancelling": samples.CANCELLING},
        failures=(InvalidRequest, NotFound, CancellationNotPossible),
    ),
    ("POST", "/orders/{order_id}/payment-method"): Operation(
        id="payOrderAnew",
        summary="Try another payment method after a refusal or an expiry.",
        scope="orders:write",
        status=202,
        body=Body(
            shape=PaymentRetryRequest,
            required=True,
            examples={"another_card": samples.PAYMENT_RETRY_REQUEST},
        ),
        view=OrderView,
        examples={"pending": samples.PAID_ANEW},
        failures=(InvalidRequest, NotFound, RetryNotPossible),
    ),
    ("POST", "/orders/{order_id}/refunds"): Operation(
        id="refundOrder",
        summary="Give captured money back: all that is left, or the amount given.",
        scope="orders:write",
        status=202,
        body=Body(
            shape=RefundRequest,
            required=True,
            examples={
                "all_that_is_left": samples.REFUND_OF_THE_REST,
                "an_amount": samples.REFUND_REQUEST,
            },
        ),
        view=RefundView,
        examples={"pending": samples.REFUND},
        failures=(
            InvalidRequest,
            NotFound,
            RefundNotPossible,
            AmountExceedsPaid,
            RefundsExhausted,
        ),
    ),
    ("GET", "/orders/{order_id}/events"): Operation(
        id="listOrderEvents",
        summary="The messages that orders has published for an order, in their order.",
        scope="orders:read",
        view=EventsView,
        examples={"placed_and_confirmed": samples.ORDER_EVENTS},
        failures=(NotFound,),
    ),
    ("GET", "/payments"): Operation(
        id="listPayments",
        summary="Payments in a status, or those with an attempt whose outcome is not known.",
        scope="payments:read",
        view=PaymentsView,
        examples={"one_of_many": samples.PAYMENTS},
        query={
            "status": Query(
                description="Either this: a payment's status.",
                schema={"enum": [status.value for status in PaymentStatus]},
                example="captured",
                required=False,
            ),
            "attempt_status": Query(
                description="Or this: at least one attempt has this status.",
                schema={"const": AttemptStatus.UNKNOWN.value},
                example="unknown",
                required=False,
            ),
            "limit": Query(
                description=f"How many a page has at most, from 1 to {LIMIT_MAX}.",
                schema={
                    "type": "string",
                    "pattern": "^[0-9]{1,3}$",
                    "default": str(LIMIT_DEFAULT),
                },
                example="50",
                required=False,
            ),
            "cursor": Query(
                description="`next_cursor` of the page before.",
                schema={"type": "string"},
                example=samples.CURSOR,
                required=False,
            ),
        },
        failures=(InvalidRequest,),
    ),
    ("GET", "/payments/{payment_id}"): Operation(
        id="getPayment",
        summary="A payment with every attempt at its provider, its refunds and its disputes.",
        scope="payments:read",
        view=PaymentView,
        examples={
            "captured": samples.CAPTURED,
            "refunded_and_disputed": samples.REFUNDED_AND_DISPUTED,
        },
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
            OutcomeUnknown,
            ProviderNotReached,
            ProviderNotConfigured,
            ProviderRefusesUs,
        ),
    ),
    ("POST", "/payments/{payment_id}/disputes/{dispute_id}/evidence"): Operation(
        id="submitEvidence",
        summary="Give the provider what speaks for us in a dispute.",
        scope="payments:operate",
        body=Body(
            shape=EvidenceRequest,
            required=True,
            examples={"a_delivery": samples.EVIDENCE_REQUEST},
        ),
        view=PaymentView,
        examples={"submitted": samples.REFUNDED_AND_DISPUTED},
        failures=(
            InvalidRequest,
            NotFound,
            DisputeOver,
            EvidenceLate,
            EvidenceExhausted,
            EvidenceRefused,
            OutcomeUnknown,
            ProviderBusy,
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
    **SETTLEMENT_OPERATIONS,
    **CASE_OPERATIONS,
    **LEDGER_OPERATIONS,
    **RECONCILIATION_OPERATIONS,
    **OPERATORS,
}


def failures_of(route: Route) -> Failures:
    """Everything a route may refuse with, its own refusals last."""
    method, _ = route
    with_a_key = WITH_A_KEY if method == "POST" else ()
    return (*EVERYWHERE, *with_a_key, *OPERATIONS[route].failures)
