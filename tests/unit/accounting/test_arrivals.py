"""Which bank entry is which payout's: names first, then amounts within their days."""

from __future__ import annotations

from datetime import date

import pytest

from accounting.domain.arrivals import PayoutSent, arrived, assigned, transit_record, with_sent
from accounting.domain.reconciliation import Line, Rules
from accounting.domain.settlement_record import SettlementRecord
from shared.contracts.settlement import LineKind
from shared.money import Money

RULES = Rules(settled_within_days=5)
DAY = date(2026, 11, 4)


def payout(
    name: str, minor: int = 1000, *, currency: str = "EUR", on: date = DAY, provider: str = "acme"
) -> SettlementRecord:
    sent = PayoutSent(
        provider=provider,
        payout_id=name,
        entry_id=f"je_{name}",
        amount=Money(minor, currency),
        returned=False,
        on=on,
    )
    return with_sent(transit_record(sent.record_id), [sent])


def entry(
    name: str, minor: int = 1000, text: str = "", *, currency: str = "EUR", on: date = DAY
) -> Line:
    amount = Money(minor, currency)
    return Line(
        line_id=name,
        kind=LineKind.ARRIVAL,
        payment_id="",
        reference=text,
        provider_reference="",
        gross=amount,
        fee=Money(0, currency),
        net=amount,
        payout_id="",
        settled_on=on,
    )


@pytest.mark.parametrize(
    "text",
    [
        "sbx_po_000001",
        "PAYOUT SBXPO000001 ACQUIRER",
        "SBX_PO_0000 01 ACQ",
        "ref:sbx-po-000001.",
    ],
)
def test_a_payout_is_known_by_its_name_however_a_bank_writes_it(text: str) -> None:
    both = [payout("sbx_po_000001"), payout("sbx_po_000002")]
    given = assigned(both, [entry("l", 7, text)], RULES)
    assert given == {"l": "transit:acme:sbx_po_000001:EUR"}


@pytest.mark.parametrize("text", ["sbx_po_0000012", "xsbx_po_000001", "sbx_po_00001", ""])
def test_another_name_is_not_its_name(text: str) -> None:
    assert assigned([payout("sbx_po_000001")], [entry("l", 7, text)], RULES) == {}


def test_a_name_that_begins_like_another_is_the_longer_one() -> None:
    both = [payout("po-123456"), payout("po-123456-7")]
    given = assigned(both, [entry("l", 7, "po-123456-7")], RULES)
    assert given == {"l": "transit:acme:po-123456-7:EUR"}


def test_a_name_too_short_to_be_one_is_looked_for_nowhere() -> None:
    assert assigned([payout("12")], [entry("l", 7, "12 apples")], RULES) == {}


def test_without_a_name_the_amount_and_the_day_decide() -> None:
    records = [payout("po_00001", 1000), payout("po_00002", 2000)]
    assert assigned(records, [entry("l", 2000)], RULES) == {"l": "transit:acme:po_00002:EUR"}


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2026, 11, 2), False),
        (date(2026, 11, 3), True),
        (date(2026, 11, 9), True),
        (date(2026, 11, 10), False),
    ],
)
def test_an_amount_counts_from_a_day_before_to_the_end_of_its_time(on: date, found: bool) -> None:
    given = assigned([payout("po_00001")], [entry("l", on=on)], RULES)
    assert bool(given) is found


@pytest.mark.parametrize(("minor", "currency"), [(999, "EUR"), (-1000, "EUR"), (1000, "USD")])
def test_another_amount_side_or_currency_is_nobodys(minor: int, currency: str) -> None:
    assert assigned([payout("po_00001")], [entry("l", minor, currency=currency)], RULES) == {}


def test_of_alike_payouts_the_oldest_is_paid_first_and_each_once() -> None:
    records = [payout("po_00002", on=date(2026, 11, 5)), payout("po_00001")]
    lines = [entry("l2", on=date(2026, 11, 6)), entry("l1", on=date(2026, 11, 5)), entry("l3")]
    assert assigned(records, lines, RULES) == {
        "l3": "transit:acme:po_00001:EUR",
        "l1": "transit:acme:po_00002:EUR",
    }


def test_a_name_takes_its_payout_before_an_amount_does() -> None:
    records = [payout("po_00001"), payout("po_00002")]
    lines = [entry("early", on=date(2026, 11, 3)), entry("named", text="po_00001")]
    assert assigned(records, lines, RULES) == {
        "named": "transit:acme:po_00001:EUR",
        "early": "transit:acme:po_00002:EUR",
    }


def test_a_name_that_two_providers_use_is_decided_by_the_amount() -> None:
    records = [payout("po_00001", 1000, provider="a"), payout("po_00001", 2000, provider="b")]
    given = assigned(records, [entry("l", 2000, "po_00001")], RULES)
    assert given == {"l": "transit:b:po_00001:EUR"}


def test_a_payout_in_two_currencies_is_two() -> None:
    records = [payout("po_00001"), payout("po_00001", 2000, currency="USD")]
    given = assigned(records, [entry("l", 7, "po_00001", currency="USD")], RULES)
    assert given == {"l": "transit:acme:po_00001:USD"}


def test_what_a_payout_was_given_is_not_open_any_more() -> None:
    record = payout("po_00001")
    given = SettlementRecord(
        record_id=record.record_id,
        provider="bank",
        operations=record.operations,
        lines=(arrived(entry("first"), record),),
    )
    assert assigned([given], [entry("second")], RULES) == {}


def test_a_payout_taken_back_is_an_operation_of_the_same_name_on_the_other_side() -> None:
    record = payout("po_00001")
    back = PayoutSent(
        provider="acme",
        payout_id="po_00001",
        entry_id="je_back",
        amount=Money(-1000, "EUR"),
        returned=True,
        on=DAY,
    )
    both = with_sent(record, [back, back])
    assert [(each.kind.value, each.operation_id) for each in both.operations] == [
        ("arrival", "po_00001"),
        ("arrival_reversed", "po_00001"),
    ]
    assert arrived(entry("l", -1000), both).kind is LineKind.ARRIVAL_REVERSED
    assert arrived(entry("l", 1000), both).kind is LineKind.ARRIVAL


def test_a_collected_payout_arrives_below_zero() -> None:
    record = payout("po_00001", -2500)
    assert arrived(entry("l", -2500), record).kind is LineKind.ARRIVAL
    assert arrived(entry("l", 2500), record).kind is LineKind.ARRIVAL_REVERSED


def test_a_second_payout_of_the_same_name_is_not_lost() -> None:
    record = payout("po_00001")
    twin = PayoutSent(
        provider="acme",
        payout_id="po_00001",
        entry_id="je_twin",
        amount=Money(500, "EUR"),
        returned=False,
        on=DAY,
    )
    operations = with_sent(record, [twin]).operations
    assert [(each.operation_id, each.amount.minor) for each in operations] == [
        ("po_00001", 1000),
        ("po_00001#je_twin", 500),
    ]
