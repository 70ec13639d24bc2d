"""From a bank's file to its statements, whichever of the two formats it is in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from payments.domain.report import Part, Plan
from payments.domain.settlement import RefusedRow
from payments.domain.statement import BankEntry, Statement, told_of
from payments.infrastructure.settlement.records import NotAReport, refuse_what_is_no_text
from payments.infrastructure.statements.camt053 import read_camt053
from payments.infrastructure.statements.mt940 import read_mt940

STATEMENT_BYTES_MAX: Final = 8_000_000
"""Some ten thousand entries. A file is read as a whole: only whole it can be proved."""


def plan_statements(chunks: Iterable[bytes]) -> Plan:
    """A file of statements is one part; raises NotAReport for what is none."""
    document = _document(chunks)
    _statements(document)
    whole = Part(number=1, start=0, end=len(document), first_row=1)
    return Plan(digest=hashlib.sha256(document).hexdigest(), header=(), parts=(whole,))


def entries(
    chunks: Iterable[bytes], *, account: str, now: datetime
) -> Iterator[BankEntry | RefusedRow | Statement]:
    """Every entry of a file that was planned, and each statement of them behind its own; or the
    reason why it is put aside.
    """
    for statement in _statements(_document(chunks)):
        yield from told_of(statement, account=account, now=now)


def _document(chunks: Iterable[bytes]) -> bytes:
    document = bytearray()
    for chunk in chunks:
        document += chunk
        if len(document) > STATEMENT_BYTES_MAX:
            raise NotAReport(f"a statement of more than {STATEMENT_BYTES_MAX} bytes")
    return bytes(document)


def _statements(document: bytes) -> list[Statement]:
    text = refuse_what_is_no_text(document)
    found = read_camt053(text) if text.lstrip().startswith(b"<") else read_mt940(text)
    if not found:
        raise NotAReport("no statement in it")
    return found
