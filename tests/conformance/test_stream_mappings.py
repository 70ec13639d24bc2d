"""What a table's stream delivers to a function, and what becomes of a batch that fails."""

import json
import time
from typing import Any

import pytest

from tests.cloud import Account
from tests.conformance.functions import Journal, deploy
from tests.conformance.resources import make_queue, make_table, map_source, put, receive
from tests.conformance.waiting import eventually

KEYS = """
def keys(event):
    return [r["dynamodb"]["Keys"]["pk"]["S"] for r in event["Records"]]

def number(event, key):
    for r in event["Records"]:
        if r["dynamodb"]["Keys"]["pk"]["S"] == key:
            return r["dynamodb"]["SequenceNumber"]
"""
RECORDS_KEYS = f"{KEYS}\ndef handler(event, context):\n    record(keys(event))\n"
REPORTS_THIRD_ONCE = f"""{KEYS}
def handler(event, context):
    again = os.path.exists(os.environ["JOURNAL"])
    record(keys(event))
    if again:
        return None
    return {{"batchItemFailures": [{{"itemIdentifier": number(event, "3")}}]}}
"""
FAILS_ON_POISON = f"""{KEYS}
def handler(event, context):
    record(keys(event))
    if "poison" in keys(event):
        raise ValueError("poison")
"""


def _write_then_map(
    account: Account, keys: list[str], *, source_name: str = "outbox", **settings: Any
) -> str:
    """A mapping that finds these records in one batch, because they were there before it."""
    stream = make_table(account, source_name)
    for key in keys:
        put(account, key, table=source_name)
    return map_source(account, stream, StartingPosition="TRIM_HORIZON", BatchSize=10, **settings)


def _handled(journal: Journal) -> list[str]:
    return [key for batch in journal.entries() for key in batch]


def test_records_from_the_reported_one_on_come_again(account: Account, journal: Journal) -> None:
    deploy(account, REPORTS_THIRD_ONCE, journal=journal)
    _write_then_map(
        account, ["1", "2", "3", "4"], FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    assert eventually(lambda: len(journal.entries()) == 2)
    assert journal.entries() == [["1", "2", "3", "4"], ["3", "4"]]


@pytest.mark.stock
def test_stock_loses_the_records_that_were_reported(
    stock_account: Account, journal: Journal
) -> None:
    deploy(stock_account, REPORTS_THIRD_ONCE, journal=journal)
    _write_then_map(
        stock_account, ["1", "2", "3", "4"], FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    assert eventually(journal.entries)
    put(stock_account, "5")
    assert eventually(lambda: len(journal.entries()) == 2)
    assert journal.entries() == [["1", "2", "3", "4"], ["5"]]


@pytest.mark.parametrize("identifier", ["", None, "no such record"])
def test_a_report_that_names_no_record_fails_the_whole_batch(
    account: Account, journal: Journal, identifier: str | None
) -> None:
    failure = json.dumps({"batchItemFailures": [{"itemIdentifier": identifier}]})
    deploy(
        account,
        f"{KEYS}\ndef handler(event, context):\n    again = os.path.exists(os.environ['JOURNAL'])\n"
        f"    record(keys(event))\n    return {{}} if again else json.loads('''{failure}''')\n",
        journal=journal,
    )
    _write_then_map(account, ["1", "2"], FunctionResponseTypes=["ReportBatchItemFailures"])
    assert eventually(lambda: len(journal.entries()) == 2)
    assert journal.entries() == [["1", "2"], ["1", "2"]]


def test_a_poison_record_is_halved_out_and_described_to_the_failure_queue(
    account: Account, journal: Journal
) -> None:
    deploy(account, FAILS_ON_POISON, journal=journal)
    failures_url, failures_arn = make_queue(account, "failures")
    _write_then_map(
        account,
        ["1", "2", "poison", "4"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": failures_arn}},
    )
    failed = eventually(lambda: receive(account, failures_url))
    assert eventually(lambda: len(journal.entries()) == 6)
    assert journal.entries() == [
        ["1", "2", "poison", "4"],
        ["1", "2"],
        ["poison", "4"],
        ["poison"],
        ["poison"],
        ["4"],
    ]
    told = json.loads(failed[0]["Body"])
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1


@pytest.mark.stock
def test_stock_holds_everything_behind_a_poison_record(
    stock_account: Account, journal: Journal
) -> None:
    deploy(stock_account, FAILS_ON_POISON, journal=journal)
    _, failures_arn = make_queue(stock_account, "failures")
    _write_then_map(
        stock_account,
        ["poison", "2"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": failures_arn}},
    )
    assert eventually(lambda: len(journal.entries()) == 2)
    assert journal.entries() == [["poison", "2"]] * 2


def test_a_record_that_is_too_old_is_given_up(account: Account, journal: Journal) -> None:
    deploy(account, FAILS_ON_POISON, journal=journal)
    failures_url, failures_arn = make_queue(account, "failures")
    _write_then_map(
        account,
        ["poison"],
        MaximumRecordAgeInSeconds=1,
        DestinationConfig={"OnFailure": {"Destination": failures_arn}},
    )
    failed = eventually(lambda: receive(account, failures_url))
    assert json.loads(failed[0]["Body"])["requestContext"]["condition"] == "RecordAgeExceeded"
    put(account, "2")
    assert eventually(lambda: "2" in _handled(journal))


def test_a_mapping_sees_new_outbox_rows_only(account: Account, journal: Journal) -> None:
    deploy(account, RECORDS_KEYS, journal=journal)
    outbox = {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"Payload": {"S": [{"exists": True}]}}},
    }
    filters = {"Filters": [{"Pattern": json.dumps(outbox)}]}
    _write_then_map(account, [], FilterCriteria=filters)
    put(account, "order")
    put(account, "message", Payload="{}")
    put(account, "message", Payload="{}", ProcessedOn="now")
    account.client("dynamodb").delete_item(
        TableName="outbox", Key={"pk": {"S": "order"}, "sk": {"S": "0"}}
    )
    put(account, "last", Payload="{}")
    assert eventually(lambda: "last" in _handled(journal))
    assert _handled(journal) == ["message", "last"]


def test_nothing_is_lost_while_a_mapping_is_disabled(account: Account, journal: Journal) -> None:
    deploy(account, RECORDS_KEYS, journal=journal)
    mapping_id = _write_then_map(account, ["before"])
    assert eventually(journal.entries)
    update = account.client("lambda").update_event_source_mapping
    update(UUID=mapping_id, Enabled=False)
    for i in range(20):
        put(account, f"while-{i}")
    assert _handled(journal) == ["before"]
    update(UUID=mapping_id, Enabled=True)
    assert eventually(lambda: len(_handled(journal)) == 21)
    assert _handled(journal)[1:] == [f"while-{i}" for i in range(20)]


def test_a_new_mapping_starts_where_it_is_told_to(account: Account, journal: Journal) -> None:
    deploy(account, RECORDS_KEYS, journal=journal)
    stream = make_table(account)
    put(account, "old")
    map_source(account, stream, StartingPosition="LATEST")

    def told_of_a_new_one() -> bool:
        """On AWS too, a mapping begins some time after it was made."""
        put(account, "new", at=str(time.monotonic()))
        return bool(journal.entries())

    assert eventually(told_of_a_new_one)
    assert set(_handled(journal)) == {"new"}


TWO_MAPPINGS = f"""{KEYS}
def handler(event, context):
    if "slow" in keys(event):
        time.sleep(1.5)
    record(keys(event))
"""


def _order_of_slow_and_quick(account: Account, journal: Journal) -> list[str]:
    deploy(account, TWO_MAPPINGS, name="slow", journal=journal)
    deploy(account, TWO_MAPPINGS, name="quick", journal=journal)
    for name in ("slow", "quick"):
        stream = make_table(account, f"{name}-table")
        map_source(account, stream, name=name, StartingPosition="TRIM_HORIZON")
    put(account, "slow", table="slow-table")
    put(account, "quick", table="quick-table")
    assert eventually(lambda: len(journal.entries()) == 2)
    return _handled(journal)


def test_a_slow_function_does_not_hold_up_another_mapping(
    account: Account, journal: Journal
) -> None:
    assert _order_of_slow_and_quick(account, journal) == ["quick", "slow"]


@pytest.mark.stock
def test_stock_holds_up_all_mappings_behind_a_slow_function(
    stock_account: Account, journal: Journal
) -> None:
    assert _order_of_slow_and_quick(stock_account, journal) == ["slow", "quick"]
