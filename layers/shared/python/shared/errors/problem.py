"""A failure as the caller sees it: application/problem+json (RFC 9457)."""

from typing import Any, Final

from shared.errors.taxonomy import QuittanceException

CONTENT_TYPE: Final = "application/problem+json"
PAGES: Final = "https://quittance.dev/problems/"
POINTER_LENGTH_MAX: Final = 200
"""The names in a pointer are the caller's own, of any length."""


def problem(failure: QuittanceException, *, correlation_id: str) -> dict[str, Any]:
    """The problem document; `errors` only where places of the input are to blame."""
    document: dict[str, Any] = {
        "type": PAGES + failure.code,
        "title": failure.title,
        "status": failure.status,
        "detail": failure.detail,
        "code": failure.code,
        "retryable": failure.retryable,
        "correlation_id": correlation_id,
    }
    if failure.errors:
        document["errors"] = [
            {"pointer": error.pointer[:POINTER_LENGTH_MAX], "detail": error.detail}
            for error in failure.errors
        ]
    return document
