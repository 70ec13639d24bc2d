"""How payments refuse, and what they must wait for."""

from shared.errors.taxonomy import (
    DomainException,
    IntegrationException,
    TransientException,
)


class AmountExceedsCapturable(DomainException):
    code, title, status = "amount_exceeds_capturable", "More than is left to capture", 422


class CurrencyDiffers(DomainException):
    code, title, status = "currency_differs", "Not the currency of the payment", 422


class OperationsExhausted(DomainException):
    code, title = "operations_exhausted", "The payment has had all the operations it may have"


class NoticeContradicts(DomainException):
    """Never applied and never dropped: it stays with the dead letters until a person decides."""

    code, title = "notice_contradicts", "The provider says something that cannot be"


class OutcomeUnknown(TransientException):
    """No other money operation until the provider has told what became of this one."""

    code, title = "outcome_unknown", "An operation's outcome is not known yet"


class PaymentUnknown(TransientException):
    """A message came before its payment could be read: parked in the queue and tried again."""

    code, title = "payment_unknown", "The payment is not known yet"


class ProviderBusy(TransientException):
    code, title = "provider_busy", "The provider asks to come back later"


class ProviderNotReached(TransientException):
    code, title = "provider_not_reached", "No connection to the provider could be made"


class ProviderRefusesUs(IntegrationException):
    code, title = "provider_refuses_us", "The provider does not accept our credentials"


class SignatureInvalid(DomainException):
    code, title, status = "signature_invalid", "The webhook is not signed by its provider", 401


class WebhookMalformed(DomainException):
    code, title, status = "webhook_malformed", "The webhook is signed but cannot be read", 400


class ProviderNotConfigured(TransientException):
    code, title = "provider_not_configured", "The provider has no settings here"
