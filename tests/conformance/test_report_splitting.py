"""The machine that reads a large report in parts, as it is deployed, on a cloud."""

import json
from typing import Any

import pytest

from apphost.capabilities import Capability
from infra import layer_build
from infra.constructs.code import FUNCTIONS, SHARED
from infra.constructs.report_splitting import definition
from infra.stages import LOCAL
from payments.application.ingest_report import begin_report
from payments.domain.report import Place, ReportStatus
from payments.infrastructure.dynamodb_reports import DynamoDbReports
from payments.infrastructure.settlement import FORMATS
from payments.infrastructure.settlement.reading import plan
from payments.infrastructure.splitting import Splitting
from payments.settings import Settings
from shared.contracts.codec import decode
from shared.contracts.payments import Published
from shared.contracts.settlement import PaymentSettled
from shared.settings import to_env
from tests.cloud import Account
from tests.conformance.functions import Journal, deploy
from tests.conformance.machines import create, ended, run
from tests.doubles.reports import ReportReader, line, report_of
from tests.integration.tables import MAIN, create_main_table

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


BUCKET = "reports"
KEY = "sandbox/quittance/a.csv"
ROWS = [line(f"ln_{number}", payment="", operation="") for number in range(1, 13)]
CONTENT = report_of(*ROWS, line("ln_13", gross="NaN")).replace(b"2026-", b"2025-")
SETTINGS = Settings(
    stage="local",
    table_name=MAIN,
    commands_table_name="none",
    bus_name="none",
    api_keys_secret="none",
    providers_secret="none",
    reports_bucket=BUCKET,
    splitting_machine="none",
)


def reader(account: Account) -> str:
    """The function that reads a part, as it is packed for a cloud without layers; its ARN."""
    path, _ = layer_build.flat_zip([FUNCTIONS / "payments", SHARED], LOCAL.wheels)
    environment = {**to_env(SETTINGS), "POWERTOOLS_METRICS_NAMESPACE": "Quittance"}
    return deploy(
        account,
        "",
        timeout_seconds=60,
        Code={"ZipFile": path.read_bytes()},
        Handler="payments.api.reading.handler",
        Environment={"Variables": {**environment, "POWERTOOLS_SERVICE_NAME": "payments"}},
    )


def told_lines(account: Account) -> list[tuple[str, str, str]]:
    """What the outbox of the cloud's table tells of lines, in the order of their rows."""
    rows = account.client("dynamodb").scan(TableName=MAIN, ConsistentRead=True)["Items"]
    payloads = [json.loads(row["Payload"]["S"]) for row in rows if "Payload" in row]
    messages = [decode(Published, payload).data for payload in payloads]
    found = [each for each in messages if isinstance(each, PaymentSettled)]
    found.sort(key=lambda each: each.row)
    return [(each.kind.value, str(each.gross), str(each.net)) for each in found]


@pytest.mark.needs(Capability.DISTRIBUTED_MAPS)
def test_a_report_read_in_parts_tells_what_one_process_tells(account: Account) -> None:
    whole = ReportReader()
    expected = whole.read(CONTENT).counts
    assert (expected.told, expected.refused) == (12, 1)
    reports = DynamoDbReports(create_main_table(account.client("dynamodb")))
    account.client("s3").create_bucket(Bucket=BUCKET)
    account.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=CONTENT)
    planned = plan([CONTENT], FORMATS["sandbox"], part_bytes=250)
    place = Place(key=KEY, version="")
    begun = begin_report(
        "sandbox", "quittance", place, planned, reports=reports, cause=whole.cause()
    )
    states = account.client("stepfunctions")
    machine = create(account, definition(reader(account)), name="splitting")
    Splitting(machine=machine, client=states).start(begun)
    (execution,) = states.list_executions(stateMachineArn=machine)["executions"]
    finished = ended(account, execution["executionArn"])
    assert (finished["status"], finished.get("output")) == ("SUCCEEDED", '{"status":"read"}')
    kept = reports.find(begun.report_id)
    assert kept is not None
    assert (kept.status, kept.counts) == (ReportStatus.READ, expected)
    assert len(reports.parts_read(begun.report_id)) == 5
    assert told_lines(account) == whole.told_lines()
