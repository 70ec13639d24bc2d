"""Every night what is known to the books is reconciled, and nothing else is asked for."""

from __future__ import annotations

from datetime import date

import pytest

from accounting import wiring
from accounting.api.nightly import handler
from accounting.application.book import append_once
from accounting.domain.chart_of_accounts import BANK, REVENUE
from accounting.domain.journal import JournalEntry, credit, debit
from accounting.infrastructure.dynamodb_providers import DynamoDbProviders
from shared import clock
from shared.contracts.settlement import LineKind
from shared.persistence.table import Key
from tests.doubles.ledger import authorized, eur, settled
from tests.unit.accounting.reconciled_house import House


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    monkeypatch.setattr(wiring, "records", lambda: house.records)
    monkeypatch.setattr(wiring, "providers", lambda: DynamoDbProviders(house.ledger.table))
    monkeypatch.setattr(clock, "now", lambda: house.ledger.now)
    return house


def asked_tonight(house: House) -> list[tuple[str, date]]:
    runs = [house.records.run(each) for each in handler({}, None)["reconciliations"]]
    return [(run.provider, run.day) for run in runs if run is not None]


def test_a_house_that_has_booked_nothing_reconciles_nothing(house: House) -> None:
    assert asked_tonight(house) == []


def test_a_house_with_one_provider_reconciles_that_one(house: House) -> None:
    house.ledger.hear(authorized(1000, "pay_a"), "pay_a/authorized")
    house.ledger.tick(days=1)
    assert asked_tonight(house) == [("sandbox", date(2026, 1, 2))]


def test_a_provider_of_which_only_lines_are_known_is_reconciled_too(house: House) -> None:
    house.ledger.hear(
        settled(LineKind.CAPTURE, eur(1000), eur(960), eur(40), provider="house-acquirer"), "line/1"
    )
    house.ledger.tick(days=1)
    assert asked_tonight(house) == [("house-acquirer", date(2026, 1, 2))]


def test_an_entry_of_no_provider_makes_none(house: House) -> None:
    ledger = house.ledger
    entry = JournalEntry(
        entry_id="je_1",
        cause_id="by-hand",
        fact="ManualEntry",
        description="by hand",
        postings=(debit(BANK, eur(5)), credit(REVENUE, eur(5))),
        booked_at=ledger.now,
        effective_at=ledger.now,
    )
    append_once([entry], journal=ledger.journal, cause=ledger.cause("by-hand"))
    assert asked_tonight(house) == []


def test_asking_twice_in_a_night_is_asking_once(house: House) -> None:
    house.ledger.hear(authorized(1000, "pay_a"), "pay_a/authorized")
    assert handler({}, None) == handler({}, None)


def test_a_provider_is_noted_once_however_much_is_booked(house: House) -> None:
    for number in range(3):
        house.ledger.hear(authorized(1000, f"pay_{number}"), f"pay_{number}/authorized")
    row = house.ledger.table.get(Key("PROVIDERS", "sandbox"))
    assert row is not None
    assert DynamoDbProviders(house.ledger.table).known() == ["sandbox"]
