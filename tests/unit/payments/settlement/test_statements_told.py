"""A bank's entry is told once, whatever comes twice, corrected, in both formats, or half-way."""

from __future__ import annotations

from datetime import date

import pytest

from payments.domain.report import ReportStatus
from shared.contracts.bank import BankLineBooked
from shared.contracts.settlement import SettlementContradicted, SettlementReportRead
from shared.money import Money
from tests.doubles.reports import ReportReader
from tests.unit.payments.settlement.statements import ACCOUNT, camt053, credit, entry, mt940

TWO = mt940(
    credit("104,57", "B-1", text="sbx_po_000003"), credit("1,", "B-2"), closing="C261104EUR1105,57"
)


def lines(reader: ReportReader) -> list[BankLineBooked]:
    found = [each for each in reader.told() if isinstance(each, BankLineBooked)]
    return sorted(found, key=lambda each: (each.report_id, each.row))


def test_each_entry_is_told_and_the_file_at_its_end() -> None:
    reader = ReportReader()
    report = reader.read_statements(TWO)
    first, second = lines(reader)
    assert first == BankLineBooked(
        line_id=first.line_id,
        provider="bank",
        account=ACCOUNT,
        statement="1",
        reference="B-1",
        amount=Money(10457, "EUR"),
        booked_on=date(2026, 11, 4),
        value_on=date(2026, 11, 4),
        text="sbx_po_000003",
        report_id=report.report_id,
        row=1,
    )
    assert (second.amount, second.row) == (Money(100, "EUR"), 2)
    (read,) = (each for each in reader.told() if isinstance(each, SettlementReportRead))
    assert (read.provider, read.rows, read.told, read.refused) == ("bank", 2, 2, 0)


def test_a_file_imported_twice_or_under_another_name_changes_nothing_twice() -> None:
    reader = ReportReader()
    first = reader.read_statements(TWO)
    before = reader.table.rows()
    assert reader.read_statements(TWO, name="again.sta") == first
    assert reader.table.rows() == before


def test_the_same_day_in_the_other_format_is_known() -> None:
    reader = ReportReader()
    reader.read_statements(TWO)
    again = camt053(
        entry("104.57", reference="B-1"), entry("1.00", reference="B-2"), closing="1105.57"
    )
    report = reader.read_statements(again, name="s.xml")
    assert (report.counts.told, report.counts.known) == (0, 2)
    assert len(lines(reader)) == 2


def test_a_corrected_statement_adds_what_is_new_and_raises_what_is_otherwise() -> None:
    reader = ReportReader()
    reader.read_statements(TWO)
    corrected = mt940(
        credit("104,56", "B-1"),
        credit("1,", "B-2"),
        credit("5,", "B-3"),
        closing="C261104EUR1110,56",
    )
    counts = reader.read_statements(corrected).counts
    assert (counts.told, counts.known, counts.contradicted) == (1, 1, 1)
    (raised,) = (each for each in reader.told() if isinstance(each, SettlementContradicted))
    assert raised.contradiction == "amount is 104.56 EUR, was 104.57 EUR"
    assert (raised.provider, raised.payment_id, raised.row) == ("bank", "", 1)
    assert [str(each.amount) for each in lines(reader) if each.reference == "B-1"] == ["104.57 EUR"]


def test_entries_without_a_name_that_say_the_same_are_entries_of_their_own() -> None:
    reader = ReportReader()
    fees = (credit("2,50", text="fee"), credit("2,50", text="fee"))
    assert reader.read_statements(mt940(*fees, closing="C261104EUR1005,")).counts.told == 2
    assert len({each.line_id for each in lines(reader)}) == 2
    longer = reader.read_statements(mt940(*fees, fees[0], closing="C261104EUR1007,50"))
    assert (longer.counts.told, longer.counts.known) == (1, 2)


def test_the_same_fee_in_the_next_statement_is_another_one() -> None:
    reader = ReportReader()
    reader.read_statements(mt940(credit("2,50"), closing="C261104EUR1002,50"))
    following = mt940(
        credit("2,50"), opening="C261104EUR1002,50", closing="C261104EUR1005,", number="2"
    )
    assert reader.read_statements(following).counts.told == 1


def test_a_statement_that_does_not_add_up_tells_nothing_until_it_is_corrected() -> None:
    reader = ReportReader()
    wrong = mt940(credit("104,57", "B-1"), closing="C261104EUR1105,57")
    report = reader.read_statements(wrong)
    assert (report.status, report.counts.told, report.counts.refused) == (ReportStatus.READ, 0, 1)
    assert lines(reader) == []
    assert reader.read_statements(TWO).counts.told == 2


def test_a_file_that_is_no_statement_is_put_aside_and_told_once() -> None:
    reader = ReportReader()
    for _ in range(2):
        assert reader.read_statements(b"<html/>").status is ReportStatus.REFUSED
    (read,) = (each for each in reader.told() if isinstance(each, SettlementReportRead))
    assert read.refusal == "a document that is no camt.053"


def test_a_reading_killed_between_two_entries_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = ReportReader()
    told: list[object] = []
    tell = reader.reports.tell

    def killed_at_the_second(line: BankLineBooked, cause: object) -> object:
        if told:
            raise KeyboardInterrupt
        told.append(line)
        return tell(line, cause)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(reader.reports, "tell", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            reader.read_statements(TWO)
    report = reader.read_statements(TWO)
    assert (report.counts.told, report.counts.known) == (2, 0)
    assert len(lines(reader)) == 2
