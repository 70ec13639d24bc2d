"""The gateway's own refusals, told as application/problem+json like those of the functions."""

import json
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_apigateway as apigateway
from aws_cdk.aws_apigateway import ResponseType

PAGES = "https://quittance.dev/problems/"
REQUEST_ID = "$context.requestId"
"""The gateway cannot quote a caller's header safely, so its own id is the correlation id here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The problem that one kind of the gateway's answers stands for."""

    status: int
    code: str
    title: str
    detail: str
    retryable: bool = False


# Whatever is not named here falls back on DEFAULT_4XX and DEFAULT_5XX, with their status.
REFUSALS = {
    ResponseType.BAD_REQUEST_BODY: Refusal(
        status=400,
        code="malformed_json",
        title="The body is not a JSON object",
        detail="Send one JSON object as the body.",
    ),
    ResponseType.BAD_REQUEST_PARAMETERS: Refusal(
        status=400,
        code="invalid_request",
        title="The request does not have the expected shape",
        detail="A required header or parameter is missing.",
    ),
    ResponseType.UNAUTHORIZED: Refusal(
        status=401,
        code="unauthenticated",
        title="A valid API key is required",
        detail="Send a valid key as Authorization: Bearer <key>.",
    ),
    ResponseType.ACCESS_DENIED: Refusal(
        status=403,
        code="scope_missing",
        title="The API key does not allow this",
        detail="Use a key with the scope that this route needs.",
    ),
    ResponseType.MISSING_AUTHENTICATION_TOKEN: Refusal(
        status=404,
        code="not_found",
        title="There is no such thing",
        detail="No route has this path and method.",
    ),
    ResponseType.REQUEST_TOO_LARGE: Refusal(
        status=413,
        code="payload_too_large",
        title="The body is too large",
        detail="The gateway takes at most ten megabytes.",
    ),
    ResponseType.THROTTLED: Refusal(
        status=429,
        code="too_many_requests",
        title="Too many requests",
        detail="Wait a moment, then repeat the request with the same Idempotency-Key.",
        retryable=True,
    ),
    ResponseType.AUTHORIZER_FAILURE: Refusal(
        status=503,
        code="access_unavailable",
        title="API keys cannot be checked now",
        detail="Nothing was done; repeat the request.",
        retryable=True,
    ),
    ResponseType.DEFAULT_4_XX: Refusal(
        status=400,
        code="invalid_request",
        title="The request does not have the expected shape",
        detail="The gateway does not know this path and method, or cannot read the request.",
    ),
    ResponseType.DEFAULT_5_XX: Refusal(
        status=500,
        code="internal_error",
        title="Something went wrong on our side",
        detail="Repeat the request with the same Idempotency-Key: it takes effect once.",
        retryable=True,
    ),
}


def answer_with_problems(api: apigateway.RestApi) -> None:
    """Make every answer of the gateway itself a problem document."""
    for kind, refusal in REFUSALS.items():
        headers = {
            "Content-Type": "'application/problem+json'",
            "X-Correlation-Id": "context.requestId",
        }
        if refusal.retryable:
            headers["Retry-After"] = "'1'"
        api.add_gateway_response(
            f"{kind.response_type.title().replace('_', '')}Problem",
            type=kind,
            status_code=str(refusal.status),
            response_headers=headers,
            templates={"application/json": json.dumps(problem(refusal))},
        )


def problem(refusal: Refusal) -> dict[str, Any]:
    """The document, with the gateway's variable for the correlation id."""
    return {
        "type": PAGES + refusal.code,
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "retryable": refusal.retryable,
        "correlation_id": REQUEST_ID,
    }
