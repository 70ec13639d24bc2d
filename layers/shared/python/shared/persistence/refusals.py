"""What DynamoDB refuses, in our words: load and silence, a condition that failed, a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from shared.errors.taxonomy import AlreadyHandled, StaleRow, StoreBusy

_BUSY: Final = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingError",
        "ThrottlingException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
    }
)
_CONDITION: Final = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})


@contextmanager
def named() -> Iterator[None]:
    """Load and silence become StoreBusy, whatever was asked; the client has tried again itself."""
    try:
        yield
    except (HTTPClientError, NoConnection) as error:
        raise StoreBusy("the database does not answer") from error
    except ClientError as error:
        if code(error) in _BUSY:
            raise StoreBusy(code(error)) from error
        raise


def code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def raise_refusal(error: ClientError, cause_id: str | None) -> None:
    """Return only when trying again may help; the cause's mark is always the first write."""
    reasons: list[str] = [
        reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])
    ] or [code(error)]
    if cause_id is not None and reasons[0] in _CONDITION:
        raise AlreadyHandled(cause_id) from error
    if any(reason in _CONDITION for reason in reasons):
        raise StaleRow from error
    if not any(reason in _BUSY for reason in reasons):
        raise error
