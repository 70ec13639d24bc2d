"""From a report's bytes to lines and refused rows, planned in parts that can be read apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, Final

from payments.domain.report import Part, Plan
from payments.domain.settlement import RefusedRow, ReportedLine, RowWrong, plausible
from payments.infrastructure.settlement.format import Cells, Format
from payments.infrastructure.settlement.records import (
    LINE_BYTES_MAX,
    NotAReport,
    Record,
    cells,
    records,
    refuse_what_is_no_text,
)
from payments.infrastructure.settlement.stripe import transaction_line

PART_BYTES: Final = 2_000_000
"""Some ten thousand rows: what one worker reads in a few minutes."""
JSON_BYTES_MAX: Final = 4_000_000
"""Pages of `/v1/balance_transactions` have a hundred objects; a document is read as a whole."""
COLUMNS_MAX: Final = 400
REASON_MAX: Final = 200

type Found = ReportedLine | RefusedRow


def plan(chunks: Iterable[bytes], form: Format, *, part_bytes: int = PART_BYTES) -> Plan:
    """Read a report once to its end, without reading its rows; raises NotAReport."""
    measured = _Measured(chunks)
    head = _head(measured)
    text = refuse_what_is_no_text(head)
    if text.lstrip()[:1] in (b"{", b"["):
        return _plan_of_json(measured)
    line, end, rest = text.partition(b"\n")
    header = _header(line, form)
    first_byte = len(head) - len(text) + len(line) + len(end)
    rows = records(chain([rest], measured), width=len(header), first_row=2, first_byte=first_byte)
    begins: list[Record] = []
    payout_id = number = None
    unread = True
    for record in rows:
        if not begins or record.start - begins[-1].start >= part_bytes:
            begins.append(record)
        if unread:
            first = _first(record, header, form)
            if first is not None:
                payout_id, number, unread = *first, False
    if not begins:
        raise NotAReport("a header and no rows")
    ends = [each.start for each in begins[1:]] + [measured.size]
    return Plan(
        digest=measured.digest.hexdigest(),
        header=header,
        payout_id=payout_id if form.single_payout else None,
        number=number,
        parts=tuple(
            Part(number=place, start=record.start, end=stop, first_row=record.row)
            for place, (record, stop) in enumerate(zip(begins, ends, strict=True), start=1)
        ),
    )


def lines(
    chunks: Iterable[bytes], part: Part, plan: Plan, form: Format, *, account: str, now: datetime
) -> Iterator[Found]:
    """The rows of one part, each as a line or with the reason why it is none.

    Nothing that can stand in a file makes it raise.
    """
    if not plan.header:
        yield from _transactions(b"".join(chunks), account=account, now=now)
        return
    width = len(plan.header)
    rows = records(chunks, width=width, first_row=part.first_row, first_byte=part.start)
    for record in rows:
        read = partial(_line, record, plan.header, form)
        yield _found(record.row, read, account=account, payout_id=plan.payout_id, now=now)


class _Measured:
    """A stream that counts and digests what goes by."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.size = 0
        self.digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            self.digest.update(chunk)
            yield chunk


def _head(measured: Iterable[bytes]) -> bytes:
    """At least the first line, if it is not too long for one."""
    head = b""
    for chunk in measured:
        head += chunk
        if b"\n" in head or len(head) > LINE_BYTES_MAX:
            break
    return head


def _plan_of_json(measured: _Measured) -> Plan:
    for _ in measured:
        if measured.size > JSON_BYTES_MAX:
            raise NotAReport(f"a JSON document of more than {JSON_BYTES_MAX} bytes")
    whole = Part(number=1, start=0, end=measured.size, first_row=1)
    return Plan(digest=measured.digest.hexdigest(), header=(), parts=(whole,))


def _header(line: bytes, form: Format) -> tuple[str, ...]:
    if len(line) > LINE_BYTES_MAX:
        raise NotAReport("the first line is no header")
    try:
        header = tuple(name.strip() for name in cells(line.decode().rstrip("\r")))
    except UnicodeDecodeError:
        raise NotAReport("the header is not UTF-8") from None
    if len(header) > COLUMNS_MAX:
        raise NotAReport(f"more than {COLUMNS_MAX} columns")
    missing = [name for name in form.columns if name not in header]
    if missing:
        raise NotAReport(f"the column {missing[0]} is missing")
    twice = [name for name in form.columns if header.count(name) > 1]
    if twice:
        raise NotAReport(f"the column {twice[0]} is there twice")
    return header


def _first(
    record: Record, header: tuple[str, ...], form: Format
) -> tuple[str | None, int | None] | None:
    """The payout and the number that a report is of, by its first row that can be read."""
    try:
        row = _cells(record, header)
        return form.line(row).payout_id, form.series(row)
    except (ValueError, ArithmeticError):
        return None


def _line(record: Record, header: tuple[str, ...], form: Format) -> ReportedLine:
    return form.line(_cells(record, header))


def _cells(record: Record, header: tuple[str, ...]) -> Cells:
    if record.wrong:
        raise RowWrong(record.wrong)
    row = cells(record.text)
    if len(row) != len(header):
        raise RowWrong(f"{len(row)} cells, not {len(header)}")
    return Cells(record.row, dict(zip(header, row, strict=True)))


def _found(
    row: int,
    read: Callable[[], ReportedLine],
    *,
    account: str,
    payout_id: str | None,
    now: datetime,
) -> Found:
    try:
        line = read()
        if not line.account:
            line = replace(line, account=account)
        plausible(line, account=account, payout_id=payout_id, now=now)
    except (ValueError, ArithmeticError) as wrong:
        return RefusedRow(row=row, reason=str(wrong)[:REASON_MAX])
    return line


def _transactions(document: bytes, *, account: str, now: datetime) -> Iterator[Found]:
    """The objects of a `/v1/balance_transactions` document, counted from 1; a rate stays text."""
    try:
        read = json.loads(document, parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError):
        yield RefusedRow(row=1, reason="not JSON")
        return
    items: Any = read.get("data") if isinstance(read, dict) else read
    if not isinstance(items, list):
        yield RefusedRow(row=1, reason="not a list of balance transactions")
        return
    for row, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield RefusedRow(row=row, reason="not an object")
            continue
        read_item = partial(transaction_line, row, item)
        yield _found(row, read_item, account=account, payout_id=None, now=now)


def _no_number(name: str) -> None:
    raise ValueError(name)
