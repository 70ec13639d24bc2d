"""The three kinds of failure, and the refusals that every service shares.

Each class is one entry of the error catalogue: a stable `code`, a `title`, the HTTP `status` it
becomes, and whether the same request may succeed later (`retryable`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class InputError:
    """What is wrong with one place of the input, named by its JSON pointer (RFC 6901)."""

    pointer: str
    detail: str


class QuittanceException(Exception):
    """Something that can go wrong and has a name."""

    code: ClassVar[str] = ""
    title: ClassVar[str] = ""
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, errors: tuple[InputError, ...] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors


class DomainException(QuittanceException):
    """A business rule says no; asking again the same way will not help."""

    status = 409


class IntegrationException(QuittanceException):
    """A provider or the network between us failed in a way that needs someone to look."""

    status = 502


class TransientException(QuittanceException):
    """It may work later: retry with the same key."""

    status = 503
    retryable = True


class MalformedJson(DomainException):
    code, title, status = "malformed_json", "The body is not a JSON object", 400


class InvalidRequest(DomainException):
    code, title, status = "invalid_request", "The request does not have the expected shape", 422


class CardNumberRefused(DomainException):
    code, title, status = "card_number_refused", "Card numbers are not accepted anywhere", 422


class AmountTooLarge(DomainException):
    code, title, status = "amount_too_large", "The amount is beyond what can be kept exactly", 422


class IdempotencyKeyMissing(DomainException):
    code, title, status = "idempotency_key_missing", "Idempotency-Key is required", 400


class IdempotencyKeyInvalid(DomainException):
    code, title, status = "idempotency_key_invalid", "Idempotency-Key is not usable", 400


class IdempotencyKeyReused(DomainException):
    code, title, status = "idempotency_key_reused", "This key came with another request", 422


class StillProcessing(TransientException):
    code, title, status = "still_processing", "The first request with this key still runs", 409


class Unauthenticated(DomainException):
    code, title, status = "unauthenticated", "A valid API key is required", 401


class ScopeMissing(DomainException):
    code, title, status = "scope_missing", "The API key does not allow this", 403


class NotFound(DomainException):
    code, title, status = "not_found", "There is no such thing", 404


class PayloadTooLarge(DomainException):
    code, title, status = "payload_too_large", "The body is too large", 413


class InvalidTransition(DomainException):
    code, title = "invalid_transition", "Not possible in this state"


class StaleRow(TransientException):
    """Someone else changed the row since it was read: read it again and retry."""

    code, title = "stale_row", "Changed by someone else in the meantime"


class StoreBusy(TransientException):
    """The database refused for load or conflict, or did not answer: the same again is safe."""

    code, title = "store_busy", "The database is busy"


class AccessUnavailable(TransientException):
    code, title = "access_unavailable", "API keys cannot be checked now"


class InternalError(QuittanceException):
    """What an unexpected exception becomes: its text stays inside."""

    code, title = "internal_error", "Something went wrong on our side"


class AlreadyHandled(Exception):
    """This cause has taken effect before; acknowledge it and move on. Never an error."""


def catalogue(
    root: type[QuittanceException] = QuittanceException,
) -> Iterator[type[QuittanceException]]:
    """Every named failure that is loaded, depth first."""
    for kind in root.__subclasses__():
        if kind.code:
            yield kind
        yield from catalogue(kind)
