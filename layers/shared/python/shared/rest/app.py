"""A service's REST API: every request authenticated, traced and answered, never with a surprise."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from shared.contracts.envelope import Cause
from shared.errors.problem import CONTENT_TYPE as PROBLEM_JSON
from shared.errors.problem import problem
from shared.errors.taxonomy import (
    InternalError,
    MalformedJson,
    NotFound,
    QuittanceException,
    ScopeMissing,
)
from shared.ids import derived, fresh
from shared.messaging.guard import CommandGuard
from shared.observability import log, metrics
from shared.observability.trace import child_of
from shared.rest import requests
from shared.rest.access import ApiKeys, Principal

JSON: Final = "application/json"
RETRY_AFTER_SECONDS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, in which flow and trace, and when."""

    principal: Principal
    correlation_id: str
    traceparent: str
    now: datetime

    def require(self, scope: str) -> None:
        if scope not in self.principal.scopes:
            raise ScopeMissing(f"{scope} is needed")

    def request_id(self, idempotency_key: str) -> str:
        """The same key of the same caller is the same request, however often it is sent."""
        return derived("req", self.principal.name, idempotency_key)

    def cause(self, request_id: str) -> Cause:
        return Cause(
            id=request_id,
            correlation_id=self.correlation_id,
            traceparent=self.traceparent,
            now=self.now,
        )


class RestApp:
    """Routes are added to `routes`; `on_request` is the Lambda's handler."""

    def __init__(
        self,
        *,
        api_keys: Callable[[], ApiKeys],
        guard: Callable[[], CommandGuard],
        clock: Callable[[], datetime],
    ) -> None:
        self.routes = APIGatewayRestResolver()
        self.routes.not_found(_no_route)
        self._api_keys = api_keys
        self._guard = guard
        self._clock = clock
        self._caller: Caller | None = None

    @property
    def caller(self) -> Caller:
        """The caller of the request being handled."""
        assert self._caller is not None
        return self._caller

    @property
    def event(self) -> APIGatewayProxyEvent:
        return self.routes.current_event

    def body(self) -> dict[str, Any]:
        try:
            text = self.event.decoded_body
        except ValueError:  # neither base 64 nor UTF-8
            raise MalformedJson from None
        return requests.json_object(text)

    def idempotency_key(self) -> str:
        return requests.idempotency_key(self.event.headers.get("Idempotency-Key"))

    def once(
        self, *, status: int, body: dict[str, Any], action: Callable[[], Mapping[str, object]]
    ) -> Response[str]:
        """Answer a POST: `action` runs once for the caller's key, replays are marked as such."""
        answered = self._guard().run(
            lambda: {"body": action()},
            key=self.caller.request_id(self.idempotency_key()),
            payload={"path": self.event.path, "body": body},
            context=self.routes.lambda_context,
        )
        headers: dict[str, str | list[str]] = (
            {"Idempotency-Replayed": "true"} if answered.replayed else {}
        )
        return Response(status, JSON, json.dumps(answered.answer["body"]), headers=headers)

    def on_request(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Handle one API Gateway proxy event. No exception leaves here."""
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        given = requests.correlation_id(headers.get("x-correlation-id"))
        correlation_id = given or fresh("cor")
        traceparent = child_of(headers.get("traceparent"))
        log.bind(
            correlation_id=correlation_id,
            traceparent=traceparent,
            method=event.get("httpMethod"),
            route=event.get("resource"),
        )
        try:
            self._caller = Caller(
                principal=self._api_keys().authenticate(headers.get("authorization")),
                correlation_id=correlation_id,
                traceparent=traceparent,
                now=self._clock(),
            )
            answer: dict[str, Any] = self.routes.resolve(event, context)
        except QuittanceException as failure:
            answer = _refusal(failure, correlation_id)
        except Exception:
            log.exception("request failed unexpectedly")
            metrics.count("RequestFailed")
            answer = _refusal(InternalError(), correlation_id)
        finally:
            self._caller = None
        answer["multiValueHeaders"] |= {
            "X-Correlation-Id": [correlation_id],
            "traceparent": [traceparent],
        }
        log.info("request answered", status=answer["statusCode"])
        return answer


def ok(document: Mapping[str, object]) -> Response[str]:
    return Response(200, JSON, json.dumps(document))


def _no_route(error: Exception) -> Response[str]:
    del error
    raise NotFound("no such route")


def _refusal(failure: QuittanceException, correlation_id: str) -> dict[str, Any]:
    if failure.status >= 500:  # noqa: PLR2004
        log.warning("request failed", code=failure.code, status=failure.status)
    headers = {"Content-Type": [PROBLEM_JSON]}
    if failure.retryable:
        headers["Retry-After"] = [str(RETRY_AFTER_SECONDS)]
    return {
        "statusCode": failure.status,
        "multiValueHeaders": headers,
        "body": json.dumps(problem(failure, correlation_id=correlation_id)),
        "isBase64Encoded": False,
    }
