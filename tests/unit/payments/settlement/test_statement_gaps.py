"""A statement that is missing between two others is noticed, and its gap closed when it comes."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from payments.domain.report import Report
from payments.domain.statement_series import Proved, gaps_beside, plain
from shared.contracts.settlement import SettlementReportRead
from shared.money import Money
from tests.contract.statement_files import FOLDER, statements
from tests.doubles.reports import ReportReader
from tests.unit.payments.settlement.statements import camt053, credit, entry, mt940


def euros(minor: int, day: str) -> str:
    return f"C2611{day}EUR{minor // 100},{minor % 100:02d}"


def statement(number: int, opening: int, closing: int, *, of: str | None = None) -> bytes:
    """One of its own day, which is its number unless it is said; one entry or none."""
    day = of or f"{number:02d}"
    moved = closing - opening
    amount = f"{moved // 100},{moved % 100:02d}"
    lines = [credit(amount, f"B-{number}", day=f"2611{day}")] if moved else []
    return mt940(
        *lines, opening=euros(opening, day), closing=euros(closing, day), number=f"{number:05d}"
    )


FIRST = statement(1, 100_00, 130_00)
SECOND = statement(2, 130_00, 175_50)
THIRD = statement(3, 175_50, 180_00)
FOURTH = statement(4, 180_00, 181_00)
GAP = "between 1 of 2026-11-01 (130.00 EUR) and 3 of 2026-11-03 (175.50 EUR)"


class Desk:
    """Reads statements, each under a name of its own, and shows what is missing."""

    def __init__(self) -> None:
        self.reader = ReportReader()
        self.read = 0

    def put(self, content: bytes) -> Report:
        self.read += 1
        return self.reader.read_statements(content, name=f"{self.read}.sta")

    def shown(self, report: Report) -> str:
        found = self.reader.reports.find(report.report_id)
        assert found is not None
        return found.missing


def test_statements_that_follow_each_other_miss_nothing() -> None:
    desk = Desk()
    for each in (FIRST, SECOND, THIRD, FOURTH):
        assert desk.put(each).missing == ""


def test_a_missing_statement_is_told_with_the_next_one_and_shown_until_it_comes() -> None:
    desk = Desk()
    desk.put(FIRST)
    behind = desk.put(THIRD)
    assert behind.missing == GAP
    told = [each for each in desk.reader.told() if isinstance(each, SettlementReportRead)]
    assert sorted(each.missing for each in told) == ["", GAP]
    assert desk.shown(behind) == GAP
    assert desk.put(SECOND).missing == ""
    assert desk.shown(behind) == ""


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_they_come_nothing_is_shown_in_the_end(order: tuple[int, ...]) -> None:
    desk = Desk()
    put = [desk.put((FIRST, SECOND, THIRD, FOURTH)[each]) for each in order]
    assert [desk.shown(each) for each in put] == [""] * 4


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_the_others_come_the_missing_one_is_told(order: tuple[int, ...]) -> None:
    desk = Desk()
    put = [desk.put((FIRST, THIRD, FOURTH)[each]) for each in order]
    assert [
        each.missing for each in put if each.missing.endswith("and 3 of 2026-11-03 (175.50 EUR)")
    ]
    assert {desk.shown(each) for each in put} == {"", GAP}


def test_a_statement_twice_under_two_names_and_in_both_formats_is_one() -> None:
    desk = Desk()
    desk.put(FIRST)
    assert desk.put(FIRST).missing == ""
    xml = camt053(entry("30.00", day="2026-11-01"), opening="100.00", closing="130.00")
    named = xml.replace(b"<Id>S</Id>", b"<Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb>")
    assert desk.put(named).missing == ""
    assert desk.put(SECOND).missing == ""


def test_two_accounts_and_two_currencies_are_series_of_their_own() -> None:
    """Another account's statement lies in its own folder, and was refused here."""
    desk = Desk()
    desk.put(FIRST)
    francs = mt940(opening="C261102CHF5,00", closing="C261102CHF5,00", number="2")
    assert desk.put(francs).missing == ""
    assert desk.put(SECOND).missing == ""
    kept = {row["pk"] for row in desk.reader.table.rows() if "STATEMENTS" in str(row["pk"])}
    assert kept == {"STATEMENTS#DE89370400440532013000"}
    others = THIRD.replace(b"DE89370400440532013000", b"DE02120300000000202051")
    assert desk.put(others).counts.refused == 1
    assert desk.reader.read_statements(others, account="DE02120300000000202051").missing == ""
    assert desk.put(THIRD).missing == ""


def test_a_statement_that_is_not_proved_stays_missing_until_it_is_corrected() -> None:
    desk = Desk()
    desk.put(FIRST)
    wrong = SECOND.replace(b"175,50", b"175,51")
    assert desk.put(wrong).counts.refused == 1
    behind = desk.put(THIRD)
    assert behind.missing == GAP
    assert desk.put(SECOND).counts.told == 1
    assert desk.shown(behind) == ""


def test_a_corrected_statement_takes_the_place_of_the_first() -> None:
    desk = Desk()
    desk.put(FIRST)
    desk.put(statement(2, 130_00, 170_00))
    behind = desk.put(THIRD)
    assert behind.missing == (
        "between 2 of 2026-11-02 (170.00 EUR) and 3 of 2026-11-03 (175.50 EUR)"
    )
    corrected = mt940(
        credit("40,00", "B-2", day="261102"),
        credit("5,50", "B-22", day="261102"),
        opening="C261102EUR130,00",
        closing="C261102EUR175,50",
        number="2",
    )
    assert desk.put(corrected).counts.told == 1
    assert desk.shown(behind) == ""


def test_several_statements_of_a_file_may_have_a_gap_between_them() -> None:
    assert Desk().put(FIRST + THIRD).missing == GAP
    desk = Desk()
    desk.put(FOURTH)
    assert desk.put(FIRST + SECOND).missing == (
        "between 2 of 2026-11-02 (175.50 EUR) and 4 of 2026-11-04 (180.00 EUR)"
    )


def test_pages_and_statements_of_one_day_are_in_the_order_of_their_balances() -> None:
    desk = Desk()
    desk.put(FIRST)
    page = mt940(
        credit("20,00", "B-7", day="261102"), opening=euros(130_00, "02"), closing="", number="2"
    ).replace(b":62F:", b":62M:" + euros(150_00, "02").encode())
    rest = statement(2, 150_00, 175_50, of="02").replace(b":60F:", b":60M:")
    assert desk.put(rest).missing.endswith("and 2 of 2026-11-02 (150.00 EUR)")
    assert desk.put(page).missing == ""
    assert desk.put(THIRD).missing == ""
    nothing = statement(9, 180_00, 180_00, of="03")
    assert desk.put(nothing).missing == ""
    assert desk.put(FOURTH).missing == ""


def test_a_file_of_gaps_alone_and_names_beyond_all_bounds_is_read_to_its_end() -> None:
    """More than a row and a message may hold, if each were told with its whole name."""
    name = "\U0001f3e6" * 600
    halves = camt053(opening="1.00", closing="1.00").split(b"<Stmt>")
    many = b"".join(
        halves[1]
        .partition(b"</Stmt>")[0]
        .replace(b"<Id>S</Id>", f"<Id>{name}</Id>".encode())
        .replace(b">1.00<", f">{number}.00<".encode())
        .replace(b"</Bal>", b"<Dt><Dt>2026-11-01</Dt></Dt></Bal>")
        .join((b"<Stmt>", b"</Stmt>"))
        for number in range(1, 301)
    )
    rest = halves[1].partition(b"</Stmt>")[2]
    report = Desk().put(halves[0] + many + rest)
    assert report.missing.startswith(f"between {name[:35]} of 2026-11-01 (1.00 EUR) and ")
    assert report.missing.endswith("and 294 more")
    assert len(report.missing) < 1000
    kept = statements(halves[0] + many + rest)
    assert len(kept) == 300


def test_what_follows_after_new_year_begins_again_at_one() -> None:
    last = Proved(
        number="365",
        closed_on=date(2026, 12, 31),
        opening=Money(1, "EUR"),
        closing=Money(5, "EUR"),
        report_id="rep_1",
    )
    first = Proved(
        number="1",
        closed_on=date(2027, 1, 2),
        opening=Money(5, "EUR"),
        closing=Money(5, "EUR"),
        report_id="rep_2",
    )
    assert gaps_beside([first, last], "rep_2") == ""
    assert gaps_beside([], "rep_2") == ""


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("00214/001", "214"),
        ("214", "214"),
        ("STMT-2026-214", "STMT-2026-214"),
        ("", ""),
        ("0", "0"),
    ],
)
def test_a_number_is_the_same_in_every_format(written: str, number: str) -> None:
    assert plain(written) == number


GOLDEN = {
    "camt053/statement-214.xml": [("214", "2026-11-04", "1000.00 EUR", "1090.16 EUR")],
    "camt053/two-pages-v02.xml": [
        ("7", "2026-11-06", "5000 JPY", "5980 JPY"),
        ("7", "2026-11-06", "5980 JPY", "5979 JPY"),
    ],
    "mt940/two-statements.sta": [
        ("214", "2026-11-04", "1000.00 EUR", "1068.98 EUR"),
        ("215", "2026-12-31", "1068.98 EUR", "1069.00 EUR"),
    ],
}


@pytest.mark.parametrize("file", GOLDEN)
def test_each_statement_of_the_golden_files_leads_from_balance_to_balance(file: str) -> None:
    found = [
        (plain(each.number), str(each.closed_on), str(each.opening), str(each.closing))
        for each in statements((FOLDER / file).read_bytes())
    ]
    assert found == GOLDEN[file]
