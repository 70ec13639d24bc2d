"""A time that is none in UTC, the year 1 in the east, ended as an error of ours (HTTP 500)."""

import json

import pytest

from accounting.api.http import handler
from tests.fuzz.gateway import CONTEXT, proxy_event
from tests.fuzz.platform import KEY, Platform

HEADERS = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "once"}
EDGES = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]


@pytest.mark.parametrize("moment", EDGES)
def test_a_query_for_it_is_refused_with_its_place(moment: str) -> None:
    query = {"currency": ["EUR"], "at": [moment]}
    with Platform().installed():
        event = proxy_event("GET", "/trial-balance", HEADERS, query=query, body=b"")
        answer = handler(event, CONTEXT)
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == ["/at"]


@pytest.mark.parametrize("moment", EDGES)
def test_an_entry_that_becomes_effective_then_is_refused_and_not_booked(moment: str) -> None:
    postings = [
        {"account": "5000", "side": "debit", "amount": 180, "currency": "EUR"},
        {"account": "1000", "side": "credit", "amount": 180, "currency": "EUR"},
    ]
    entry = {"description": "A bank fee", "effective_at": moment, "postings": postings}
    body = {"actor": "ann", "reason": "a test", "entries": [entry]}
    platform = Platform()
    with platform.installed():
        event = proxy_event(
            "POST", "/journal-entries", HEADERS, query={}, body=json.dumps(body).encode()
        )
        answer = handler(event, CONTEXT)
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == ["/entries/0/effective_at"]
    assert platform.writes == 0
