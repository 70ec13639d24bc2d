"""The parts of the API description that every operation shares: headers, keys and problems."""

from typing import Any, Final

from shared.errors.problem import PAGES
from shared.rest.requests import KEY_LENGTH_MAX
from tests.contract.envelopes import CORRELATION, TRACEPARENT

type Parts = dict[str, dict[str, Any]]

_CORRELATION: Final = {"type": "string", "pattern": r"^[A-Za-z0-9_.:-]{1,128}$"}
TRACEPARENT_SCHEMA: Final = {
    "type": "string",
    "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
}

PARAMETERS: Final[Parts] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "The same key of the same caller is the same request, however often it is "
        "sent. A repetition gets the stored answer; another request under the key is refused.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": KEY_LENGTH_MAX,
            "pattern": r"^[\x21-\x7e]+$",
        },
        "example": "checkout-1001",
    },
    "CorrelationId": {
        "name": "X-Correlation-Id",
        "in": "header",
        "required": False,
        "description": "Names the flow; a malformed one is replaced by a fresh one.",
        "schema": _CORRELATION,
        "example": CORRELATION,
    },
    "Traceparent": {
        "name": "traceparent",
        "in": "header",
        "required": False,
        "description": "The caller's span (W3C Trace Context); a malformed one starts a new trace.",
        "schema": TRACEPARENT_SCHEMA,
        "example": TRACEPARENT,
    },
}

HEADERS: Final[Parts] = {
    "X-Correlation-Id": {
        "required": True,
        "description": "The flow that the request belongs to: the caller's, if it was well formed.",
        "schema": _CORRELATION,
        "example": CORRELATION,
    },
    "traceparent": {
        "description": "Our span in the caller's trace; absent where the gateway itself refused.",
        "schema": TRACEPARENT_SCHEMA,
        "example": TRACEPARENT,
    },
    "Idempotency-Replayed": {
        "description": "Present where the answer is the stored one of the first request.",
        "schema": {"const": "true"},
        "example": "true",
    },
    "Retry-After": {
        "description": "Present where the problem is retryable: seconds to wait.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "1",
    },
}

WEBHOOK_PARAMETERS: Final[list[dict[str, Any]]] = [
    {
        "name": "provider",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[a-z0-9_]{1,32}$"},
        "example": "sandbox",
    },
    {"$ref": "#/components/parameters/Traceparent"},
]

STORED: Final[dict[str, Any]] = {
    "type": "object",
    "description": "How many notices the webhook held.",
    "required": ["stored"],
    "properties": {"stored": {"type": "integer", "minimum": 0}},
}

SECURITY: Final[Parts] = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key; the scope that an operation names must be one of its own.",
    }
}

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A refusal (RFC 9457); `errors.md` lists every code.",
    "required": [
        "type",
        "title",
        "status",
        "detail",
        "code",
        "retryable",
        "correlation_id",
    ],
    "properties": {
        "type": {"type": "string", "format": "uri", "pattern": f"^{PAGES}[a-z_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "pattern": "^[a-z_]+$"},
        "retryable": {"type": "boolean"},
        "correlation_id": {"type": "string"},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "format": "json-pointer"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
