"""A cursor that holds what DynamoDB takes for no key ended as an error of ours (HTTP 500)."""

import base64
import json

import pytest

from payments.api import http as payments
from tests.fuzz.gateway import CONTEXT, proxy_event
from tests.fuzz.platform import KEY, Platform

HEADERS = {"Authorization": f"Bearer {KEY}"}
LONG = "k" * 2100


@pytest.mark.parametrize("bound", [LONG, "\ud800", "", 5, None])
def test_a_cursor_that_we_did_not_make_is_refused(bound: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(["0", bound]).encode()).decode()
    with Platform().installed():
        query = {"status": ["captured"], "cursor": [cursor]}
        event = proxy_event("GET", "/payments", HEADERS, query=query, body=b"")
        answer = payments.handler(event, CONTEXT)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "invalid_request")
