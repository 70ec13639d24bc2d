"""A small service behind its REST edge, and what its answers look like."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.event_handler import Response

from shared.messaging.guard import CommandGuard
from shared.rest.access import ApiKeys
from shared.rest.app import RestApp, ok
from tests.unit.shared.gateway import proxy_event
from tests.unit.shared.lambda_context import LambdaContext
from tests.unit.shared.records_client import RecordsClient

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTEXT = LambdaContext()
KEYS = {
    "keys": [
        {
            "name": "client",
            # SHA-256 of "qk_client"
            "sha256": "2e61ed94bda6349c5533e4a2a734f5a6308db2c42f53569f8abf191226374fd6",
            "scopes": ["orders:read", "orders:write"],
        }
    ]
}


class Shop:
    """A service with a few routes, and what its handlers were asked."""

    def __init__(self, records: RecordsClient | None = None) -> None:
        self.records = records or RecordsClient()
        self.orders: list[dict[str, Any]] = []
        self.failure: Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        client: Any = self.records
        guard = CommandGuard(table_name="commands", client=client, clock=lambda: NOW)
        keys = ApiKeys(load=lambda: json.dumps(KEYS), seconds=lambda: 0.0)
        self.app = RestApp(api_keys=lambda: keys, guard=lambda: guard, clock=lambda: NOW)
        self.app.routes.get("/orders/<order_id>")(self.get_order)
        self.app.routes.get("/payments")(self.get_payments)
        self.app.routes.post("/orders")(self.post_order)
        self.app.routes.post("/gifts")(self.post_order)

    def get_order(self, order_id: str) -> Response[str]:
        if self.failure is not None:
            raise self.failure
        caller = self.app.caller
        cause = caller.cause("req_1")
        return ok(
            {
                "order_id": order_id,
                "principal": caller.principal.name,
                "cause": [cause.id, cause.correlation_id, cause.traceparent],
                "now": cause.now.isoformat(),
            }
        )

    def get_payments(self) -> Response[str]:
        self.app.caller.require("payments:read")
        return ok({"data": []})

    def post_order(self) -> Response[str]:
        body = self.app.body()

        def action() -> dict[str, Any]:
            if self.failure is not None:
                raise self.failure
            self.meanwhile()
            self.orders.append(body)
            return {"order_id": f"ord_{len(self.orders)}"}

        return self.app.once(status=201, body=body, action=action)

    def ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        return self.app.on_request(proxy_event(method, path, **request), CONTEXT)

    def post(self, body: str, key: str = "once", **request: Any) -> dict[str, Any]:
        headers = {"authorization": "Bearer qk_client", "idempotency-key": key}
        return self.ask("POST", "/orders", headers=headers, body=body, **request)


def header(answer: dict[str, Any], name: str) -> str | None:
    values = answer["multiValueHeaders"].get(name)
    if values is None:
        return None
    (value,) = values
    return str(value)


def refusal(answer: dict[str, Any]) -> tuple[int, str]:
    """The status and code of a problem document, whose shape is checked on the way."""
    document = json.loads(answer["body"])
    assert header(answer, "Content-Type") == "application/problem+json"
    assert document["status"] == answer["statusCode"]
    assert document["type"] == f"https://quittance.dev/problems/{document['code']}"
    assert document["correlation_id"] == header(answer, "X-Correlation-Id")
    assert {"title", "detail", "retryable"} <= document.keys()
    assert header(answer, "traceparent") is not None
    assert answer["isBase64Encoded"] is False
    return answer["statusCode"], document["code"]
