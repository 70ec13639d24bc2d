"""The messages: each has one home, and nobody waits for one that nobody sends."""

import copy
import json
from collections import Counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from shared.contracts.envelope import Command, Event, Message
from tests.contract import asyncapi
from tests.contract.services import (
    SERVICES,
    accepted,
    all_messages,
    home,
    offered,
    published,
    receivers,
    senders,
    subscribed,
)

ABOUT = {
    "BankLineBooked": "line_id",
    "PayoutArrived": "payout_id",
    "DayAttested": "day",
    "OperationsAttested": "day",
    "LedgerBreached": "proof_id",
    "ReconciliationCompleted": "reconciliation_id",
    "ReconciliationRequested": "reconciliation_id",
    "SettlementReportRead": "report_id",
}
"""What a message is about, where it is not a payment."""
FIELDS = {
    "document": "asyncapi id info servers defaultContentType channels operations components",
    "channels": "address messages title summary description servers parameters tags bindings",
    "operations": "action channel title summary description security tags bindings traits "
    "messages reply",
    "messages": "headers payload correlationId contentType name title summary description tags "
    "bindings examples traits",
}
"""The fields that the objects of AsyncAPI 3.0 may have."""
DOCUMENT = json.loads(json.dumps(asyncapi.render()))
MESSAGES = all_messages()


def assert_fits(value: Any, message: str) -> None:
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    Draft202012Validator({**payload, "components": DOCUMENT["components"]}).validate(value)


def of(kind: type[Message]) -> set[type[Message]]:
    return {each for each in MESSAGES if issubclass(each, kind)}


def test_every_object_has_the_fields_that_asyncapi_knows() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT) <= set(FIELDS["document"].split())
    for kind in ("channels", "operations"):
        for part in DOCUMENT[kind].values():
            assert set(part) <= set(FIELDS[kind].split()), kind
    for message in DOCUMENT["components"]["messages"].values():
        assert set(message) <= set(FIELDS["messages"].split())
    assert {each["action"] for each in DOCUMENT["operations"].values()} == {"send", "receive"}


def test_every_event_is_published_by_exactly_one_service() -> None:
    homes = Counter(event for service in SERVICES for event in published(service))
    assert set(homes) == of(Event)
    assert set(homes.values()) == {1}


def test_every_command_is_offered_by_exactly_one_service() -> None:
    homes = Counter(command for service in SERVICES for command in offered(service))
    assert set(homes) == of(Command)
    assert set(homes.values()) == {1}


def test_a_service_carries_out_only_what_its_contract_offers() -> None:
    for service in SERVICES:
        assert set(accepted(service)) <= set(offered(service))


def test_every_event_that_is_listened_to_is_published_by_someone() -> None:
    sent = {event for service in SERVICES for event in published(service)}
    heard = {event for service in SERVICES for event in subscribed(service)}
    assert heard <= sent


def test_every_command_that_a_service_sends_is_carried_out() -> None:
    sent = {command for command in of(Command) if senders(command)}
    assert {"AuthorizePayment", "CapturePayment"} <= {command.__name__ for command in sent}
    for command in sent:
        assert receivers(command) == [home(command)], command.__name__


@pytest.mark.parametrize("message", [each.__name__ for each in MESSAGES])
def test_every_example_is_as_its_schema_says(message: str) -> None:
    [example] = DOCUMENT["components"]["messages"][message]["examples"]
    assert_fits(example["payload"], message)


@pytest.mark.parametrize("message", [each.__name__ for each in MESSAGES])
def test_a_schema_refuses_a_message_without_what_it_is_about(message: str) -> None:
    [example] = DOCUMENT["components"]["messages"][message]["examples"]
    changed = copy.deepcopy(example["payload"])
    subject = ABOUT.get(message, "payment_id")
    del changed["data"][subject]
    with pytest.raises(ValidationError, match=f"'{subject}' is a required property"):
        assert_fits(changed, message)


def test_every_operation_speaks_of_messages_on_the_bus() -> None:
    on_the_bus = DOCUMENT["channels"]["bus"]["messages"]
    assert sorted(on_the_bus) == [each.__name__ for each in MESSAGES]
    told: dict[str, set[str]] = {"send": set(), "receive": set()}
    for operation in DOCUMENT["operations"].values():
        assert operation["channel"] == {"$ref": "#/channels/bus"}
        for message in operation["messages"]:
            channel, _, name = message["$ref"].rpartition("/")
            assert channel == "#/channels/bus/messages"
            assert name in on_the_bus
            told[operation["action"]].add(name)
    assert told["receive"] <= told["send"]
