"""What its gateway lacks for the app: authorizers in templates, refusals in the API's own words."""

import json
from typing import Any

import pytest
import urllib3

from tests.cloud import REGION, Account
from tests.conformance.functions import deploy
from tests.conformance.stacks import delete_stack, deploy_stack

HTTP = urllib3.PoolManager(retries=False, timeout=10)
ECHO = """
def handler(event, context):
    keys = ("body", "isBase64Encoded", "rawPath", "rawQueryString", "headers")
    return {"statusCode": 201, "body": json.dumps({k: event.get(k) for k in keys})}
"""


def _open_url(account: Account) -> str:
    deploy(account, ECHO)
    made = account.client("lambda").create_function_url_config(FunctionName="fn", AuthType="NONE")
    url_id = made["FunctionUrl"].split("//")[1].split(".")[0]
    return f"{account.url}/_aws/lambda-url/{url_id}"


@pytest.mark.parametrize("path", ["", "/", "/webhooks/sandbox", "/a%20b"])
def test_a_function_url_is_reached_by_its_path(account: Account, path: str) -> None:
    body = '{ "b" : 1,\r\n\t"a":"Zoe" }\n'
    headers = {"Content-Type": "application/json", "webhook-id": "evt_1"}
    answer = HTTP.request(
        "POST", f"{_open_url(account)}{path}?a=1&b=%2F", body=body, headers=headers
    )
    assert answer.status == 201
    seen = answer.json()
    assert (seen["body"], seen["isBase64Encoded"]) == (body, False)
    assert seen["rawQueryString"] == "a=1&b=%2F"
    assert seen["headers"]["webhook-id"] == "evt_1"


def test_a_function_url_by_path_shows_the_function_its_own_path(account: Account) -> None:
    seen = HTTP.request("POST", f"{_open_url(account)}/webhooks/sandbox", body="{}").json()
    assert seen["rawPath"] == "/webhooks/sandbox"


def test_a_function_url_that_does_not_exist_is_refused(account: Account) -> None:
    _open_url(account)
    answer = HTTP.request("POST", f"{account.url}/_aws/lambda-url/nobody/webhooks", body="{}")
    assert answer.status == 403


def _api(time_to_live: int) -> dict[str, Any]:
    """A REST API with one method, which names its authorizer."""
    function = f"arn:aws:lambda:{REGION}:000000000000:function:authorizer"
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    method = {
        "RestApiId": {"Ref": "Api"},
        "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
        "HttpMethod": "GET",
        "AuthorizationType": "CUSTOM",
        "AuthorizerId": {"Ref": "Authorizer"},
        "Integration": {"Type": "MOCK"},
    }
    authorizer = {
        "RestApiId": {"Ref": "Api"},
        "Name": "keys",
        "Type": "REQUEST",
        "AuthorizerUri": uri,
        "IdentitySource": "method.request.header.Authorization",
        "AuthorizerResultTtlInSeconds": time_to_live,
    }
    return {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "quittance"}},
        "Authorizer": {"Type": "AWS::ApiGateway::Authorizer", "Properties": authorizer},
        "Method": {"Type": "AWS::ApiGateway::Method", "Properties": method},
    }


PROBLEM = {"code": "internal_error", "retryable": True, "id": "$context.requestId"}
CRASHES = "def handler(event, context): raise ValueError('secret detail')\n"


def _open_api(account: Account, function_arn: str, *, with_problems: bool) -> str:
    """An API whose one method is the function; returns its URL."""
    gateway = account.client("apigateway")
    api = gateway.create_rest_api(name="open")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    path = f"path/2015-03-31/functions/{function_arn}/invocations"
    gateway.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:{REGION}:lambda:{path}",
    )
    if with_problems:
        gateway.put_gateway_response(
            restApiId=api,
            responseType="DEFAULT_5XX",
            statusCode="500",
            responseParameters={
                "gatewayresponse.header.Content-Type": "'application/problem+json'",
                "gatewayresponse.header.X-Correlation-Id": "context.requestId",
            },
            responseTemplates={"application/json": json.dumps(PROBLEM)},
        )
    gateway.create_deployment(restApiId=api, stageName="v1")
    return f"{account.url}/_aws/execute-api/{api}/v1/"


def test_a_refusal_of_the_gateway_is_told_as_its_api_says(account: Account) -> None:
    url = _open_api(account, deploy(account, CRASHES), with_problems=True)
    answer = HTTP.request("GET", url)
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["code"], told["retryable"]) == ("internal_error", True)
    assert told["id"] == answer.headers["X-Correlation-Id"] != ""


def test_a_refusal_of_which_its_api_says_nothing_is_told_as_aws_does(account: Account) -> None:
    answer = HTTP.request("GET", _open_api(account, deploy(account, CRASHES), with_problems=False))
    assert answer.status == 502
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"message": "Internal server error"}


def test_a_template_makes_changes_and_removes_an_authorizer(account: Account) -> None:
    gateway = account.client("apigateway")
    api = deploy_stack(account, _api(300), Api={"Ref": "Api"})["Api"]
    (made,) = gateway.get_authorizers(restApiId=api)["items"]
    assert (made["name"], made["type"]) == ("keys", "REQUEST")
    assert made["identitySource"] == "method.request.header.Authorization"
    assert made["authorizerResultTtlInSeconds"] == 300
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = gateway.get_method(restApiId=api, resourceId=root, httpMethod="GET")
    assert method["authorizerId"] == made["id"]

    deploy_stack(account, _api(0), Api={"Ref": "Api"})
    (changed,) = gateway.get_authorizers(restApiId=api)["items"]
    assert changed["authorizerResultTtlInSeconds"] == 0

    delete_stack(account)
    assert gateway.get_rest_apis()["items"] == []


def test_a_table_and_its_stream_are_known_by_their_template(account: Account) -> None:
    key = {"AttributeName": "pk", "AttributeType": "S"}
    properties = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [key],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    }
    made = deploy_stack(
        account,
        {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties}},
        Table={"Ref": "Table"},
        Stream={"Fn::GetAtt": ["Table", "StreamArn"]},
    )
    streams = account.client("dynamodbstreams").list_streams(TableName=made["Table"])["Streams"]
    assert [stream["StreamArn"] for stream in streams] == [made["Stream"]]
    told = account.client("dynamodb").describe_time_to_live(TableName=made["Table"])
    assert told["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires_at",
    }
