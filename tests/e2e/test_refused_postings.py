"""What the ledger cannot book where it belongs is never lost: it waits in suspense, with a case."""

import io
import json
import os
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import urllib3

from client.answers import Order
from client.watch import until
from tests.e2e.asking import ask, order_becomes, refund, truth
from tests.e2e.driver import PATIENCE, Platform
from tests.e2e.test_cases import case_of, decide
from tests.e2e.test_ledger import post
from tests.e2e.undoing import books_become, enable, mapping_of, sums

CHART = "accounting/domain/chart_of_accounts.py"
COMPILED = "accounting/domain/__pycache__/chart_of_accounts.cpython-313.pyc"
OPEN = 'Account("4100", "Refunds", _REVENUE, contra=True)'
CLOSED = 'Account("4100", "Refunds", _REVENUE, contra=True, closed=True)'


@pytest.mark.embedded
def test_what_belongs_on_a_closed_account_waits_in_suspense_and_a_person_is_told(
    quittance: Platform,
) -> None:
    order = quittance.paid()
    with refunds_account_closed(quittance):
        refund(quittance, order, 1000)
        order_becomes(quittance, order, "partially_refunded")
        case = case_of(quittance, order)
        waiting = {"1100": 3998, "4000": -3998, "1900": 1000, "1200": -1000}
        books_become(quittance, order, waiting)
    assert truth(quittance, order) == (3998, 1000, 0)
    assert (case["event"], case["code"]) == ("LedgerEntrySuspended", "account_closed")
    assert "RefundRequested is booked in suspense" in case["detail"]
    assert (case["known"]["status"], case["known"]["refunded"]) == ("partially_refunded", 1000)
    refused = decide(quittance, case, "retry")
    assert json.loads(refused.body)["code"] == "decision_not_applicable"
    move_by_hand(quittance)
    assert decide(quittance, case, "accept").status == 200
    assert sums(quittance, order) == waiting  # what is booked stays; by hand another was booked
    assert quittance.payment(order)["refunded"] == 1000


def move_by_hand(quittance: Platform) -> None:
    """From suspense to where it belongs, now that the chart is right again."""
    postings = [
        {"account": "4100", "side": "debit", "amount": 1000, "currency": "EUR"},
        {"account": "1900", "side": "credit", "amount": 1000, "currency": "EUR"},
    ]
    entry = {"description": "The account was closed by mistake", "postings": postings}
    post(
        quittance,
        "/journal-entries",
        {"actor": "ann", "reason": "the chart is right again", "entries": [entry]},
    )


@contextmanager
def refunds_account_closed(quittance: Platform) -> Iterator[None]:
    """Accounting as it would be deployed with another chart of accounts."""
    client = quittance.aws("lambda")
    (name,) = [
        each["FunctionName"]
        for page in client.get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if "Accounting-Events" in each["FunctionName"]
    ]
    location = client.get_function(FunctionName=name)["Code"]["Location"]
    sound = urllib3.request("GET", location).data
    deploy(quittance, name, with_closed_account(sound))
    try:
        yield
    finally:
        deploy(quittance, name, sound)


def deploy(quittance: Platform, name: str, code: bytes) -> None:
    """The embedded cloud's workers live on with the code that they have begun with."""
    quittance.aws("lambda").update_function_code(FunctionName=name, ZipFile=code)
    for pid, function in quittance.lambda_workers(busy_only=False):
        if function == name:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def with_closed_account(sound: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as read, zipfile.ZipFile(written, "w") as changed:
        for item in read.infolist():
            if item.filename == COMPILED:
                continue
            content = read.read(item)
            if item.filename == CHART:
                assert content.decode().count(OPEN) == 1
                content = content.decode().replace(OPEN, CLOSED).encode()
            changed.writestr(item, content)
    return written.getvalue()


def test_a_fact_of_a_closed_period_counts_from_the_first_open_moment(quittance: Platform) -> None:
    """It is not refused, and the closed days stay as they were."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    told_on = datetime.now(UTC) - timedelta(days=3)
    reason = {"actor": "ann", "reason": "the month is done"}
    post(quittance, "/periods", {"through": yesterday.isoformat(), **reason})
    order = quittance.rest(quittance.place())
    with told_late(quittance, order, told_on):
        ask(quittance, order, "confirm")
    order_becomes(quittance, order, "paid")
    books_become(quittance, order, {"1100": 3998, "4000": -3998})
    entries: list[Any] = list(quittance.entries(order))
    (capture,) = [each for each in entries if each["fact"] == "PaymentCaptured"]
    opens = datetime.combine(yesterday + timedelta(days=1), time(), tzinfo=UTC)
    assert datetime.fromisoformat(capture["effective_at"]) == opens
    assert truth(quittance, order) == (3998, 0, 0)


@contextmanager
def told_late(quittance: Platform, order: Order, at: datetime) -> Iterator[None]:
    """What payments says of the capture comes to accounting as if it had been said then."""
    client, sqs = quittance.aws("lambda"), quittance.aws("sqs")
    queue, mapping = (
        quittance.outputs.queues["accounting_events"],
        mapping_of(quittance, "accounting_events"),
    )
    enable(client, mapping, enabled=False)
    try:
        yield

        def look() -> Any:
            answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            return [
                each
                for each in answer.get("Messages", ())
                if "PaymentCaptured" in each["Body"] and order["order_id"] in each["Body"]
            ]

        (message,) = until(look, bool, PATIENCE)
        body = json.loads(message["Body"])
        body["detail"]["time"] = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(body))
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    finally:
        enable(client, mapping, enabled=True)
