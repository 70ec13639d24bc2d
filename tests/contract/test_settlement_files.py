"""Settlement reports as the providers write them come out row by row as they were meant."""

import csv
import io
import json

import pytest

from tests.contract.settlement_files import FOLDER, REPORTS, expected, read, shown

CSV = [report for report in REPORTS if report.endswith(".csv")]


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_is_read_row_by_row_as_expected(report: str) -> None:
    provider = report.partition("/")[0]
    found = read((FOLDER / report).read_bytes(), provider)
    assert [json.loads(json.dumps(shown(each))) for each in found] == expected(report)


@pytest.mark.parametrize("report", CSV)
def test_columns_may_stand_in_any_order(report: str) -> None:
    content = (FOLDER / report).read_text()
    rows = list(csv.reader(io.StringIO(content, newline="")))
    whole = [row for row in rows if len(row) == len(rows[0])]
    turned = io.StringIO(newline="")
    csv.writer(turned).writerows([list(reversed(row)) for row in whole])
    straight = io.StringIO(newline="")
    csv.writer(straight).writerows(whole)
    provider = report.partition("/")[0]
    assert read(turned.getvalue().encode(), provider) == read(
        straight.getvalue().encode(), provider
    )


@pytest.mark.parametrize("report", CSV)
@pytest.mark.parametrize("part_bytes", [1, 100, 700])
@pytest.mark.parametrize("chunk_bytes", [1, 7, 4096])
def test_a_report_read_in_parts_says_what_it_says_in_one(
    report: str, part_bytes: int, chunk_bytes: int
) -> None:
    provider = report.partition("/")[0]
    content = (FOLDER / report).read_bytes()
    whole = read(content, provider)
    assert read(content, provider, part_bytes=part_bytes, chunk_bytes=chunk_bytes) == whole


@pytest.mark.parametrize("report", CSV)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_byte_order_mark_and_other_line_ends_change_nothing(
    report: str, ending: str, mark: str
) -> None:
    provider = report.partition("/")[0]
    content = (FOLDER / report).read_text()
    changed = (mark + content.replace("\n", ending)).encode()
    assert read(changed, provider) == read(content.encode(), provider)
