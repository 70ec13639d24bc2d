"""What nobody can read ends in the dead letters, and has stopped none of its neighbours."""

import pytest

from client.watch import Patience, until
from tests.e2e.driver import INBOXES, POISON_PER_INBOX, Platform

LONG = Patience(timeout_seconds=200.0, pause_seconds=0.5)


@pytest.mark.parametrize("inbox", INBOXES)
def test_a_message_nobody_can_read_ends_in_the_dead_letters(
    quittance: Platform, inbox: str
) -> None:
    """Its neighbours were all the orders of this suite."""
    found: list[str] = []

    def collect() -> int:
        found.extend(taken(quittance, inbox))
        return len(found)

    until(collect, lambda count: count == POISON_PER_INBOX, LONG)
    assert all(quittance.poison in body for body in found)


def taken(quittance: Platform, inbox: str) -> list[str]:
    """Our own messages, taken out of the inbox's dead letters so that none are left to alarm."""
    sqs, queue = quittance.aws("sqs"), quittance.outputs.queues[f"{inbox}_dead_letters"]
    answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=5)
    bodies: list[str] = []
    for message in answer.get("Messages", []):
        if quittance.poison in message["Body"]:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return bodies
