"""The REST API: its routes are the services' routes, its own refusals are problems like theirs."""

import json
import re
from typing import Any

import pytest

from infra.constructs.code import FUNCTIONS
from infra.stacks.edge import ROUTES
from shared.errors.taxonomy import catalogue
from tests.infrastructure.synthesis import Assemblies

DECORATED = re.compile(r'@app\.routes\.(get|post|put|patch|delete)\("([^"]+)"\)')
ONLY_THE_GATEWAY = {"too_many_requests"}


def refusals(assemblies: Assemblies) -> dict[str, dict[str, Any]]:
    """The gateway's answers by response type, with the document that each sends."""
    found = assemblies.template("prod", "Edge").resources("AWS::ApiGateway::GatewayResponse")
    return {
        answer["ResponseType"]: {
            **answer,
            "document": json.loads(answer["ResponseTemplates"]["application/json"]),
        }
        for answer in found.values()
    }


@pytest.mark.parametrize("service", ["orders", "payments", "accounting"])
def test_the_gateway_knows_the_routes_of_the_service_and_no_more(service: str) -> None:
    of_the_function = {
        (method.upper(), re.sub(r"<(\w+)>", r"{\1}", path))
        for module in (FUNCTIONS / service / "api").glob("*.py")
        for method, path in DECORATED.findall(module.read_text())
    }
    assert {(method, path) for method, path, owner in ROUTES if owner == service} == of_the_function


def test_every_route_needs_a_key(assemblies: Assemblies) -> None:
    methods = assemblies.template("prod", "Edge").resources("AWS::ApiGateway::Method")
    assert len(methods) == len(ROUTES)
    assert {method["AuthorizationType"] for method in methods.values()} == {"CUSTOM"}


def test_every_refusal_is_a_whole_problem_document(assemblies: Assemblies) -> None:
    for kind, answer in refusals(assemblies).items():
        document = answer["document"]
        assert set(document) == {
            "type",
            "title",
            "status",
            "detail",
            "code",
            "retryable",
            "correlation_id",
        }, kind
        assert str(document["status"]) == answer["StatusCode"]
        assert document["type"] == f"https://quittance.dev/problems/{document['code']}"
        assert document["correlation_id"] == "$context.requestId"
        headers = answer["ResponseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert ("gatewayresponse.header.Retry-After" in headers) == document["retryable"]


def test_a_refusal_reads_like_the_same_one_of_a_function(assemblies: Assemblies) -> None:
    kinds: list[Any] = list(catalogue())
    titles = {kind.code: kind.title for kind in kinds}
    for answer in refusals(assemblies).values():
        document = answer["document"]
        if document["code"] not in ONLY_THE_GATEWAY:
            assert document["title"] == titles[document["code"]]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("BAD_REQUEST_BODY", 400, "malformed_json"),
        ("UNAUTHORIZED", 401, "unauthenticated"),
        ("ACCESS_DENIED", 403, "scope_missing"),
        ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found"),
        ("REQUEST_TOO_LARGE", 413, "payload_too_large"),
        ("THROTTLED", 429, "too_many_requests"),
        ("AUTHORIZER_FAILURE", 503, "access_unavailable"),
        ("DEFAULT_4XX", 400, "invalid_request"),
        ("DEFAULT_5XX", 500, "internal_error"),
    ],
)
def test_the_gateway_refuses_with(
    assemblies: Assemblies, kind: str, status: int, code: str
) -> None:
    document = refusals(assemblies)[kind]["document"]
    assert (document["status"], document["code"]) == (status, code)


def test_the_access_log_holds_nothing_that_a_caller_wrote(assemblies: Assemblies) -> None:
    (stage,) = assemblies.template("prod", "Edge").resources("AWS::ApiGateway::Stage").values()
    fields = set(json.loads(stage["AccessLogSetting"]["Format"]).values())
    assert fields == {
        "$context.requestId",
        "$context.requestTimeEpoch",
        "$context.httpMethod",
        "$context.resourcePath",
        "$context.status",
        "$context.responseLatency",
        "$context.authorizer.principalId",
        "$context.identity.sourceIp",
        "$context.error.responseType",
    }
    assert stage["MethodSettings"][0]["DataTraceEnabled"] is False
