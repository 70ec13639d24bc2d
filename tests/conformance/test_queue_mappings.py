"""What a queue delivers to a function, what comes again, and what ends among the dead letters."""

import json
import os
import signal
import time

import pytest

from tests.cloud import Account
from tests.conformance.functions import Journal, deploy
from tests.conformance.resources import (
    make_queue,
    make_queue_with_dead_letters,
    map_source,
    receive,
)
from tests.conformance.waiting import eventually

REPORTS_POISON = """
def handler(event, context):
    record([r["body"] for r in event["Records"]])
    bad = [r["messageId"] for r in event["Records"] if r["body"] == "poison"]
    return {"batchItemFailures": [{"itemIdentifier": m} for m in bad]}
"""
ANSWERS_ONCE = """
def handler(event, context):
    again = os.path.exists(os.environ["JOURNAL"])
    record([r["body"] for r in event["Records"]])
    return {{}} if again else {answer}
"""


def _send(account: Account, queue_url: str, *bodies: str) -> None:
    entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies)]
    account.client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)


def _handled(journal: Journal) -> list[str]:
    return [body for batch in journal.entries() for body in batch]


def _left(account: Account, queue_url: str) -> int:
    """Messages in the queue, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = account.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return sum(int(found["Attributes"][name]) for name in names)


def test_a_reported_message_ends_among_the_dead_letters_and_its_neighbours_pass(
    account: Account, journal: Journal
) -> None:
    deploy(account, REPORTS_POISON, journal=journal)
    queue_url, queue_arn, dead_letters_url = make_queue_with_dead_letters(
        account, visibility_seconds=1, receives_max=2
    )
    map_source(account, queue_arn, BatchSize=10, FunctionResponseTypes=["ReportBatchItemFailures"])
    _send(account, queue_url, "a", "poison", "b")
    dead = eventually(lambda: receive(account, dead_letters_url))
    assert [message["Body"] for message in dead] == ["poison"]
    assert sorted(_handled(journal)) == ["a", "b", "poison", "poison"]
    assert _left(account, queue_url) == 0


WRONG_ANSWERS = {
    "unknown": '{"batchItemFailures": [{"itemIdentifier": "no such message"}]}',
    "empty": '{"batchItemFailures": [{"itemIdentifier": ""}]}',
    "misspelt": '{"batchItemFailures": [{"messageId": event["Records"][0]["messageId"]}]}',
    "no report": '"done"',
}


@pytest.mark.parametrize("answer", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_report_that_names_no_message_brings_the_batch_back(
    account: Account, journal: Journal, answer: str
) -> None:
    deploy(account, ANSWERS_ONCE.format(answer=answer), journal=journal)
    queue_url, queue_arn = make_queue(account, "inbox", VisibilityTimeout="1")
    map_source(account, queue_arn, FunctionResponseTypes=["ReportBatchItemFailures"])
    _send(account, queue_url, "payment")
    assert eventually(lambda: len(journal.entries()) == 2)
    assert eventually(lambda: _left(account, queue_url) == 0)


@pytest.mark.stock
@pytest.mark.parametrize("answer", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_stock_deletes_the_batch_of_a_report_that_names_no_message(
    stock_account: Account, journal: Journal, answer: str
) -> None:
    deploy(stock_account, ANSWERS_ONCE.format(answer=answer), journal=journal)
    queue_url, queue_arn = make_queue(stock_account, "inbox", VisibilityTimeout="1")
    map_source(stock_account, queue_arn, FunctionResponseTypes=["ReportBatchItemFailures"])
    _send(stock_account, queue_url, "payment")
    assert eventually(lambda: journal.entries() and _left(stock_account, queue_url) == 0)
    assert journal.entries() == [["payment"]]


def test_a_message_whose_process_was_killed_comes_again_after_the_visibility_timeout(
    account: Account, journal: Journal
) -> None:
    deploy(
        account,
        "def handler(event, context):\n"
        "    attributes = event['Records'][0]['attributes']\n"
        "    count = attributes['ApproximateReceiveCount']\n"
        "    record([os.getpid(), count, time.time()])\n"
        "    time.sleep(30 if count == '1' else 0)\n",
        journal=journal,
    )
    queue_url, queue_arn = make_queue(account, "inbox", VisibilityTimeout="1")
    map_source(account, queue_arn)
    sent_at = time.time()
    _send(account, queue_url, "payment")
    first_pid, first_count, _ = eventually(journal.entries)[0]
    os.kill(first_pid, signal.SIGKILL)
    assert eventually(lambda: len(journal.entries()) == 2)
    second_pid, second_count, second_at = journal.entries()[1]
    assert (first_count, second_count) == ("1", "2")
    assert second_pid != first_pid
    assert second_at - sent_at >= 1
    assert eventually(lambda: _left(account, queue_url) == 0)


def test_two_hundred_messages_are_each_handled_once(account: Account, journal: Journal) -> None:
    deploy(account, REPORTS_POISON, journal=journal)
    queue_url, queue_arn = make_queue(account, "inbox")
    map_source(account, queue_arn, BatchSize=10)
    for i in range(0, 200, 10):
        _send(account, queue_url, *(str(n) for n in range(i, i + 10)))
    assert eventually(lambda: len(_handled(journal)) >= 200)
    assert sorted(_handled(journal), key=int) == [str(n) for n in range(200)]
    assert eventually(lambda: _left(account, queue_url) == 0)


def test_a_message_keeps_its_body_and_attributes(account: Account, journal: Journal) -> None:
    deploy(
        account,
        "def handler(event, context):\n    record(event['Records'][0])\n",
        journal=journal,
    )
    queue_url, queue_arn = make_queue(account, "inbox")
    map_source(account, queue_arn)
    body = json.dumps({"amount": 9007199254740993, "name": "Zoë"})
    account.client("sqs").send_message(
        QueueUrl=queue_url,
        MessageBody=body,
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "order"}},
    )
    assert eventually(journal.entries)
    received = journal.entries()[0]
    assert received["body"] == body
    assert received["eventSourceARN"] == queue_arn
    assert received["messageAttributes"]["kind"]["stringValue"] == "order"
