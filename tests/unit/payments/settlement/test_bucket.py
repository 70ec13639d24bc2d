"""A report is read by its bytes: whole, a part of it, or not at all where it is too large."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from payments import wiring
from payments.api import settlement
from payments.domain.errors import ReportsNotReached
from payments.domain.report import Part, Place, ReportStatus
from payments.infrastructure.report_bucket import ReportBucket
from payments.infrastructure.settlement.records import NotAReport
from shared import clock
from tests.doubles.reports import ReportReader
from tests.unit.shared.lambda_context import LambdaContext

CONTENT = b"header\nfirst\nsecond\nthird\n"
PLACE = Place(key="sandbox/quittance/a.csv", version="v1")
PART = Part(number=2, start=13, end=20, first_row=3)


class Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def iter_chunks(self, size: int) -> Any:
        del size
        return iter([self.content[at : at + 4] for at in range(0, len(self.content), 4)])


class Store:
    """S3 as far as it is asked; `ranges` whether it honours them."""

    def __init__(self, *, ranges: bool, error: Exception | None = None) -> None:
        self.ranges, self.error = ranges, error
        self.asked: dict[str, Any] = {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        self.asked = request
        if self.error is not None:
            raise self.error
        if "Range" in request and self.ranges:
            part = CONTENT[13:20]
            return {"Body": Body(part), "ContentLength": 7, "ContentRange": "bytes 13-19/26"}
        return {"Body": Body(CONTENT), "ContentLength": 26}


@pytest.mark.parametrize("ranges", [True, False])
def test_a_part_is_exactly_its_bytes(*, ranges: bool) -> None:
    store = Store(ranges=ranges)
    assert b"".join(ReportBucket(name="b", s3=store).chunks(PLACE, PART)) == b"second\n"
    assert store.asked["Range"] == "bytes=13-19"
    assert store.asked["VersionId"] == "v1"


def test_the_whole_report_is_all_of_it() -> None:
    store = Store(ranges=True)
    assert b"".join(ReportBucket(name="b", s3=store).chunks(PLACE)) == CONTENT
    assert "Range" not in store.asked


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "SlowDown"}}, "GetObject"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_a_store_that_does_not_answer_is_asked_again_later(error: Exception) -> None:
    bucket = ReportBucket(name="b", s3=Store(ranges=True, error=error))
    with pytest.raises(ReportsNotReached):
        list(bucket.chunks(PLACE))
    with pytest.raises(ReportsNotReached):
        bucket.mapping("klarna")


def test_a_provider_without_a_mapping_is_none_that_can_be_read() -> None:
    missing = ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
    with pytest.raises(NotAReport, match="no format of klarna is known, and no mapping"):
        ReportBucket(name="b", s3=Store(ranges=True, error=missing)).mapping("klarna")


class Huge:
    """S3 with one object of two gigabytes, of which nothing may be read."""

    def get_object(self, **request: Any) -> dict[str, Any]:
        assert "Range" not in request
        return {"Body": self, "ContentLength": 2_147_483_648}

    def iter_chunks(self, size: int) -> Any:
        raise AssertionError(f"{size} bytes are read of a file that is too large")


@pytest.mark.parametrize("key", ["sandbox/quittance/a.csv", "bank/DE89370400440532013000/a.xml"])
def test_a_file_of_two_gigabytes_is_refused_by_its_size_before_it_is_read(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = ReportReader()
    monkeypatch.setattr(wiring, "reports", lambda: reader.reports)
    monkeypatch.setattr(wiring, "report_bucket", lambda: ReportBucket(name="b", s3=Huge()))
    body = {"Records": [{"s3": {"object": {"key": key, "versionId": "v1"}}}]}
    notice = {"Records": [{"messageId": "1", "body": json.dumps(body)}]}
    context = LambdaContext(remaining_milliseconds=600_000)
    for _ in range(2):
        assert settlement.handler(notice, context) == {"batchItemFailures": []}
    ((_, report),) = reader.reports.listed(f"{clock.now():%Y-%m}", after="")
    assert report.status is ReportStatus.REFUSED
    assert report.refusal == "more than 1000000000 bytes: to be split by its provider"
    assert report.counts.rows == 0
