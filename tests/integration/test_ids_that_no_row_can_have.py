"""An id that DynamoDB takes for no key ended as an error of ours (HTTP 500)."""

import json

import pytest

from accounting.api import http as accounting
from orders.api import http as orders
from payments.api import http as payments
from shared.persistence.table import Table
from tests.cloud import Account
from tests.fuzz.gateway import CONTEXT, proxy_event
from tests.fuzz.platform import KEY, Platform
from tests.integration.tables import create_main_table

HEADERS = {"Authorization": f"Bearer {KEY}"}
LONG = "k" * 2100


@pytest.mark.parametrize(
    ("app", "path"),
    [
        (orders, f"/orders/{LONG}"),
        (orders, f"/orders/{LONG}/events"),
        (payments, f"/payments/{LONG}"),
        (accounting, f"/journal-entries/{LONG}"),
    ],
    ids=["order", "events", "payment", "entry"],
)
def test_a_long_id_names_nothing(account: Account, app: object, path: str) -> None:
    """On the real table, over the embedded cloud."""
    table = create_main_table(account.client("dynamodb"))
    assert type(table) is Table
    with Platform(dict.fromkeys(("orders", "payments", "accounting"), table)).installed():
        event = proxy_event("GET", path, HEADERS, query={}, body=b"")
        answer = app.handler(event, CONTEXT)  # type: ignore[attr-defined]
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "not_found")
