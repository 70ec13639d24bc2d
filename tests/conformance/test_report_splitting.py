"""The machine that reads a large report in parts, as it is deployed, on a cloud."""

import json
from typing import Any

import pytest

from apphost.capabilities import Capability
from infra.constructs.report_splitting import definition
from tests.cloud import Account
from tests.conformance.functions import Journal, deploy
from tests.conformance.machines import run

PARTS = [1, 2, 3, 4, 5, 6]
GIVEN = {"report_id": "rep_1", "parts": [{"number": number} for number in PARTS]}
READS = """
def handler(event, context):
    record(event)
    with open(os.environ["JOURNAL"]) as journal:
        calls = [json.loads(line) for line in journal].count(event)
    if event.get("number") == 2 and calls <= {failures}:
        raise ConnectionError("the table did not answer")
    return {{"number": event["number"]}} if "number" in event else {{"status": "read"}}
"""
ENDS = """
def handler(event, context):
    record(event)
    if "number" not in event:
        raise ConnectionError("a part is missing")
    return {"number": event["number"]}
"""


def at_once(machine: dict[str, Any]) -> dict[str, Any]:
    """The same machine, that waits a second where it would wait minutes."""
    part = machine["States"]["ReadParts"]["ItemProcessor"]["States"]["ReadPart"]
    for call in (part, machine["States"]["EndReport"]):
        call["Retry"] = [{**call["Retry"][0], "IntervalSeconds": 1, "BackoffRate": 1}]
    return machine


def calls(journal: Journal) -> list[int]:
    """The parts that were read, in order; the report's end is 0."""
    told = journal.entries()
    assert {each["report_id"] for each in told} == {"rep_1"}
    return [each.get("number", 0) for each in told]


@pytest.mark.needs(Capability.DISTRIBUTED_MAPS)
def test_each_part_is_read_and_again_where_it_failed_and_then_the_report_is_ended(
    account: Account, journal: Journal
) -> None:
    function_arn = deploy(account, READS.format(failures=2), journal=journal)
    finished = run(account, at_once(definition(function_arn)), GIVEN)
    assert finished["status"] == "SUCCEEDED"
    assert json.loads(finished["output"]) == {"status": "read"}
    made = calls(journal)
    assert sorted(made[:-1]) == [1, 2, 2, 2, 3, 4, 5, 6]
    assert made[-1] == 0


@pytest.mark.needs(Capability.DISTRIBUTED_MAPS)
def test_a_report_that_cannot_be_ended_is_a_failure(account: Account, journal: Journal) -> None:
    function_arn = deploy(account, ENDS, journal=journal)
    finished = run(account, at_once(definition(function_arn)), GIVEN)
    assert (finished["status"], finished["error"]) == ("FAILED", "ConnectionError")
    assert sorted(calls(journal)) == [0] * 7 + PARTS


@pytest.mark.needs(Capability.FAILING_MAPS)
def test_a_report_of_which_a_part_is_never_read_is_not_ended(
    account: Account, journal: Journal
) -> None:
    function_arn = deploy(account, READS.format(failures=100), journal=journal)
    finished = run(account, at_once(definition(function_arn)), GIVEN)
    assert finished["status"] == "FAILED"
    assert finished["error"] == "States.ExceedToleratedFailureThreshold"
    assert calls(journal).count(2) == 7
    assert 0 not in calls(journal)
