"""Rows of a CSV file, each on its own, whatever stands beside it."""

import pytest

from payments.infrastructure.settlement.records import (
    LINE_BYTES_MAX,
    NOT_UTF_8,
    TOO_LONG,
    TRUNCATED,
    NotAReport,
    records,
    refuse_what_is_no_text,
)


def read(content: bytes, width: int | None = 2) -> list[tuple[int, str, str]]:
    """Row number, text and what is wrong: the same in chunks of every size."""
    found = [[(r.row, r.text, r.wrong) for r in records([content], width=width)]]
    for size in (1, 3):
        pieces = [content[at : at + size] for at in range(0, len(content), size)]
        found.append([(r.row, r.text, r.wrong) for r in records(pieces, width=width)])
    assert found[0] == found[1] == found[2]
    return found[0]


def test_each_line_is_a_row_under_its_own_number_and_blank_ones_are_none() -> None:
    assert read(b"a,b\n\n  \nc,d\r\ne,f") == [(1, "a,b", ""), (4, "c,d", ""), (5, "e,f", "")]


def test_a_line_break_within_quotes_belongs_to_its_cell() -> None:
    assert read(b'a,"b\nb"\nc,d\n') == [(1, 'a,"b\nb"', ""), (3, "c,d", "")]


def test_a_quote_that_is_never_closed_spoils_its_own_row_alone() -> None:
    assert read(b'a,"b\nc,d\ne,f\n') == [(1, "", TRUNCATED), (2, "c,d", ""), (3, "e,f", "")]


def test_two_rows_with_a_stray_quote_each_are_not_taken_for_one() -> None:
    assert read(b'a,"b\nc,d"\ne,f\n', width=3) == [
        (1, "", TRUNCATED),
        (2, "", TRUNCATED),
        (3, "e,f", ""),
    ]


def test_a_row_that_is_not_utf_8_spoils_no_other() -> None:
    assert read(b"a,b\n\xe9,d\ne,f\n") == [(1, "a,b", ""), (2, "", NOT_UTF_8), (3, "e,f", "")]


def test_a_line_without_end_is_passed_over_and_takes_no_memory() -> None:
    endless = [b"x" * 10_000] * 50
    found = list(records([b"a,b\n", *endless, b"\nc,d\n"], width=2))
    assert [(r.row, r.text, r.wrong) for r in found] == [
        (1, "a,b", ""),
        (2, "", TOO_LONG),
        (3, "c,d", ""),
    ]
    assert found[2].start == 4 + 500_000 + 1
    last = list(records([b"a,b\n", *endless], width=2))
    assert [(r.row, r.wrong) for r in last] == [(1, ""), (2, TOO_LONG)]


def test_a_row_knows_its_place_in_the_file() -> None:
    content = b'a,"b\nb"\n\nc,d\n'
    assert [r.start for r in records([content], width=2)] == [0, 9]
    (tail,) = records([content[9:]], width=2, first_row=4, first_byte=9)
    assert (tail.row, tail.start, tail.text) == (4, 9, "c,d")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "the file is empty"),
        (b"\x1f\x8b\x08", "the file is compressed"),
        (b"PK\x03\x04", "the file is compressed"),
        (b"\xfd7zXZ\x00", "the file is compressed"),
        (b"\xff\xfea\x00", NOT_UTF_8),
        (b"a\x00b\x00", NOT_UTF_8),
    ],
)
def test_a_file_that_is_no_text_is_refused_unopened(head: bytes, reason: str) -> None:
    with pytest.raises(NotAReport, match=reason):
        refuse_what_is_no_text(head)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert refuse_what_is_no_text(b"\xef\xbb\xbfa,b") == b"a,b"


def test_a_row_of_the_greatest_length_is_read() -> None:
    line = b"a," + b"b" * (LINE_BYTES_MAX - 3)
    (row,) = records([line + b"\n"], width=2)
    assert row.wrong == ""
    (row,) = records([line + b"b\n"], width=2)
    assert row.wrong == TOO_LONG
