"""A report is read once, whatever comes twice, corrected, in parts, or half-way to a crash."""

from dataclasses import replace

import pytest

from payments.domain.errors import ReportNotPlaced
from payments.domain.payment import Payment
from payments.domain.report import Report, ReportStatus, gap, whose
from payments.domain.settlement import RefusedRow
from shared.contracts.envelope import Cause
from shared.contracts.provider_notice import Operation, Verdict
from shared.contracts.settlement import (
    LineKind,
    PaymentSettled,
    SettlementContradicted,
    SettlementReportRead,
)
from shared.money import Money
from tests.doubles.reports import ReportReader, line, report_of
from tests.unit.payments.lives import captured, dispute, notice, refunding, told

TWO = report_of(line("ln_1"), line("ln_2", "refund", "-10.00", fee="0.00", net="-10.00"))


def keep(reader: ReportReader, payment: Payment) -> None:
    cause = Cause(id="orders/1", correlation_id="cor_order", traceparent="00", now=reader.now)
    reader.payments.commit(payment, [], replace(cause, correlation_id="cor_order"))


def only(reader: ReportReader, kind: type) -> list[object]:
    return [each for each in reader.told() if isinstance(each, kind)]


def test_each_line_is_told_and_the_report_at_its_end() -> None:
    reader = ReportReader()
    report = reader.read(TWO)
    assert reader.told_lines() == [
        ("capture", "39.98 EUR", "39.18 EUR"),
        ("refund", "-10.00 EUR", "-10.00 EUR"),
    ]
    (read,) = only(reader, SettlementReportRead)
    assert read == SettlementReportRead(
        report_id=report.report_id,
        provider="sandbox",
        account="quittance",
        rows=2,
        told=2,
        known=0,
        contradicted=0,
        refused=0,
        refusal="",
        missing="",
    )
    assert report.status is ReportStatus.READ


def test_a_file_imported_twice_changes_nothing_twice() -> None:
    reader = ReportReader()
    first = reader.read(TWO)
    before = reader.table.rows()
    assert reader.read(TWO, name="again.csv") == first
    assert reader.table.rows() == before


def test_a_corrected_file_adds_what_is_new_and_raises_what_is_otherwise() -> None:
    reader = ReportReader()
    reader.read(TWO)
    corrected = report_of(
        line("ln_1", net="39.08", fee="0.90"),
        line("ln_2", "refund", "-10.00", fee="0.00", net="-10.00"),
        line("ln_3", gross="5.00", net="4.20"),
    )
    report = reader.read(corrected)
    counts = report.counts
    assert (counts.told, counts.known, counts.contradicted, counts.refused) == (1, 1, 1, 0)
    assert len(reader.told_lines()) == 3
    (contradiction,) = only(reader, SettlementContradicted)
    assert isinstance(contradiction, SettlementContradicted)
    assert (contradiction.row, contradiction.contradiction) == (2, "other fees")
    before = reader.table.rows()
    reader.read(corrected, name="again.csv")
    assert reader.table.rows() == before


def test_two_files_of_one_name_and_other_content_are_two_reports() -> None:
    reader = ReportReader()
    first = reader.read(TWO)
    second = reader.read(report_of(line("ln_9", gross="1.00", fee="0.00", net="1.00")))
    assert first.report_id != second.report_id
    assert len(reader.told_lines()) == 3


def test_rows_that_are_truly_the_same_are_lines_of_their_own_and_known_in_the_next_file() -> None:
    reader = ReportReader()
    twins = (line("ln_1"), line("ln_1"))
    assert reader.read(report_of(*twins)).counts.told == 2
    ids = {each.line_id for each in reader.told() if isinstance(each, PaymentSettled)}
    assert len(ids) == 2
    longer = reader.read(report_of(*twins, line("ln_1"), line("ln_2")))
    assert (longer.counts.told, longer.counts.known) == (2, 2)
    shorter = reader.read(report_of(line("ln_1")))
    assert (shorter.counts.told, shorter.counts.known) == (0, 1)


def test_a_refused_row_is_kept_with_its_number_and_loses_no_other() -> None:
    reader = ReportReader()
    report = reader.read(report_of(line("ln_1"), line("ln_2", gross="NaN"), line("ln_3")))
    assert (report.counts.told, report.counts.refused) == (2, 1)
    assert list(reader.reports.refused(report.report_id)) == [
        RefusedRow(row=3, reason="gross is not an amount of EUR")
    ]


def test_a_file_that_is_no_report_is_put_aside_and_told_once() -> None:
    reader = ReportReader()
    report = reader.read(b"PK\x03\x04 bomb")
    assert report.status is ReportStatus.REFUSED
    reader.read(b"PK\x03\x04 bomb")
    (read,) = only(reader, SettlementReportRead)
    assert isinstance(read, SettlementReportRead)
    assert read.refusal == "the file is compressed: it is put into the bucket as plain text"
    assert read.rows == 0


def test_a_line_names_our_operation_by_our_reference_or_by_the_providers() -> None:
    reader = ReportReader()
    refunded = notice(Operation.REFUND, Verdict.SUCCEEDED, 1000)
    payment, _ = told(refunding(1000), refunded, dispute(Verdict.OPENED, 500))
    keep(reader, payment)
    reader.read(
        report_of(
            line("ln_1", reference="pay_1-capture-1", payment=""),
            line("ln_2", "refund", "-10.00", net="-10.00", fee="0", operation="sbx_refund_1"),
            line("ln_3", "dispute", "-5.00", net="-20.00", fee="15", operation="sbx_dp_1"),
            line("ln_4", "capture", operation="sbx_op_7", reference="somebody-elses"),
            line("ln_5", "capture", operation="sbx_op_8", payment="sbx_pay_8"),
        )
    )
    lines = [each for each in reader.told() if isinstance(each, PaymentSettled)]
    lines.sort(key=lambda each: each.row)
    assert [(each.payment_id, each.order_id, each.reference) for each in lines] == [
        ("pay_1", "ord_1", "pay_1-capture-1"),
        ("pay_1", "ord_1", "ref_1"),
        ("pay_1", "ord_1", "sbx_dp_1"),
        ("pay_1", "ord_1", "somebody-elses"),
        ("", "", ""),
    ]


def test_a_line_of_a_payment_is_told_in_the_flow_of_its_order() -> None:
    reader = ReportReader()
    keep(reader, captured())
    reader.read(report_of(line("ln_1"), line("ln_2", payment="sbx_pay_8")))
    flows = {
        str(row["Payload"]).count('"correlationid":"c"')
        for row in reader.table.rows()
        if row.get("Type") == "PaymentSettled"
    }
    assert flows == {0, 1}


def test_a_gap_in_the_numbers_is_noticed() -> None:
    reader = ReportReader()
    assert reader.read(report_of(line("ln_1", number=1))).missing == ""
    assert reader.read(report_of(line("ln_5", number=5))).missing == "2 to 4"
    assert reader.read(report_of(line("ln_4", number=4))).missing == "2 to 3"
    assert reader.read(report_of(line("ln_2", number=2))).missing == ""
    assert reader.read(report_of(line("ln_6", number=7))).missing == "6"


def test_a_gap_is_noticed_too_when_what_is_behind_it_came_first() -> None:
    reader = ReportReader()
    assert reader.read(report_of(line("ln_5", number=5))).missing == ""
    assert reader.read(report_of(line("ln_2", number=2))).missing == "3 to 4"
    assert reader.read(report_of(line("ln_1", number=1))).missing == ""


def test_a_gap_is_shown_until_what_was_missing_has_come() -> None:
    reader = ReportReader()
    reader.read(report_of(line("ln_1", number=1)))
    behind = reader.read(report_of(line("ln_4", number=4)))
    assert shown(reader, behind) == behind.missing == "2 to 3"
    reader.read(report_of(line("ln_2", number=2)))
    assert shown(reader, behind) == "3"
    reader.read(report_of(line("ln_3", number=3)))
    assert shown(reader, behind) == ""


def shown(reader: ReportReader, report: Report) -> str:
    found = reader.reports.find(report.report_id)
    assert found is not None
    return found.missing


def test_what_a_gap_is() -> None:
    assert [gap(None, 7), gap(7, None), gap(6, 7), gap(5, 7), gap(3, 7)] == [
        "",
        "",
        "",
        "6",
        "4 to 6",
    ]


def test_a_type_that_nobody_has_met_is_told_and_counted() -> None:
    reader = ReportReader()
    report = reader.read(report_of(line("ln_1", "surprise")))
    assert (report.counts.told, report.counts.unknown) == (1, 1)
    assert reader.told_lines() == [("unknown", "39.98 EUR", "39.18 EUR")]


def test_fees_larger_than_the_amount_make_a_net_below_zero() -> None:
    reader = ReportReader()
    reader.read(report_of(line("ln_1", gross="0.11", fee="0.14", net="-0.03")))
    (settled,) = (each for each in reader.told() if isinstance(each, PaymentSettled))
    assert (settled.kind, settled.gross, settled.net) == (
        LineKind.CAPTURE,
        Money(11, "EUR"),
        Money(-3, "EUR"),
    )


class Crash(Exception):
    """The process ends here."""


def test_a_reader_killed_at_any_write_leaves_what_the_next_one_completes() -> None:
    content = report_of(
        line("ln_1"),
        line("ln_1"),
        line("ln_2", gross="NaN"),
        line("ln_3", gross="5.00", net="4.20"),
    )
    whole = ReportReader(part_bytes=150)
    whole.read(content)
    expected = {(row["pk"], row["sk"]): row for row in whole.table.rows()}
    points = 0
    for crash_at in range(1, 200):
        reader = ReportReader(part_bytes=150)
        seen = 0

        def strike(moment: str, at: int = crash_at) -> None:
            nonlocal seen
            seen += 1
            if seen == at:
                raise Crash(moment)

        reader.table.on_write = strike
        try:
            reader.read(content)
        except Crash:
            points += 1
        else:
            break
        reader.table.on_write = None
        reader.read(content)
        assert {(row["pk"], row["sk"]): row for row in reader.table.rows()} == expected
    assert points >= 16


def test_parts_in_any_order_and_twice_say_the_same() -> None:
    content = report_of(*(line(f"ln_{number}") for number in range(1, 9)))
    reader = ReportReader(part_bytes=150)
    straight = ReportReader(part_bytes=150)
    straight.read(content)
    whole = straight.reports.find(reader.read(content).report_id)
    assert whole is not None
    assert len(whole.plan.parts) == 4
    for number in (4, 2, 2, 1):
        reader.part(whole, number, content)
    assert reader.told() == straight.told()


@pytest.mark.parametrize(
    ("key", "provider", "account"),
    [
        ("sandbox/quittance/a.csv", "sandbox", "quittance"),
        ("stripe/acct_1/2026/11/report.csv", "stripe", "acct_1"),
    ],
)
def test_the_folders_say_whose_report_it_is(key: str, provider: str, account: str) -> None:
    assert whose(key) == (provider, account)


@pytest.mark.parametrize("key", ["a.csv", "stripe/a.csv", "/acct_1/a.csv", "stripe//a.csv", "a/b/"])
def test_a_file_that_lies_elsewhere_is_nobodys(key: str) -> None:
    with pytest.raises(ReportNotPlaced):
        whose(key)
