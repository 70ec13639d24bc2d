"""Each route refuses at its door as its description says: called as the gateway calls it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from shared.rest.access import ApiKeys
from tests.contract.operations import OPERATIONS
from tests.contract.services import APPS, Route, app_of, routes

ALLOWED = "a key with every scope"
SCOPELESS = "a key without a scope"
SCOPES = sorted({operation.scope for operation in OPERATIONS.values()})
APP_OF = {route: name for name in APPS for route in routes(name)}
POSTS = [route for route in APP_OF if route[0] == "POST"]
WITH_BODY = [route for route in POSTS if OPERATIONS[route].body is not None]
WITH_QUERY = [
    route for route in APP_OF if any(query.required for query in OPERATIONS[route].query.values())
]
CARD = "4111111111111111"


def each(routes: Iterable[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=" ".join)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, list[str]]
    problem: Mapping[str, Any]


def call(
    route: Route,
    monkeypatch: pytest.MonkeyPatch,
    *,
    authorization: str | None = f"Bearer {ALLOWED}",
    key: str | None = "checkout-1001",
    body: str = "{}",
) -> Answer:
    """What the route's own app answers to a proxy event, with our API keys in its secret."""
    app = app_of(APP_OF[route])
    keys = ApiKeys(load=secret, seconds=lambda: 0)
    monkeypatch.setattr(app, "_api_keys", lambda: keys)
    headers = {"Authorization": authorization, "Idempotency-Key": key}
    given = {name: value for name, value in headers.items() if value is not None}
    method, path = route
    event = {
        "httpMethod": method,
        "path": path.replace("{", "").replace("}", ""),
        "resource": path,
        "headers": given,
        "multiValueHeaders": {name: [value] for name, value in given.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"httpMethod": method, "resourcePath": path, "stage": "v1"},
        "body": body if method == "POST" else None,
        "isBase64Encoded": False,
    }
    answer = app.on_request(event, None)
    problem = json.loads(answer["body"])
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/problem+json"]
    return Answer(answer["statusCode"], answer["multiValueHeaders"], problem)


def secret() -> str:
    keys = {ALLOWED: SCOPES, SCOPELESS: []}
    entries = [
        {"name": key, "sha256": hashlib.sha256(key.encode()).hexdigest(), "scopes": scopes}
        for key, scopes in keys.items()
    ]
    return json.dumps({"keys": entries})


@each(APP_OF)
@pytest.mark.parametrize("authorization", [None, "Bearer nobody's", "Basic bm9ib2R5", ""])
def test_no_route_answers_without_a_known_key(
    route: Route, authorization: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = call(route, monkeypatch, authorization=authorization)
    assert (answer.status, answer.problem["code"]) == (401, "unauthenticated")


@each(APP_OF)
def test_a_key_needs_the_scope_that_the_description_names(
    route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = call(route, monkeypatch, authorization=f"Bearer {SCOPELESS}")
    assert (answer.status, answer.problem["code"]) == (403, "scope_missing")
    assert answer.problem["detail"] == f"{OPERATIONS[route].scope} is needed"


@each(POSTS)
@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("   ", "idempotency_key_missing"),
        ("k" * 300, "idempotency_key_invalid"),
        (CARD, "idempotency_key_invalid"),
    ],
)
def test_a_post_needs_a_usable_idempotency_key(
    route: Route, key: str | None, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = call(route, monkeypatch, key=key)
    assert (answer.status, answer.problem["code"]) == (400, code)


@each(POSTS)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"amount": ', 400, "malformed_json"),
        ('["a list"]', 400, "malformed_json"),
        (f'{{"anywhere": ["{CARD}"]}}', 422, "card_number_refused"),
    ],
)
def test_a_post_needs_a_json_object_without_a_card_number(
    route: Route, body: str, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = call(route, monkeypatch, body=body)
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert CARD not in json.dumps(answer.problem)


@each(WITH_BODY)
def test_a_field_that_the_description_does_not_name_is_refused(
    route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = OPERATIONS[route].body
    assert body is not None
    example = {**next(iter(body.examples.values())), "surprise": 1}
    answer = call(route, monkeypatch, body=json.dumps(example))
    assert (answer.status, answer.problem["code"]) == (422, "invalid_request")
    assert [fault["pointer"] for fault in answer.problem["errors"]] == ["/surprise"]


@each(WITH_QUERY)
def test_a_query_parameter_that_is_missing_is_named(
    route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    required = [name for name, query in OPERATIONS[route].query.items() if query.required]
    answer = call(route, monkeypatch)
    assert (answer.status, answer.problem["code"]) == (422, "invalid_request")
    assert [fault["pointer"] for fault in answer.problem["errors"]] == [f"/{required[0]}"]
    assert len(required) == 1
