"""The bucket of settlement reports: read as they came, a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from payments.domain.errors import ReportsNotReached
from payments.domain.report import Part, Place
from payments.infrastructure.settlement.records import NotAReport

CHUNK_BYTES: Final = 262_144
REPORT_BYTES_MAX: Final = 1_000_000_000
MAPPING: Final = "mapping.json"
MAPPING_BYTES_MAX: Final = 100_000


class ReportBucket:
    def __init__(self, *, name: str, s3: Any) -> None:
        self._name = name
        self._s3 = s3

    def chunks(self, place: Place, part: Part | None = None) -> Iterator[bytes]:
        """A report, or a part of it, in pieces; raises ReportsNotReached.

        Raises NotAReport for a report that is too large, before anything of it is read.
        """
        request = {"Bucket": self._name, "Key": place.key}
        if place.version:
            request["VersionId"] = place.version
        if part is not None:
            request["Range"] = f"bytes={part.start}-{part.end - 1}"
        try:
            answer = self._s3.get_object(**request)
            if part is None and answer["ContentLength"] > REPORT_BYTES_MAX:
                raise NotAReport(f"more than {REPORT_BYTES_MAX} bytes: to be split by its provider")
            pieces = answer["Body"].iter_chunks(CHUNK_BYTES)
            yield from pieces if part is None or "ContentRange" in answer else _within(pieces, part)
        except (ClientError, BotoCoreError) as error:
            raise ReportsNotReached from error

    def mapping(self, provider: str) -> bytes:
        """How a provider's reports are to be read; raises NotAReport where nobody has said."""
        try:
            answer = self._s3.get_object(Bucket=self._name, Key=f"{provider}/{MAPPING}")
            document: bytes = answer["Body"].read(MAPPING_BYTES_MAX)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404", "AccessDenied"}:
                raise NotAReport(f"no format of {provider} is known, and no mapping") from None
            raise ReportsNotReached from error
        except BotoCoreError as error:
            raise ReportsNotReached from error
        return document

    def put(self, key: str, content: bytes) -> None:
        """Store a report that was fetched; raises ReportsNotReached."""
        try:
            self._s3.put_object(Bucket=self._name, Key=key, Body=content, ContentType="text/csv")
        except (ClientError, BotoCoreError) as error:
            raise ReportsNotReached from error


def _within(pieces: Iterator[bytes], part: Part) -> Iterator[bytes]:
    """A part of the whole object, which local clouds send for a version whatever the range."""
    at = 0
    for piece in pieces:
        yield piece[max(part.start - at, 0) : max(part.end - at, 0)]
        at += len(piece)
