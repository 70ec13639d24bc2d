"""The gateway lets a known key in for the whole stage, and turns everyone else away."""

import json
from typing import Any

import pytest

from shared.errors.taxonomy import AccessUnavailable
from shared.rest import authorizer, secret_access
from shared.rest.access import ApiKeys

KEYS = {
    "keys": [
        {
            "name": "client",
            # SHA-256 of "qk_client"
            "sha256": "2e61ed94bda6349c5533e4a2a734f5a6308db2c42f53569f8abf191226374fd6",
            "scopes": ["orders:write"],
        }
    ]
}
METHOD_ARN = "arn:aws:execute-api:us-east-1:111122223333:abcdef1234/prod/POST/orders/ord_1/confirm"


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of the secret, as a list of one; an empty list cannot be read."""
    text = [json.dumps(KEYS)]

    def load() -> str:
        if not text:
            raise AccessUnavailable("the secret of API keys cannot be read")
        return text[0]

    keys = ApiKeys(load=load, seconds=lambda: 0.0)
    monkeypatch.setattr(secret_access, "api_keys", lambda: keys)
    return text


def event(**headers: str) -> dict[str, Any]:
    """A REQUEST authorizer's event, with the fields that API Gateway sends."""
    return {
        "type": "REQUEST",
        "methodArn": METHOD_ARN,
        "resource": "/orders/{order_id}/confirm",
        "path": "/orders/ord_1/confirm",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "pathParameters": {"order_id": "ord_1"},
        "stageVariables": None,
        "requestContext": {"stage": "prod", "apiId": "abcdef1234"},
    }


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_a_known_key_may_call_every_route_of_its_stage(name: str) -> None:
    assert authorizer.handler(event(**{name: "Bearer qk_client"}), None) == {
        "principalId": "client",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": "arn:aws:execute-api:us-east-1:111122223333:abcdef1234/prod/*",
                }
            ],
        },
    }


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"X": "Bearer qk_client"}]
)
def test_anyone_else_is_turned_away_with_the_word_that_becomes_401(headers: dict[str, str]) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer.handler(event(**headers), None)


@pytest.mark.usefixtures("secret")
def test_no_headers_at_all_is_no_key() -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer.handler({**event(), "headers": None}, None)


def test_without_a_readable_secret_nobody_gets_in(secret: list[str]) -> None:
    secret.clear()
    with pytest.raises(RuntimeError, match=r"^access_unavailable$"):
        authorizer.handler(event(Authorization="Bearer qk_client"), None)
