"""The REST API asks its authorizer, answers problems in its own words, and hides a crash."""

import json
from typing import Any

import pytest
import urllib3

from apphost.capabilities import Capability
from tests.cloud import REGION, Account, open_account
from tests.conformance.functions import Journal, deploy

HTTP = urllib3.PoolManager(retries=False, timeout=10)
AUTHORIZER = """
def handler(event, context):
    record(event["headers"]["authorization"])
    effect = "Allow" if event["headers"]["authorization"] == "Bearer good" else "Deny"
    api = event["methodArn"].split("/")[0] + "/*"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": api}
    return {"principalId": "client", "context": {"scopes": "orders:write"},
            "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""
ORDERS = """
def handler(event, context):
    if event["body"] == "crash":
        raise ValueError("secret detail")
    if event["body"] == "nothing":
        return None
    shown = {"authorizer": event["requestContext"]["authorizer"], "body": event["body"],
             "path": event["path"], "parameters": event["pathParameters"]}
    return {"statusCode": 201, "body": json.dumps(shown), "headers": {"X-Correlation-Id": "c-1"}}
"""
PROBLEM_TYPE = "application/problem+json"


def _integration_uri(function_arn: str) -> str:
    path = f"path/2015-03-31/functions/{function_arn}/invocations"
    return f"arn:aws:apigateway:{REGION}:lambda:{path}"


def _deploy_api(account: Account, journal: Journal) -> str:
    """An API with `ANY /orders/{order_id}` behind a REQUEST authorizer; returns its URL."""
    gateway = account.client("apigateway")
    authorizer_arn = deploy(account, AUTHORIZER, name="authorizer", journal=journal)
    orders_arn = deploy(account, ORDERS, name="orders")
    api = gateway.create_rest_api(name="quittance")["id"]
    (root,) = gateway.get_resources(restApiId=api)["items"]
    parent = root["id"]
    for part in ("orders", "{order_id}"):
        parent = gateway.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
    authorizer = gateway.create_authorizer(
        restApiId=api,
        name="keys",
        type="REQUEST",
        authorizerUri=_integration_uri(authorizer_arn),
        identitySource="method.request.header.Authorization",
        authorizerResultTtlInSeconds=300,
    )
    method = {"restApiId": api, "resourceId": parent, "httpMethod": "ANY"}
    gateway.put_method(
        **method, authorizationType="CUSTOM", authorizerId=authorizer["id"], apiKeyRequired=False
    )
    gateway.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=_integration_uri(orders_arn),
    )
    _put_problem_responses(account, api)
    gateway.create_deployment(restApiId=api, stageName="local")
    return f"{account.url}/restapis/{api}/local/_user_request_"


def _put_problem_responses(account: Account, api: str) -> None:
    codes = {
        "UNAUTHORIZED": "unauthorized",
        "ACCESS_DENIED": "forbidden",
        "MISSING_AUTHENTICATION_TOKEN": "not_found",
        "DEFAULT_5XX": "internal_error",
    }
    for response_type, code in codes.items():
        account.client("apigateway").put_gateway_response(
            restApiId=api,
            responseType=response_type,
            responseParameters={"gatewayresponse.header.Content-Type": f"'{PROBLEM_TYPE}'"},
            responseTemplates={"application/json": json.dumps({"code": code})},
            **({"statusCode": "404"} if code == "not_found" else {}),
        )


def _post(url: str, body: str = "", key: str | None = "Bearer good") -> Any:
    headers = {"Authorization": key} if key else {}
    return HTTP.request("POST", url, body=body, headers=headers)


@pytest.fixture
def api_url(account: Account, journal: Journal) -> str:
    return _deploy_api(account, journal)


@pytest.mark.needs(Capability.AUTHORIZERS)
def test_a_caller_with_a_key_reaches_the_function(api_url: str) -> None:
    answer = _post(f"{api_url}/orders/ord_1", '{"amount": 1}')
    assert answer.status == 201
    assert answer.headers["X-Correlation-Id"] == "c-1"
    assert answer.json() == {
        "authorizer": {"scopes": "orders:write", "principalId": "client"},
        "body": '{"amount": 1}',
        "path": "/orders/ord_1",
        "parameters": {"order_id": "ord_1"},
    }


@pytest.mark.needs(Capability.AUTHORIZERS)
def test_the_other_form_of_the_address_reaches_the_same_function(api_url: str) -> None:
    url = api_url.replace("/restapis/", "/_aws/execute-api/").replace("/_user_request_", "")
    assert _post(f"{url}/orders/ord_1").status == 201


@pytest.mark.needs(Capability.AUTHORIZERS)
def test_a_caller_without_a_key_is_refused_before_the_authorizer_is_asked(
    api_url: str, journal: Journal
) -> None:
    answer = _post(f"{api_url}/orders/ord_1", key=None)
    assert (answer.status, answer.headers["Content-Type"]) == (401, PROBLEM_TYPE)
    assert answer.json() == {"code": "unauthorized"}
    assert journal.entries() == []


@pytest.mark.needs(Capability.AUTHORIZERS)
def test_a_caller_whom_the_authorizer_denies_is_refused(api_url: str) -> None:
    answer = _post(f"{api_url}/orders/ord_1", key="Bearer bad")
    assert (answer.status, answer.headers["Content-Type"]) == (403, PROBLEM_TYPE)
    assert answer.json() == {"code": "forbidden"}


@pytest.mark.needs(Capability.AUTHORIZERS)
def test_the_authorizer_is_asked_once_for_a_key_within_its_time_to_live(
    api_url: str, journal: Journal
) -> None:
    for order in ("ord_1", "ord_2", "ord_3"):
        assert _post(f"{api_url}/orders/{order}").status == 201
    assert journal.entries() == ["Bearer good"]


def test_an_unknown_path_answers_a_problem(api_url: str) -> None:
    answer = _post(f"{api_url}/nowhere")
    assert (answer.status, answer.headers["Content-Type"]) == (404, PROBLEM_TYPE)
    assert answer.json() == {"code": "not_found"}


@pytest.mark.parametrize("body", ["crash", "nothing"])
def test_a_function_that_gives_no_response_answers_a_problem(api_url: str, body: str) -> None:
    answer = _post(f"{api_url}/orders/ord_1", body)
    assert (answer.status, answer.headers["Content-Type"]) == (502, PROBLEM_TYPE)
    assert answer.json() == {"code": "internal_error"}


def _deploy_open_api(account: Account) -> str:
    gateway = account.client("apigateway")
    function_arn = deploy(account, "def handler(event, context): raise ValueError('secret')\n")
    api = gateway.create_rest_api(name="open")["id"]
    (root,) = gateway.get_resources(restApiId=api)["items"]
    method = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=_integration_uri(function_arn),
    )
    gateway.create_deployment(restApiId=api, stageName="local")
    return f"{account.url}/restapis/{api}/local/_user_request_/"


def test_an_api_of_any_account_answers_without_a_problem_response(account: Account) -> None:
    answer = HTTP.request("GET", _deploy_open_api(account))
    assert answer.status == 502
    assert answer.json() == {"message": "Internal server error"}


@pytest.mark.stock
def test_stock_finds_an_api_in_the_default_account_only(stock_account: Account) -> None:
    assert HTTP.request("GET", _deploy_open_api(stock_account)).status == 404


@pytest.mark.stock
def test_stock_shows_the_error_of_a_crashed_function(stock_url: str) -> None:
    answer = HTTP.request("GET", _deploy_open_api(open_account(stock_url, "000000000000")))
    assert answer.status == 502
    assert b"secret" in answer.data
