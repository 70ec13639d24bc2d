"""A command answers once for its key: replayed, refused with another payload, or still running."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors.taxonomy import IdempotencyKeyReused, StillProcessing, StoreBusy
from shared.messaging.guard import Answered, CommandGuard
from tests.cloud import Account
from tests.integration.racing import race
from tests.integration.tables import COMMANDS, create_commands_table
from tests.unit.shared.lambda_context import LambdaContext

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PAYLOAD = {"path": "/orders", "body": {"sku": "book"}}


class Crash(BaseException):
    """The process ends: nothing catches it."""


class Till:
    """A function that takes commands, and the records they leave."""

    def __init__(self, account: Account) -> None:
        self.client = account.client("dynamodb")
        self.runs = 0

    def guard(self) -> CommandGuard:
        """Of a new process each time: nothing is remembered but in the table."""
        return CommandGuard(table_name=COMMANDS, client=self.client, clock=lambda: NOW)

    def run(
        self,
        key: str = "req_1",
        payload: dict[str, Any] = PAYLOAD,
        *,
        failure: BaseException | None = None,
        remaining_milliseconds: int = 10_000,
    ) -> Answered:
        def action() -> dict[str, Any]:
            self.runs += 1
            if failure is not None:
                raise failure
            return {"body": {"order_id": f"ord_{self.runs}", "amount": 9007199254740991}}

        context = LambdaContext(remaining_milliseconds=remaining_milliseconds)
        return self.guard().run(action, key=key, payload=payload, context=context)

    def records(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.scan(TableName=COMMANDS)["Items"]
        return items


def run_as_soon_as_allowed(till: Till) -> Answered:
    for _ in range(200):
        try:
            return till.run()
        except StillProcessing:
            continue
    raise AssertionError("the key of a crashed function is never free")


@pytest.fixture
def till(account: Account) -> Till:
    create_commands_table(account.client("dynamodb"))
    return Till(account)


def test_a_repeated_command_gets_the_answer_of_the_first(till: Till) -> None:
    first, second = till.run(), till.run()
    body = {"order_id": "ord_1", "amount": 9007199254740991}
    assert first == Answered({"body": body}, replayed=False)
    assert second == Answered({"body": body}, replayed=True)
    assert till.runs == 1


def test_another_key_is_another_command(till: Till) -> None:
    till.run("req_1")
    assert till.run("req_2").answer["body"]["order_id"] == "ord_2"


def test_the_key_of_another_payload_is_refused(till: Till) -> None:
    till.run()
    with pytest.raises(IdempotencyKeyReused):
        till.run(payload={**PAYLOAD, "body": {"sku": "pen"}})
    with pytest.raises(IdempotencyKeyReused):
        till.run(payload={**PAYLOAD, "path": "/orders/ord_1/confirm"})
    assert till.runs == 1


def test_the_order_of_fields_makes_no_other_payload(till: Till) -> None:
    till.run(payload={"a": 1, "b": {"c": 2, "d": 3}})
    assert till.run(payload={"b": {"d": 3, "c": 2}, "a": 1}).replayed


def test_a_record_tells_its_key_its_answer_and_when_it_was_made(till: Till) -> None:
    till.run()
    (record,) = till.records()
    assert record.keys() == {
        "Key",
        "Response",
        "CreatedAt",
        "status",
        "expiration",
        "in_progress_expiration",
        "validation",
    }
    assert record["Key"]["S"].startswith("command#")
    assert json.loads(record["Response"]["S"])["body"]["order_id"] == "ord_1"
    assert record["CreatedAt"] == {"S": "2026-01-02T03:04:05.000000Z"}
    assert record["status"] == {"S": "COMPLETED"}
    kept_seconds = int(record["expiration"]["N"]) - time.time()
    assert 86_340 < kept_seconds <= 86_400


def test_the_key_itself_is_not_in_the_record(till: Till) -> None:
    till.run(key="req_secret", payload={"body": {"customer_id": "Ada"}})
    text = json.dumps(till.records())
    assert "req_secret" not in text
    assert "Ada" not in text


def test_a_command_that_raised_leaves_no_record_and_may_come_again(till: Till) -> None:
    with pytest.raises(ValueError, match="not now"):
        till.run(failure=ValueError("not now"))
    assert till.records() == []
    assert till.run() == Answered(
        {"body": {"order_id": "ord_2", "amount": 9007199254740991}}, replayed=False
    )


def test_while_a_command_runs_its_key_is_taken(till: Till) -> None:
    others: list[type[Exception]] = []

    def action() -> dict[str, Any]:
        for payload, expected in ((PAYLOAD, StillProcessing), ({}, IdempotencyKeyReused)):
            with pytest.raises(expected):
                till.run(payload=payload)
            others.append(expected)
        return {"body": {}}

    context = LambdaContext()
    till.guard().run(action, key="req_1", payload=PAYLOAD, context=context)
    assert others == [StillProcessing, IdempotencyKeyReused]
    assert till.runs == 0


def test_of_many_at_once_one_runs(till: Till) -> None:
    def attempt(number: int) -> str:
        del number
        try:
            return "replayed" if till.run().replayed else "ran"
        except StillProcessing:
            return "told to wait"

    answers = race(12, attempt)
    assert answers.count("ran") == 1
    assert till.runs == 1


def test_a_crash_holds_the_key_for_as_long_as_the_function_had_left(till: Till) -> None:
    with pytest.raises(Crash):
        till.run(failure=Crash(), remaining_milliseconds=60_000)
    (record,) = till.records()
    assert record["status"] == {"S": "INPROGRESS"}
    assert "Response" not in record
    held = timedelta(milliseconds=int(record["in_progress_expiration"]["N"]))
    assert 50 < held.total_seconds() - time.time() <= 60
    with pytest.raises(StillProcessing):
        till.run()
    assert till.runs == 1


def test_after_the_time_of_a_crashed_function_its_command_runs_again(till: Till) -> None:
    with pytest.raises(Crash):
        till.run(failure=Crash(), remaining_milliseconds=0)
    answered = run_as_soon_as_allowed(till)
    assert answered.replayed is False
    assert till.runs == 2
    (record,) = till.records()
    assert record["status"] == {"S": "COMPLETED"}


def test_without_its_table_no_command_runs(account: Account) -> None:
    till = Till(account)
    with pytest.raises(StoreBusy):
        till.run()
    assert till.runs == 0
