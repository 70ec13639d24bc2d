"""What no bank should send, and some do: refused whole, or entry by entry with a reason."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from payments.domain.settlement import RefusedRow
from payments.domain.statement import same_account
from payments.infrastructure.settlement.records import NotAReport
from payments.infrastructure.statements import reading
from tests.contract.statement_files import read
from tests.unit.payments.settlement.statements import ACCOUNT, camt053, credit, entry, mt940

NOW = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
BOMB = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
WHOLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "compressed": (b"PK\x03\x04 bomb", "compressed"),
    "gzipped": (b"\x1f\x8b bomb", "compressed"),
    "UTF-16": ("x".encode("utf-16"), "not UTF-8"),
    "nothing of a bank": (b"a,b\n1,2\n", "no statement in it"),
    "cut off XML": (camt053(entry("1.00"), closing="1001.00")[:-20], "not XML, or cut off"),
    "cut off MT940": (mt940(closing="C261104EUR1000,00")[:60], "without its closing balance"),
    "no opening balance": (b":20:S\n:62F:C261104EUR1,00\n", "without its opening balance"),
    "not UTF-8": (":20:M\u00fc".encode("latin-1"), "not UTF-8"),
    "an entity bomb": (camt053(closing="1000.00", head=BOMB), "an entity in it"),
    "an entity from outside": (camt053(closing="1000.00", head=OUTSIDE), "an entity in it"),
    "another document": (
        camt053(closing="1000.00").replace(b"camt.053", b"camt.052"),
        "a camt.052 that is no camt.053",
    ),
    "no document": (b"<html><body>login</body></html>", "a document that is no camt.053"),
    "no balances": (
        camt053(closing="1000.00").replace(b"CLBD", b"CLAV"),
        "one opening and one closing balance",
    ),
    "a balance that is none": (camt053(closing="1E3"), "an amount that is none"),
    "MT940 with a balance that is none": (mt940(closing="C261104EUR"), "not MT940 behind entry 0"),
}  # fmt: skip

ROWS: dict[str, tuple[bytes, list[tuple[int, str]]]] = {
    "a cent too much": (
        mt940(credit("100,01"), closing="C261104EUR1100,00"),
        [(1, "its statement does not add up: -0.01 EUR from its opening to its closing balance")],
    ),
    "an entry cut out": (
        camt053(entry("1.00"), closing="1003.00"),
        [(1, "its statement does not add up: 2.00 EUR from its opening to its closing balance")],
    ),
    "nothing in it that moves the balance": (
        camt053(closing="1003.00"),
        [(1, "its statement does not add up: 3.00 EUR from its opening to its closing balance")],
    ),
    "a day to come": (
        mt940(credit("1,", day="261112"), closing="C261112EUR1001,00"),
        [(1, "its statement has an entry of a day that has not come")],
    ),
    "two currencies": (
        camt053(entry("1.00", currency="USD"), closing="1001.00"),
        [(1, "its statement is in several currencies")],
    ),
    "NaN": (
        camt053(entry("NaN"), entry("1.00"), closing="1001.00"),
        [
            (1, "an amount that is none"),
            (2, "its statement has an entry that cannot be read: row 1"),
        ],
    ),
    "1E-80000000": (
        camt053(entry("1E-80000000"), closing="1000.00"),
        [(1, "an amount that is none")],
    ),
    "a sign": (
        camt053(entry("-1.00"), closing="999.00"),
        [(1, "a sign in an amount: credit or debit is the sign")],
    ),
    "more decimals than the currency": (
        camt053(entry("1.001"), closing="1001.00"),
        [(1, "an amount that is none")],
    ),
    "a currency that is none": (
        camt053(entry("1.00", currency="XXQ"), closing="1001.00"),
        [(1, "not an active ISO 4217 currency")],
    ),
    "neither credit nor debit": (
        camt053(entry("1.00", sign="PLUS"), closing="1001.00"),
        [(1, "no amount, or neither credit nor debit")],
    ),
    "a day that is none": (
        camt053(entry("1.00", day="2026-02-30"), closing="1001.00"),
        [(1, "not a date")],
    ),
    "an entry that is pending": (
        camt053(entry("1.00", status="PDNG"), closing="1000.00"),
        [(1, "an entry that is not booked")],
    ),
    "an amount beyond all": (
        camt053(entry("1000000000000000.00"), closing="1000000000001000.00"),
        [(1, "its statement has an amount beyond what can be kept exactly")],
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_that_is_no_statement_is_refused_with_its_reason(case: str) -> None:
    content, reason = WHOLE[case]
    with pytest.raises(NotAReport, match=reason):
        read(content, now=NOW)


@pytest.mark.parametrize("case", ROWS)
def test_a_statement_that_cannot_be_true_tells_nothing_and_says_why(case: str) -> None:
    content, rows = ROWS[case]
    assert read(content, now=NOW) == [RefusedRow(row=row, reason=reason) for row, reason in rows]


def test_another_account_is_refused() -> None:
    content = mt940(credit("1,"), closing="C261104EUR1001,00")
    assert read(content, account="DE02120300000000202051", now=NOW) == [
        RefusedRow(row=1, reason="a statement of another account")
    ]


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("DE89 3704 0044 0532 0130 00", True),
        ("de89370400440532013000EUR", True),
        ("DE89370400440532013000123", False),
        ("DE8937040044053201300", False),
        ("", False),
    ],
)
def test_an_account_is_the_same_however_it_is_written(written: str, same: bool) -> None:
    assert same_account(written, ACCOUNT) is same


def test_a_statement_that_is_wrong_costs_no_other_of_its_file() -> None:
    right = mt940(credit("1,", "B-1"), closing="C261104EUR1001,00")
    wrong = mt940(credit("2,", "B-2"), closing="C261104EUR1001,00", number="2")
    found = read(wrong + right, now=NOW)
    assert found[0] == RefusedRow(
        row=1,
        reason="its statement does not add up: -1.00 EUR from its opening to its closing balance",
    )
    assert [each.row for each in found] == [1, 2]
    assert not isinstance(found[1], RefusedRow)
    assert found[1].reference == "B-1"


def test_a_file_of_more_than_its_limit_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "STATEMENT_BYTES_MAX", 100)
    with pytest.raises(NotAReport, match="more than 100 bytes"):
        read(camt053(closing="1000.00"), now=NOW)


def test_an_entry_whose_type_is_missing_is_never_lost_silently() -> None:
    """The library lets the next entry take the place of one without its type."""
    cut = credit("1,", "B-1").replace("NTRFNONREF", "")
    found = read(mt940(cut, credit("2,", "B-2"), closing="C261104EUR1003,00"), now=NOW)
    assert all(isinstance(each, RefusedRow) for each in found)
    assert found


def test_nothing_of_what_cannot_be_read_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotAReport):
        read(mt940(":61:secret words", closing="C261104EUR1000,00"), now=NOW)
    assert "secret" not in caplog.text
