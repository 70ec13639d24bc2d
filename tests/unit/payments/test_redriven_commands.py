"""A command that died in its queue is sent again weeks later, and the money moves once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from payments.application.reactions import Accepted, obey
from payments.domain.states import PaymentStatus
from shared.contracts.codec import encode
from shared.contracts.envelope import Cause, Envelope
from shared.messaging.consumer import Consumer
from shared.operations.dead_letters import DeadLetter, Status
from shared.operations.redrive import redrive_letter
from tests.unit.payments.lives import NOW
from tests.unit.payments.test_redelivery import COMMAND, ForgetfulProvider, Payments
from tests.unit.shared.operations.graveyard import Graveyard, by, record

RECEIVES_MAX = 5
LONG_AFTER = [timedelta(hours=25), timedelta(days=15), timedelta(days=40)]
IDS = ["25 hours", "15 days", "40 days"]


class Broken(Exception):
    """A defect of ours, until it is mended."""


class Inbox:
    """The commands' queue with its consumer; what fails five times is kept as a dead letter."""

    def __init__(self, service: Payments) -> None:
        self.service = service
        self.broken = False
        self.after = timedelta()
        self.yard = Graveyard(table=service.table, now=NOW)
        self.consumer = Consumer(
            Accepted,
            react=self.obey,
            handled=service.table.handled,
            clock=lambda: NOW + self.after,
            failures=self.yard.failures,
        )

    def obey(self, envelope: Envelope[Accepted], cause: Cause) -> None:
        if self.broken:
            raise Broken
        self.service.provider.now = cause.now
        obey(
            envelope,
            cause,
            provider="forgetful",
            payments=self.service.payments,
            gateways=lambda _: self.service.provider,  # type: ignore[arg-type]
        )

    def receive(self, message_id: str, body: str, *, attempt: int = 1) -> bool:
        """Whether the message was handled."""
        message: dict[str, Any] = record(message_id, body, queue="commands-dead")
        message["attributes"]["ApproximateReceiveCount"] = str(attempt)
        answer = self.consumer.on_queue({"Records": [message]})
        return not answer["batchItemFailures"]

    def die(self, body: str) -> DeadLetter:
        handled = [
            self.receive("m-1", body, attempt=attempt) for attempt in range(1, RECEIVES_MAX + 1)
        ]
        assert handled == [False] * RECEIVES_MAX
        return self.yard.one(body=body, queue="commands-dead")

    def redrive(self, letter: DeadLetter, after: timedelta) -> None:
        """Sent by an operator, and received twice, as queues do."""
        self.after = after
        redrive_letter(
            letter.dead_letter_id,
            by("ada", at=NOW + after),
            letters=self.yard.letters,
            send=self.yard.send,
        )
        ((queue, body, _),) = self.yard.sent
        assert queue == "commands"
        assert [self.receive(name, body) for name in ("m-2", "m-2")] == [True, True]


BODY = json.dumps({"detail": json.loads(encode(COMMAND))})


@pytest.mark.parametrize("after", LONG_AFTER, ids=IDS)
def test_past_the_life_of_its_key_the_provider_is_asked_and_charges_once(after: timedelta) -> None:
    """The line dropped behind the charge, and the provider could not be asked for long."""
    inbox = Inbox(Payments(ForgetfulProvider(answers=False)))
    letter = inbox.die(BODY)
    assert letter.reason.code == "outcome_unknown"
    assert [each.attempt for each in letter.failures] == [3, 4, 5]
    inbox.service.provider.answers = True
    inbox.redrive(letter, after)
    payment = inbox.service.payments.find("pay_1")
    assert payment is not None
    assert payment.status is PaymentStatus.AUTHORIZED
    assert inbox.service.provider.charges == 1
    assert inbox.service.types() == ["PaymentAuthorized"]
    assert inbox.yard.letters.get(letter.dead_letter_id).status is Status.REDRIVEN


@pytest.mark.parametrize("after", LONG_AFTER, ids=IDS)
def test_a_provider_that_still_cannot_say_is_not_called_and_it_dies_again(after: timedelta) -> None:
    inbox = Inbox(Payments(ForgetfulProvider(answers=False)))
    letter = inbox.die(BODY)
    inbox.after = after
    redrive_letter(
        letter.dead_letter_id,
        by("ada", at=NOW + after),
        letters=inbox.yard.letters,
        send=inbox.yard.send,
    )
    assert not any(inbox.receive("m-2", BODY, attempt=attempt) for attempt in range(1, 6))
    again = inbox.yard.one(
        message_id="m-2",
        body=BODY,
        queue="commands-dead",
        attributes={"redrive_of": letter.dead_letter_id},
    )
    assert (again.reason.code, again.redrive_of) == ("outcome_unknown", letter.dead_letter_id)
    assert inbox.service.provider.charges == 1


@pytest.mark.parametrize("after", LONG_AFTER, ids=IDS)
def test_what_died_before_its_attempt_was_stored_is_charged_once(after: timedelta) -> None:
    inbox = Inbox(Payments(ForgetfulProvider()))
    inbox.broken = True
    letter = inbox.die(BODY)
    assert letter.reason.code == "unexpected_failure"
    assert "Broken at payments/test_redriven_commands.py:" in letter.reason.detail
    assert inbox.service.provider.charges == 0
    inbox.broken = False
    inbox.after = after
    assert not inbox.receive("m-2", BODY)  # charged, and the line drops
    inbox.redrive(letter, after)
    assert inbox.service.provider.charges == 1
    assert inbox.service.types() == ["PaymentAuthorized"]
