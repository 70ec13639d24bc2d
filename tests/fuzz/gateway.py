"""A WSGI application in front of the handlers: each request becomes the gateway's event."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qs

from payments.api import webhooks
from tests.contract.services import app_of
from tests.unit.shared.lambda_context import LambdaContext

CONTEXT: Final = LambdaContext()
WEBHOOKS: Final = "/webhooks/"
APP_NAMES: Final = {
    "orders": "orders",
    "cases": "orders",
    "payments": "payments",
    "settlement-reports": "payments",
    "operations": "operations",
}
"""The app of a path by its first step; everything else is accounting's."""

type StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Take one request to the handler that the gateway would call."""
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    headers = _headers(environ)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    method = environ["REQUEST_METHOD"]
    if path.startswith(WEBHOOKS):
        answer = webhooks.handler(url_event(method, path, headers, body), CONTEXT)
    else:
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        event = proxy_event(method, path, headers, query=query, body=body)
        answer = _handler(path)(event, CONTEXT)
    given = {name: [value] for name, value in answer.get("headers", {}).items()}
    given |= answer.get("multiValueHeaders", {})
    start_response(
        f"{answer['statusCode']} -", [(name, text) for name in given for text in given[name]]
    )
    return [answer["body"].encode()]


def proxy_event(
    method: str,
    path: str,
    headers: dict[str, str],
    *,
    query: dict[str, list[str]],
    body: bytes,
) -> dict[str, Any]:
    """As API Gateway's proxy integration (REST API) sends it; the last of several values counts."""
    text, encoded = _body(body)
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": {"httpMethod": method, "resourcePath": path, "stage": "v1"},
        "body": text,
        "isBase64Encoded": encoded,
    }


def url_event(method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """As a function URL sends it: names of headers in lower case, bytes that are no text in 64."""
    text, encoded = _body(body)
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {"http": {"method": method, "path": path}},
        "body": text,
        "isBase64Encoded": encoded,
    }


def _body(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _handler(path: str) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    first = path.lstrip("/").partition("/")[0]
    return app_of(APP_NAMES.get(first, "accounting")).on_request


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    return headers
