"""How payments refuse, and what they must wait for."""

from shared.errors.taxonomy import (
    DomainException,
    IntegrationException,
    InvalidTransition,
    TransientException,
)


class AuthorizationNotPossible(InvalidTransition):
    code, title = "authorization_not_possible", "Cannot be authorized in this state"


class CaptureNotPossible(InvalidTransition):
    code, title = "capture_not_possible", "Cannot be captured in this state"


class VoidNotPossible(InvalidTransition):
    code, title = "void_not_possible", "Cannot be voided in this state"


class RefundNotPossible(InvalidTransition):
    code, title = "refund_not_possible", "Cannot be refunded in this state"


class PaymentGivenUp(DomainException):
    code, title = "payment_given_up", "The payment was cancelled"


class CaptureMayCome(DomainException):
    """Money would be taken twice. A new order has a payment of its own."""

    code, title = "capture_may_come", "A capture of this payment was given up and may come yet"


class AmountExceedsCapturable(DomainException):
    code, title, status = "amount_exceeds_capturable", "More than is left to capture", 422


class AmountExceedsRefundable(DomainException):
    code, title, status = "amount_exceeds_refundable", "More than is left to refund", 422


class AuthorizationOver(DomainException):
    code, title = "authorization_over", "The provider no longer holds the money"


class CurrencyDiffers(DomainException):
    code, title, status = "currency_differs", "Not the currency of the payment", 422


class OperationsExhausted(DomainException):
    code, title = "operations_exhausted", "The payment has had all the operations it may have"


class NoticeContradicts(DomainException):
    """Never applied and never dropped: it is told as an event, for a person to decide."""

    code, title = "notice_contradicts", "The provider says something that cannot be"


class OutcomeUnknown(TransientException):
    """No other money operation until the provider has told what became of this one."""

    code, title = "outcome_unknown", "An operation's outcome is not known yet"


class PaymentUnknown(TransientException):
    """A message came before its payment could be read: parked in the queue and tried again."""

    code, title = "payment_unknown", "The payment is not known yet"


class NoticeEarly(TransientException):
    """A notice came before the one it builds on: parked in the queue and tried again."""

    code, title = "notice_early", "What this notice is about is not decided yet"


class ProviderBusy(TransientException):
    code, title = "provider_busy", "The provider asks to come back later"


class ProviderNotReached(TransientException):
    code, title = "provider_not_reached", "No connection to the provider could be made"


class ProviderRefusesUs(IntegrationException):
    """When they are mended, send the same request again with the same `Idempotency-Key`: an earlier
    try may have been heard, and under another key it would be a second one.
    """

    code, title = "provider_refuses_us", "The provider does not accept our credentials"


class ProviderNotConfigured(TransientException):
    code, title = "provider_not_configured", "The provider has no settings here"


class SignatureInvalid(DomainException):
    code, title, status = "signature_invalid", "The webhook is not signed by its provider", 401


class WebhookMalformed(DomainException):
    code, title, status = "webhook_malformed", "The webhook is signed but cannot be read", 400


class ReportNotPlaced(DomainException):
    code, title, status = "report_not_placed", "Not in the folder of a provider and account", 422


class ReportNotFinished(TransientException):
    """Its parts that are left are read when its message comes again."""

    code, title = "report_not_finished", "The report is longer than one reading"


class ReportsNotReached(TransientException):
    code, title = "reports_not_reached", "The bucket of settlement reports does not answer"


class DisputeOver(DomainException):
    code, title = "dispute_over", "The dispute has ended"


class EvidenceLate(DomainException):
    code, title = "evidence_late", "The provider takes no evidence in this dispute any more"


class EvidenceExhausted(DomainException):
    code, title = "evidence_exhausted", "The dispute has had all the evidence it may have"


class EvidenceRefused(DomainException):
    code, title, status = "evidence_refused", "The provider does not take this evidence", 422
