"""A large report is handed to the state machine once, and read by its workers as by one process."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from payments import wiring
from payments.api import reading, settlement
from payments.domain.errors import ReportNotFinished, ReportsNotReached
from payments.domain.report import Part, Place, ReportStatus
from payments.infrastructure.settlement.reading import plan
from payments.infrastructure.splitting import Splitting
from shared import clock
from tests.doubles.reports import ReportReader, line, report_of
from tests.unit.shared.lambda_context import LambdaContext

CONTENT = report_of(*(line(f"ln_{number}") for number in range(1, 13)))
KEY = "sandbox/quittance/a.csv"
CONTEXT = LambdaContext(remaining_milliseconds=600_000)


class Machine:
    """Step Functions as far as it is asked; a name is taken once."""

    def __init__(self, error: Exception | None = None) -> None:
        self.started: dict[str, dict[str, Any]] = {}
        self.error = error

    def start_execution(self, **request: str) -> None:
        if self.error is not None:
            raise self.error
        if request["name"] in self.started:
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists"}}, "StartExecution")
        self.started[request["name"]] = json.loads(request["input"])


class Bucket:
    def chunks(self, place: Place, part: Part | None = None) -> list[bytes]:
        assert place.key == KEY
        return [CONTENT if part is None else CONTENT[part.start : part.end]]


def notice() -> dict[str, Any]:
    body = {"Records": [{"s3": {"object": {"key": KEY, "versionId": "v1"}}}]}
    return {"Records": [{"messageId": "1", "body": json.dumps(body)}]}


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> ReportReader:
    """The reader of the bucket over a table in memory, with parts of two rows."""
    made = ReportReader(part_bytes=250)
    monkeypatch.setattr(wiring, "reports", lambda: made.reports)
    monkeypatch.setattr(wiring, "payments", lambda: made.payments)
    monkeypatch.setattr(wiring, "report_bucket", Bucket)
    monkeypatch.setattr(settlement, "plan", lambda chunks, form: plan(chunks, form, part_bytes=250))
    return made


def test_a_large_report_is_handed_over_once_and_read_in_any_order_to_its_end(
    reader: ReportReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine()
    splitting = Splitting(machine="arn:machine", client=machine)
    monkeypatch.setattr(wiring, "splitting", lambda: splitting)
    for _ in range(2):
        assert settlement.handler(notice(), CONTEXT) == {"batchItemFailures": []}
    assert reader.told_lines() == []
    ((report_id, told),) = machine.started.items()
    numbers = [each["number"] for each in told["parts"]]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert told["report_id"] == report_id
    for number in (4, 1, 6, 6, 2, 5):
        reading.handler({"report_id": report_id, "number": number}, CONTEXT)
    with pytest.raises(ReportNotFinished, match=f"{report_id} lacks a part"):
        reading.handler({"report_id": report_id}, CONTEXT)
    reading.handler({"report_id": report_id, "number": 3}, CONTEXT)
    for _ in range(2):
        assert reading.handler({"report_id": report_id}, CONTEXT) == {"status": "read"}
    whole = ReportReader()
    whole.read(CONTENT)
    assert reader.told_lines() == whole.told_lines()
    assert len(reader.told_lines()) == 12


def test_a_report_is_read_in_one_process_where_there_is_no_machine(
    reader: ReportReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "splitting", lambda: None)
    assert settlement.handler(notice(), CONTEXT) == {"batchItemFailures": []}
    ((_, report),) = reader.reports.listed(f"{clock.now():%Y-%m}", after="")
    assert (report.status, report.counts.told) == (ReportStatus.READ, 12)


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_a_machine_that_does_not_answer_is_asked_again_later(
    reader: ReportReader, error: Exception
) -> None:
    report = reader.read(CONTENT)
    with pytest.raises(ReportsNotReached):
        Splitting(machine="arn:machine", client=Machine(error)).start(report)
