"""A function URL hands a request over as it was sent."""

import base64
from typing import Any

import pytest
import urllib3

from tests.cloud import Account
from tests.conformance.functions import deploy

ECHO = """
def handler(event, context):
    keys = ("body", "isBase64Encoded", "rawPath", "rawQueryString", "headers")
    return {"statusCode": 200, "body": json.dumps({k: event.get(k) for k in keys})}
"""
FAILS = "def handler(event, context):\n    raise ValueError('secret detail')\n"
HTTP = urllib3.PoolManager(retries=False, timeout=10)


def _open_url(account: Account, source: str) -> str:
    """The path form of the function's URL, as it is used on a local cloud."""
    deploy(account, source)
    made = account.client("lambda").create_function_url_config(FunctionName="fn", AuthType="NONE")
    url_id = made["FunctionUrl"].split("//")[1].split(".")[0]
    return f"{account.url}/_aws/lambda-url/{url_id}"


def _post(url: str, body: bytes, content_type: str) -> Any:
    headers = {"Content-Type": content_type, "webhook-id": "evt_1"}
    return HTTP.request("POST", f"{url}/webhooks/sandbox?a=1", body=body, headers=headers).json()


def test_a_body_arrives_exactly_as_it_was_sent(account: Account) -> None:
    body = '{ "b" : 1,\r\n\t"a":"Zoë  \\u00e9" }\n'
    seen = _post(_open_url(account, ECHO), body.encode(), "application/json")
    assert seen["body"] == body
    assert seen["isBase64Encoded"] is False
    assert seen["rawPath"] == "/webhooks/sandbox"
    assert seen["rawQueryString"] == "a=1"
    assert seen["headers"]["webhook-id"] == "evt_1"


ODD = b'{"a": "\xff\xfe\x00"}'


def test_bytes_that_are_no_text_arrive_in_base64(account: Account) -> None:
    seen = _post(_open_url(account, ECHO), ODD, "application/json")
    assert seen["isBase64Encoded"] is True
    assert base64.b64decode(seen["body"]) == ODD


@pytest.mark.stock
def test_stock_replaces_bytes_that_are_no_text(stock_account: Account) -> None:
    seen = _post(_open_url(stock_account, ECHO), ODD, "application/json")
    assert seen["isBase64Encoded"] is False
    assert seen["body"].encode() != ODD


def test_a_binary_body_arrives_in_base64(account: Account) -> None:
    seen = _post(_open_url(account, ECHO), b"plain", "application/octet-stream")
    assert seen["isBase64Encoded"] is True
    assert base64.b64decode(seen["body"]) == b"plain"


def test_a_failed_function_answers_502_without_its_error(account: Account) -> None:
    answer = HTTP.request("POST", _open_url(account, FAILS), body=b"{}")
    assert answer.status == 502
    assert answer.data == b"Internal Server Error"


@pytest.mark.stock
def test_stock_shows_the_error_of_a_failed_function(stock_account: Account) -> None:
    answer = HTTP.request("POST", _open_url(stock_account, FAILS), body=b"{}")
    assert answer.status == 502
    assert b"secret detail" in answer.data
