"""A request that a stack's validator refuses goes no further than the gateway."""

from typing import Any

import pytest
import urllib3

from apphost.capabilities import Capability
from tests.cloud import Account, open_account
from tests.conformance.stacks import delete_stack, deploy_stack

HTTP = urllib3.PoolManager(retries=False, timeout=10)
MODEL = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "integer"}},
}
METHOD = {
    "RestApiId": {"Ref": "Api"},
    "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
    "AuthorizationType": "NONE",
    "Integration": {
        "Type": "MOCK",
        "RequestTemplates": {"application/json": '{"statusCode": 200}'},
        "IntegrationResponses": [{"StatusCode": "200"}],
    },
    "MethodResponses": [{"StatusCode": "200"}],
}
CHECKED_API: dict[str, Any] = {
    "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "checked"}},
    "Model": {
        "Type": "AWS::ApiGateway::Model",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "Name": "Order",
            "ContentType": "application/json",
            "Schema": MODEL,
        },
    },
    "Validator": {
        "Type": "AWS::ApiGateway::RequestValidator",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ValidateRequestBody": True,
            "ValidateRequestParameters": True,
        },
    },
    "Method": {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            **METHOD,
            "HttpMethod": "POST",
            "RequestValidatorId": {"Ref": "Validator"},
            "RequestModels": {"application/json": {"Ref": "Model"}},
            "RequestParameters": {"method.request.header.Idempotency-Key": True},
        },
    },
    "Deployment": {
        "Type": "AWS::ApiGateway::Deployment",
        "DependsOn": "Method",
        "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "local"},
    },
}


def _statuses(account: Account) -> list[int]:
    """Of a good request, one without its header, and two with a wrong body."""
    api = deploy_stack(account, CHECKED_API, Id={"Ref": "Api"})["Id"]
    url = f"{account.url}/restapis/{api}/local/_user_request_/"
    json_type = {"Content-Type": "application/json"}
    keyed = {**json_type, "Idempotency-Key": "k"}
    return [
        HTTP.request("POST", url, body=body, headers=headers).status
        for headers, body in (
            (keyed, '{"amount": 1}'),
            (json_type, '{"amount": 1}'),
            (keyed, '{"amount": "1"}'),
            (keyed, "{"),
        )
    ]


def test_a_request_that_the_validator_refuses_goes_no_further(account: Account) -> None:
    assert _statuses(account) == [200, 400, 400, 400]


ANY_OBJECT = {
    **CHECKED_API["Model"],
    "Properties": {**CHECKED_API["Model"]["Properties"], "Schema": {"type": "object"}},
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty", marks=pytest.mark.needs(Capability.REFUSES_EMPTY_BODIES)),
        pytest.param(
            b"[" * 50_000, id="deep", marks=pytest.mark.needs(Capability.READS_DEEP_BODIES)
        ),
    ],
)
def test_the_validator_takes_an_object_and_no_odd_body(account: Account, body: bytes) -> None:
    api = {**CHECKED_API, "Model": ANY_OBJECT}
    outputs = deploy_stack(account, api, Id={"Ref": "Api"})
    url = f"{account.url}/restapis/{outputs['Id']}/local/_user_request_/"
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    assert HTTP.request("POST", url, body=b"{}", headers=headers).status == 200
    assert HTTP.request("POST", url, body=body, headers=headers).status == 400


@pytest.mark.stock
def test_stock_checks_no_request(stock_url: str) -> None:
    account = open_account(stock_url, "000000000000")
    assert _statuses(account) == [200, 200, 200, 200]
    delete_stack(account)
