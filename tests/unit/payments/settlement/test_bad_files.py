"""Files that are no reports, and rows that are no lines: refused with the reason, nothing lost."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from payments.domain.settlement import RefusedRow, RowWrong
from payments.infrastructure.settlement import FORMATS
from payments.infrastructure.settlement.format import day, exact, moment, rounded
from payments.infrastructure.settlement.mapped import read_mapping
from payments.infrastructure.settlement.reading import plan
from payments.infrastructure.settlement.records import NotAReport
from shared.money import AmountMalformed, Money
from tests.contract.settlement_files import FOLDER, form_of, read

SANDBOX = (FOLDER / "sandbox" / "settlement-000003.csv").read_text()
HEADER, FIRST, *_ = SANDBOX.splitlines()


def changed(**cells: str) -> str:
    """The first row of the sandbox's report with other cells."""
    names = HEADER.split(",")
    row = dict(zip(names, FIRST.split(","), strict=True)) | cells
    return f"{HEADER}\n" + ",".join(row[name] for name in names) + "\n"


def refusal(**cells: str) -> str:
    (found,) = read(changed(**cells).encode(), "sandbox")
    assert isinstance(found, RefusedRow)
    assert found.row == 2
    return found.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the column line_id is missing"),
        (b"\n\n", "the column line_id is missing"),
        (HEADER.encode(), "a header and no rows"),
        (HEADER.encode() + b"\r\n\r\n", "a header and no rows"),
        (HEADER.replace("net,", "", 1).encode() + b"\n1", "the column net is missing"),
        (HEADER.encode() + b",gross\n1", "the column gross is there twice"),
        (b'"line_id\n1,2\n', "unexpected end of data"),
        (b"\xe9,\n1,2\n", "the header is not UTF-8"),
        (b"x" * 70_000, "the first line is no header"),
        (b",".join([b"a"] * 500) + b"\n1", "more than 400 columns"),
        (b"<html><body>Not Found</body></html>\n", "the column line_id is missing"),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotAReport, match=reason):
        read(content, "sandbox")


def test_a_json_document_beyond_its_limit_is_refused() -> None:
    with pytest.raises(NotAReport, match="more than 4000000 bytes"):
        plan([b"[", *[b" " * 1_000_000] * 5], FORMATS["stripe"])


@pytest.mark.parametrize(
    ("document", "reasons"),
    [
        (b"{", ["not JSON"]),
        (b'{"data": NaN}', ["not JSON"]),
        (b"[" * 100_000, ["not JSON"]),
        (b'{"object": "list"}', ["not a list of balance transactions"]),
        (b'[1, {}, {"currency": "eur"}]', [
            "not an object",
            "currency is not a text",
            "amount is not a whole number",
        ]),
    ],
)  # fmt: skip
def test_a_json_document_that_is_no_list_of_lines_is_refused_by_its_rows(
    document: bytes, reasons: list[str]
) -> None:
    found = read(document, "stripe")
    assert [each.reason for each in found if isinstance(each, RefusedRow)] == reasons


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"gross": "1E-80000000"}, "gross is not an amount of EUR"),
        ({"gross": "NaN"}, "gross is not an amount of EUR"),
        ({"gross": "Infinity"}, "gross is not an amount of EUR"),
        ({"gross": "1_000"}, "gross is not an amount of EUR"),
        ({"gross": "٣"}, "gross is not an amount of EUR"),
        ({"gross": "+1.00"}, "gross is not an amount of EUR"),
        ({"gross": "39.985"}, "gross is not an amount of EUR"),
        ({"gross": "9" * 40}, "gross is not an amount of EUR"),
        ({"gross": "9" * 18}, "an amount beyond what can be kept exactly"),
        ({"gross": "=1+1"}, "gross is not an amount of EUR"),
        ({"gross": "-39.98"}, "a capture of -39.98 EUR is on the wrong side"),
        ({"net_currency": "XAU"}, "not an active ISO 4217 currency"),
        ({"gross_currency": ""}, "gross_currency is empty"),
        ({"account": "somebody"}, "another account's"),
        ({"settled_on": "2026-11-12"}, "settled on a day that has not come"),
        ({"settled_on": "yesterday"}, "not a date"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "not a date and time, or of a zone"),
        ({"line_id": ""}, "line_id is empty"),
        ({"line_id": "x" * 300}, "line_id is longer than 256 characters"),
        ({"reference": "a\x00b"}, "reference holds characters that are no text"),
    ],
)
def test_a_row_that_cannot_be_a_line_is_kept_with_its_reason(
    cells: dict[str, str], reason: str
) -> None:
    assert refusal(**cells).startswith(reason)


def test_a_reason_repeats_nothing_that_stands_in_the_file() -> None:
    assert "4111" not in refusal(gross="4111111111111111x")
    assert "4111" not in refusal(settled_on="4111111111111111")


def test_a_file_cut_off_in_the_middle_keeps_all_rows_before_it() -> None:
    content = SANDBOX.encode()
    found = read(content[: content.index(b"sbx_ln_3") + 40], "sandbox")
    assert [type(each).__name__ for each in found] == [
        "ReportedLine",
        "ReportedLine",
        "RefusedRow",
    ]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1.5", "EUR", 150),
        ("-1.50000", "EUR", -150),
        ("5000.00", "JPY", 5000),
        ("1.234", "KWD", 1234),
        ("0", "EUR", 0),
    ],
)
def test_zeros_beyond_a_currencys_decimals_are_no_more_decimals(
    text: str, currency: str, minor: int
) -> None:
    assert exact(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["1.005", "0.5 ", "1.", ".5", "1.0000000000000", "--1", "1.2.3"])
def test_a_part_of_a_minor_unit_is_no_amount(text: str) -> None:
    with pytest.raises(AmountMalformed):
        exact(text, "EUR")


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0.0345", 3),
        ("0.035", 4),
        ("0.025", 2),
        ("0.0250001", 3),
        ("1.1255", 113),
        ("-0.035", -4),
        ("-0.001", 0),
    ],
)
def test_a_part_of_a_fee_is_rounded_half_to_even(text: str, minor: int) -> None:
    assert rounded(text, "EUR") == Money(minor, "EUR")


def test_a_yen_is_rounded_as_a_whole() -> None:
    assert rounded("10.5", "JPY") == Money(10, "JPY")
    assert rounded("11.5", "JPY") == Money(12, "JPY")


@pytest.mark.parametrize("text", ["0.0x", "1E5.123", "NaN.000", "0.00-1"])
def test_a_part_of_a_fee_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(AmountMalformed):
        rounded(text, "EUR")


def test_a_time_is_read_in_the_zone_that_is_told() -> None:
    assert moment("2026-11-03 00:30:00", "CET") == datetime.fromisoformat("2026-11-02T23:30Z")
    assert moment("2026-07-03 00:30:00", "CEST") == datetime.fromisoformat("2026-07-02T22:30Z")
    assert moment("2026-11-03 00:30:00", "+05:30") == datetime.fromisoformat("2026-11-02T19:00Z")
    assert moment("2026-11-03T00:30:00+01:00", "PST").utcoffset() == timedelta(0)
    assert day("2026-11-03 00:30:00") == date(2026, 11, 3)
    with pytest.raises(RowWrong):
        moment("2026-11-03 00:30:00", "XYZ")


MAPPING = (FOLDER / "mapped" / "mapping.json").read_text()


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        MAPPING.replace('"capture"', '"captured"'),
        MAPPING.replace('"minor"', '"cents"'),
        MAPPING.replace('"CET"', '"XYZ"'),
        MAPPING.replace('"net"', '"nett"'),
        MAPPING.replace('["Id"]', "[]"),
        MAPPING.replace('["Id"]', "[7]"),
        MAPPING.replace('"Brutto Soll"', '""'),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(document: str) -> None:
    with pytest.raises(NotAReport, match="the mapping"):
        read_mapping(document.encode())


def test_the_columns_that_a_mapping_names_must_be_there() -> None:
    content = (FOLDER / "mapped" / "report.csv").read_bytes().replace(b"Provision", b"Gebuehren")
    with pytest.raises(NotAReport, match="the column Provision is missing"):
        plan([content], form_of("mapped"))


def test_the_expectations_lie_beside_their_reports() -> None:
    assert [path.name for path in Path(FOLDER / "adyen").iterdir() if "expected" in path.name]
