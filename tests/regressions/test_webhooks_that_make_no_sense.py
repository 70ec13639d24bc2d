"""Signed webhooks with a wrong part ended as errors of ours (HTTP 500), or were stored unreadable.

A provider sends again whatever is answered by 500, for days; and a stored notice that no consumer
can read ends in the dead letters.
"""

import json
from typing import Any

import pytest

from payments.api import webhooks
from tests.fuzz.forgeries import SENT_AT, Webhook, genuine, sign
from tests.fuzz.gateway import CONTEXT
from tests.fuzz.platform import Platform


def answered(
    body: bytes, webhook_id: str = "msg_1", sent_at: str = str(SENT_AT)
) -> tuple[int, str, int]:
    """The status, the problem's code and the count of writes."""
    platform = Platform()
    signatures = sign(webhook_id, sent_at, body)
    webhook = Webhook(webhook_id, sent_at, body, signatures, encoded=True)
    with platform.installed():
        answer = webhooks.handler(webhook.event(), CONTEXT)
    return answer["statusCode"], json.loads(answer["body"]).get("code", ""), platform.writes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reference", 5),
        ("reference", "x" * 3000),
        ("reference", ""),
        ("reference", "\ud800"),
        ("id", None),
        ("payment", []),
        ("amount", -1),
        ("amount", 10**18),
        ("amount", 39.98),
        ("currency", {}),
        ("decline_code", ["x"]),
        ("capture_before", "2026-01-01T00:00:00"),
        ("capture_before", "0001-01-01T00:00:00+23:59"),
        ("metadata", "none"),
    ],
)
def test_a_notice_with_a_wrong_part_is_refused_and_not_stored(name: str, value: Any) -> None:
    document = json.loads(genuine(1).body)
    document["data"][name] = value
    assert answered(json.dumps(document).encode()) == (400, "webhook_malformed", 0)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_body_that_is_json_but_not_utf_8_is_refused(encoding: str) -> None:
    text = genuine(1).body.decode()
    assert answered(text.encode(encoding)) == (400, "webhook_malformed", 0)


def test_an_id_that_is_no_key_is_refused() -> None:
    assert answered(genuine(1).body, "m" * 2000) == (400, "webhook_malformed", 0)
    assert answered(genuine(1).body, "é") == (401, "signature_invalid", 0)


def test_what_came_with_our_call_is_taken_only_where_it_is_an_id() -> None:
    document = json.loads(genuine(1).body)
    document["data"]["metadata"] = {"causation_id": "x" * 3000, "correlation_id": "\ud800"}
    assert answered(json.dumps(document).encode()) == (200, "", 1)


@pytest.mark.parametrize("sent_at", ["253402300800", "671767323045", "999999999999"])
def test_a_time_after_the_year_9999_is_refused(sent_at: str) -> None:
    """It was an error of ours, for anybody who sent it: no secret was needed."""
    assert answered(genuine(1).body, sent_at=sent_at) == (401, "signature_invalid", 0)
