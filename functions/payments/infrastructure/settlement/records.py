"""The rows of a CSV report, a row at a time and each on its own: a bad one spoils no other.

A line break within quotes belongs to its cell, for a few lines. A quote that is never closed makes
its own line a bad row, not all that follows. Memory holds one row, whatever the file is.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

LINE_BYTES_MAX: Final = 65_536
LINES_A_ROW_MAX: Final = 20
QUOTE: Final = b'"'
BOM: Final = b"\xef\xbb\xbf"
_COMPRESSED: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_OTHER_TEXT: Final = (b"\xff\xfe", b"\xfe\xff")
TRUNCATED: Final = "a quote is not closed"
TOO_LONG: Final = f"longer than {LINE_BYTES_MAX} bytes"
NOT_UTF_8: Final = "not UTF-8"


class NotAReport(ValueError):
    """The file as a whole is nothing that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line of the file it begins on (from 1), its place in bytes, and its text or
    the reason why it has none."""

    row: int
    start: int
    text: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    start: int
    content: bytes
    cut: bool


def records(
    chunks: Iterable[bytes], *, width: int | None = None, first_row: int = 1, first_byte: int = 0
) -> Iterator[Record]:
    """The rows of a file, or of a part of one that begins at a row; blank lines are none.

    `width` is how many cells a row has: lines are joined only where that makes a row of so many.
    """
    lines = _lines(chunks, first_row, first_byte)
    waiting: deque[_Line] = deque()
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        if line.content.strip():
            yield _record(line, waiting, lines, width)


def refuse_what_is_no_text(head: bytes) -> bytes:
    """The first bytes of a file without their mark; raises NotAReport."""
    if not head:
        raise NotAReport("the file is empty")
    if head.startswith(_COMPRESSED):
        raise NotAReport("the file is compressed: it is put into the bucket as plain text")
    if head.startswith(_OTHER_TEXT) or b"\0" in head[:4]:
        raise NotAReport(NOT_UTF_8)
    return head.removeprefix(BOM)


def cells(text: str) -> list[str]:
    """The cells of a row; raises NotAReport for text that is not CSV."""
    try:
        (row,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError) as error:
        raise NotAReport(str(error)) from None
    return row


def _record(
    line: _Line, waiting: deque[_Line], lines: Iterator[_Line], width: int | None
) -> Record:
    if line.cut:
        return Record(line.number, line.start, "", TOO_LONG)
    content = line.content
    if content.count(QUOTE) % 2:
        content, taken = _joined(line, waiting, lines)
        if not taken or not _fits(content, width):
            return Record(line.number, line.start, "", TRUNCATED)
        for _ in range(taken):
            waiting.popleft()
    try:
        return Record(line.number, line.start, content.decode().rstrip("\r\n"))
    except UnicodeDecodeError:
        return Record(line.number, line.start, "", NOT_UTF_8)


def _fits(content: bytes, width: int | None) -> bool:
    try:
        return width is None or len(cells(content.decode().rstrip("\r\n"))) == width
    except (UnicodeDecodeError, NotAReport):
        return False


def _joined(line: _Line, waiting: deque[_Line], lines: Iterator[_Line]) -> tuple[bytes, int]:
    """The line with those that close its quote, and how many they are; 0 where none does soon."""
    content = line.content
    for taken in range(1, LINES_A_ROW_MAX + 1):
        if taken > len(waiting):
            further = next(lines, None)
            if further is None:
                break
            waiting.append(further)
        following = waiting[taken - 1]
        content += following.content
        if following.cut or len(content) > LINE_BYTES_MAX:
            break
        if content.count(QUOTE) % 2 == 0:
            return content, taken
    return line.content, 0


def _lines(chunks: Iterable[bytes], number: int, start: int) -> Iterator[_Line]:
    """Lines with their ends; one that is too long is cut, and its rest passed over."""
    rest, passed = b"", 0
    for chunk in chunks:
        pieces = (rest + chunk).split(b"\n")
        rest = pieces.pop()
        for piece in pieces:
            size = passed + len(piece) + 1
            cut = size > LINE_BYTES_MAX
            yield _Line(number, start, b"x" if cut else piece + b"\n", cut)
            number, start, passed = number + 1, start + size, 0
        if passed + len(rest) > LINE_BYTES_MAX:
            passed, rest = passed + len(rest), b""
    if rest or passed:
        cut = passed + len(rest) > LINE_BYTES_MAX
        yield _Line(number, start, b"x" if cut else rest, cut)
