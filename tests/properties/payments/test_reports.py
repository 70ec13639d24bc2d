"""Whatever stands in a file: a report or a named refusal, and every row a line or a reason."""

import csv
import io
from contextlib import suppress

from hypothesis import assume, example, given
from hypothesis import strategies as st

from payments.domain.settlement import RefusedRow, ReportedLine
from payments.infrastructure.settlement.records import NotAReport, records
from tests.contract.settlement_files import FOLDER, REPORTS, read

CONTENTS = {report: (FOLDER / report).read_bytes() for report in REPORTS}
PROVIDERS = ("sandbox", "stripe", "adyen", "mapped")
CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "1E-80000000", "NaN", "-0.01", "=1+1", "EUR", "9" * 25, '"', "a\nb"]),
)


@given(st.sampled_from(PROVIDERS), st.binary(max_size=400), st.integers(1, 50))
def test_no_bytes_make_a_reader_raise_anything_but_its_refusal(
    provider: str, content: bytes, part_bytes: int
) -> None:
    with suppress(NotAReport):
        found = read(content, provider, part_bytes=part_bytes)
        assert all(isinstance(each, ReportedLine | RefusedRow) for each in found)


@given(st.sampled_from(REPORTS), st.data())
def test_bytes_changed_anywhere_lose_no_other_row(report: str, data: st.DataObject) -> None:
    content = CONTENTS[report]
    if report.endswith(".json"):
        return
    start = content.index(b"\n") + 1
    at = data.draw(st.integers(start, len(content) - 1))
    assume(content[at : at + 1] not in b"\r\n")  # two rows made one move all that follow
    struck = data.draw(st.binary(min_size=1, max_size=3).filter(lambda new: b"\n" not in new))
    provider = report.partition("/")[0]
    before = read(content, provider)
    after = {each.row: each for each in read(content[:at] + struck + content[at + 1 :], provider)}
    hit = content[:at].count(b"\n") + 1
    told_payout = hit == before[0].row  # the first row says which payout a report is of
    for each in before:
        if not each.row - 1 <= hit <= each.row + 1 and not told_payout:
            assert after[each.row] == each


@given(st.sampled_from(["sandbox", "stripe", "adyen"]), st.data())
def test_rows_in_are_lines_and_reasons_out(provider: str, data: st.DataObject) -> None:
    report = next(each for each in REPORTS if each.startswith(f"{provider}/"))
    reader = csv.reader(io.StringIO(CONTENTS[report].decode(), newline=""))
    header, *rows = [row for row in reader if row]
    rows = [row for row in rows if len(row) == len(header)]
    count = data.draw(st.integers(1, 8))
    chosen = [list(data.draw(st.sampled_from(rows))) for _ in range(count)]
    for row in chosen:
        for place in data.draw(st.lists(st.integers(0, len(header) - 1), max_size=3)):
            row[place] = data.draw(CELL)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(chosen)
    content = text.getvalue().encode(errors="replace")
    assert len(read(content, provider)) == count


@given(st.binary(max_size=300), st.integers(1, 40))
@example(b'"\n"\n', 1)
def test_a_file_has_the_same_rows_in_pieces_of_every_size(content: bytes, size: int) -> None:
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    assert list(records(pieces, width=2)) == list(records([content], width=2))


@given(st.lists(st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b" ")), max_size=30))
def test_lines_without_quotes_are_as_many_rows_as_are_not_blank(lines: list[bytes]) -> None:
    plain = [line.replace(b'"', b"'") for line in lines]
    found = list(records([b"\n".join(plain)], width=None))
    assert len(found) == sum(1 for line in plain if line.strip())
