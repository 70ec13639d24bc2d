"""What the event bus takes, whom it tells, and that it passes an envelope on untouched."""

import json
from typing import Any

import pytest

from apphost.capabilities import Capability
from tests.cloud import Account
from tests.conformance.experiments import run_inside
from tests.conformance.resources import make_queue, receive
from tests.conformance.waiting import eventually

ENVELOPE = {
    "specversion": "1.0",
    "id": "orders-ord_1-1-1",
    "source": "quittance.orders",
    "type": "OrderPlaced",
    "time": "2026-11-24T12:00:00.123456Z",
    "sequence": "1",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "data": {
        "amount": {"minor": 9007199254740993, "currency": "EUR"},
        "name": "Zoë \U0001f9fe",
        "metadata": {},
        "lines": [],
        "note": None,
        "gift": False,
    },
}


def _bus_with_inbox(account: Account) -> str:
    """A bus whose rule is the platform's; returns the inbox's URL."""
    events = account.client("events")
    events.create_event_bus(Name="quittance-local")
    pattern = {"source": [{"prefix": "quittance."}], "detail-type": ["OrderPlaced", "OrderPaid"]}
    events.put_rule(Name="inbox", EventBusName="quittance-local", EventPattern=json.dumps(pattern))
    url, arn = make_queue(account, "inbox")
    events.put_targets(
        Rule="inbox", EventBusName="quittance-local", Targets=[{"Id": "inbox", "Arn": arn}]
    )
    return url


def _entry(**changes: Any) -> dict[str, Any]:
    entry = {
        "EventBusName": "quittance-local",
        "Source": "quittance.orders",
        "DetailType": "OrderPlaced",
        "Detail": json.dumps(ENVELOPE),
    }
    return {name: value for name, value in {**entry, **changes}.items() if value is not None}


def test_an_envelope_reaches_the_inbox_untouched(account: Account) -> None:
    inbox = _bus_with_inbox(account)
    account.client("events").put_events(Entries=[_entry()])
    (message,) = eventually(lambda: receive(account, inbox))
    event = json.loads(message["Body"])
    assert event["detail"] == ENVELOPE
    assert event["detail"]["data"]["amount"]["minor"] == 9007199254740993
    assert event["source"] == "quittance.orders"
    assert event["detail-type"] == "OrderPlaced"


def test_an_inbox_gets_what_its_rule_names_and_nothing_else(account: Account) -> None:
    inbox = _bus_with_inbox(account)
    account.client("events").put_events(
        Entries=[
            _entry(Source="other.orders"),
            _entry(Source="quittance"),
            _entry(DetailType="OrderCancelled"),
            _entry(EventBusName="default"),
            _entry(DetailType="OrderPaid"),
        ]
    )
    (message,) = eventually(lambda: receive(account, inbox))
    assert json.loads(message["Body"])["detail-type"] == "OrderPaid"


FAULTY = [
    _entry(Detail="{not json"),
    _entry(Detail="[]"),
    _entry(Detail=None),
    _entry(Source=None),
    _entry(DetailType=""),
]


def test_faulty_entries_are_refused_one_by_one_and_the_rest_is_taken(account: Account) -> None:
    inbox = _bus_with_inbox(account)
    answer = account.client("events").put_events(Entries=[FAULTY[0], _entry(), *FAULTY[1:]])
    assert answer["FailedEntryCount"] == 5
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [
        "MalformedDetail",
        None,
        "MalformedDetail",
        "InvalidArgument",
        "InvalidArgument",
        "InvalidArgument",
    ]
    assert answer["Entries"][1]["EventId"]
    assert len(eventually(lambda: receive(account, inbox))) == 1


@pytest.mark.stock
def test_stock_takes_faulty_entries(stock_account: Account) -> None:
    _bus_with_inbox(stock_account)
    answer = stock_account.client("events").put_events(Entries=FAULTY)
    assert answer["FailedEntryCount"] == 0


def _put_too_much(account: Account) -> Any:
    large = json.dumps({"padding": "x" * 140_000})
    return account.client("events").put_events(Entries=[_entry(Detail=large)] * 2)


@pytest.mark.needs(Capability.LIMITS_A_CALL_TO_THE_BUS)
def test_a_call_over_256_kilobytes_is_refused(account: Account) -> None:
    inbox = _bus_with_inbox(account)
    refused = account.client("events").exceptions.ClientError
    with pytest.raises(refused, match="ValidationException"):
        _put_too_much(account)
    assert receive(account, inbox) == []


@pytest.mark.stock
def test_stock_takes_a_call_of_any_size(stock_account: Account) -> None:
    _bus_with_inbox(stock_account)
    assert _put_too_much(stock_account)["FailedEntryCount"] == 0


def test_a_call_of_eleven_entries_is_refused(account: Account) -> None:
    _bus_with_inbox(account)
    refused = account.client("events").exceptions.ClientError
    with pytest.raises(refused, match="ValidationException"):
        account.client("events").put_events(Entries=[_entry()] * 11)


@pytest.mark.embedded
def test_a_schedule_fires_when_its_time_has_come_and_once() -> None:
    assert run_inside("events_of_a_schedule") == ["Scheduled Event"]
