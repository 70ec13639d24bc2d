"""The bank's side: payouts in transit are closed by its entries, and what differs is found."""

from __future__ import annotations

from datetime import date

import pytest

from accounting.application.resolve_item import resolve
from accounting.domain.journal import Authorship, Person
from accounting.domain.settlement_record import Resolution
from shared.contracts.accounting import (
    DiscrepancyExplained,
    DiscrepancyFound,
    PayoutArrived,
    ReconciliationCompleted,
)
from shared.contracts.settlement import LineKind
from tests.doubles.ledger import eur
from tests.unit.accounting.banking import bank, books, house_with_a_bank, items, send
from tests.unit.accounting.reconciled_house import DAY, House, counts


@pytest.fixture
def house() -> House:
    return house_with_a_bank()


def told(house: House, kind: type) -> list[object]:
    return [each for each in house.told() if isinstance(each, kind)]


def test_a_bank_entry_is_booked_when_it_is_told_whosever_it_is(house: House) -> None:
    bank(house, "l1", 10457, "po_00001")
    bank(house, "l1", 10457, "po_00001")
    assert books(house) == {"1000": 10457, "1220": -10457, "1900": 0}
    assert items(house) == {"unknown": -10457}


def test_a_payout_that_arrived_is_in_transit_no_more(house: House) -> None:
    send(house, 10457)
    assert books(house) == {"1000": 0, "1220": 10457, "1900": 0}
    bank(house, "l1", 10457, "PAYOUT po_00001")
    house.told()
    run = house.run(provider="bank")
    assert counts(run) == {"matched": (1, 1)}
    assert books(house) == {"1000": 10457, "1220": 0, "1900": 0}
    assert items(house) == {}
    published = house.told()
    assert published[0] == PayoutArrived(
        payout_id="po_00001",
        provider="sandbox",
        line_id="l1",
        amount=eur(10457),
        booked_on=DAY,
    )
    completed = published[-1]
    assert isinstance(completed, ReconciliationCompleted)
    assert (completed.operations, completed.lines, completed.discrepancies) == (1, 1, 0)


def test_the_same_run_again_and_the_next_one_change_nothing(house: House) -> None:
    send(house, 10457)
    bank(house, "l1", 10457, "po_00001")
    house.run(provider="bank")
    before = len(list(house.ledger.journal.entries()))
    house.run(provider="bank")
    assert counts(house.run(provider="bank", name="req-2")) == {}
    assert len(list(house.ledger.journal.entries())) == before


def test_a_payout_is_expected_then_missing_at_the_bank_and_found_when_it_comes(
    house: House,
) -> None:
    send(house, 10457)
    assert counts(house.run(provider="bank")) == {"expected": (1, 0)}
    house.ledger.tick(days=6)
    assert counts(house.run(provider="bank", name="req-2")) == {"missing_external": (1, 0)}
    assert books(house) == {"1000": 0, "1220": 0, "1900": 10457}
    (found,) = told(house, DiscrepancyFound)
    assert isinstance(found, DiscrepancyFound)
    assert (found.provider, found.residual) == ("bank", (eur(10457),))
    bank(house, "l1", 10457, "po_00001")
    assert counts(house.run(provider="bank", name="req-3")) == {"timing": (1, 1)}
    assert books(house) == {"1000": 10457, "1220": 0, "1900": 0}
    assert len(told(house, DiscrepancyExplained)) == 1


def test_an_entry_that_is_nobodys_waits_in_suspense_until_its_payout_is_told(
    house: House,
) -> None:
    bank(house, "l1", 10457, "po_00001")
    assert counts(house.run(provider="bank")) == {"missing_internal": (0, 1)}
    assert books(house) == {"1000": 10457, "1220": 0, "1900": -10457}
    house.ledger.tick(days=1)
    send(house, 10457)
    assert counts(house.run(provider="bank", name="req-2")) == {"matched": (1, 1)}
    assert books(house) == {"1000": 10457, "1220": 0, "1900": 0}
    assert items(house) == {}
    assert list(house.records.open_records("bank", after="")) == []
    assert counts(house.run(provider="bank", name="req-3")) == {}


def test_an_entry_of_something_else_is_explained_by_a_person(house: House) -> None:
    bank(house, "l1", -250, "account fee")
    house.run(provider="bank")
    assert books(house) == {"1000": -250, "1220": 0, "1900": 250}
    done = resolve(
        "line:l1~line:l1",
        Resolution(account="5000", by=Authorship(actor=Person("k", "ann"), reason="bank fee")),
        journal=house.ledger.journal,
        records=house.records,
        cause=house.ledger.cause("r-1"),
    )
    assert done.entry is not None
    assert (house.ledger.balance("5000"), house.ledger.balance("1900")) == (250, 0)
    send(house, -250)  # too late: what a person explained is not given to a payout
    assert counts(house.run(provider="bank", name="req-2")) == {"expected": (1, 0)}
    assert house.ledger.balance("5000") == 250


@pytest.mark.parametrize(("minor", "suspense"), [(10450, 7), (10460, -3)])
def test_what_arrived_otherwise_than_sent_stands_in_suspense(
    house: House, minor: int, suspense: int
) -> None:
    send(house, 10457)
    bank(house, "l1", minor, "po_00001")
    assert counts(house.run(provider="bank")) == {"amount_mismatch": (1, 1)}
    assert books(house) == {"1000": minor, "1220": 0, "1900": suspense}
    assert items(house) == {}


def test_a_payout_in_two_entries_is_split_and_explained_by_the_second(house: House) -> None:
    send(house, 10457)
    bank(house, "l1", 10000, "po_00001")
    house.run(provider="bank")
    assert books(house) == {"1000": 10000, "1220": 0, "1900": 457}
    house.ledger.tick(days=1)
    bank(house, "l2", 457, "po_00001 rest")
    assert counts(house.run(provider="bank", name="req-2")) == {"split": (1, 2)}
    assert books(house) == {"1000": 10457, "1220": 0, "1900": 0}


def test_a_payout_paid_twice_is_a_duplicate(house: House) -> None:
    send(house, 10457)
    bank(house, "l1", 10457, "po_00001")
    bank(house, "l2", 10457, "po_00001")
    assert counts(house.run(provider="bank")) == {"matched": (1, 1), "duplicate": (0, 1)}
    assert books(house) == {"1000": 20914, "1220": 0, "1900": -10457}


def test_a_negative_payout_is_collected_from_the_bank(house: House) -> None:
    send(house, -2500)
    assert books(house) == {"1000": 0, "1220": -2500, "1900": 0}
    bank(house, "l1", -2500)
    assert counts(house.run(provider="bank")) == {"matched": (1, 1)}
    assert books(house) == {"1000": -2500, "1220": 0, "1900": 0}
    assert items(house) == {}


def test_a_payout_that_the_bank_sent_back_leaves_nothing_open(house: House) -> None:
    send(house, 10457)
    bank(house, "l1", 10457, "po_00001")
    house.run(provider="bank")
    house.ledger.tick(days=1)
    send(house, 10457, kind=LineKind.PAYOUT_REVERSED)
    assert counts(house.run(provider="bank", name="req-2")) == {
        "matched": (1, 1),
        "expected": (1, 0),
    }
    bank(house, "l2", -10457, "RETURN po_00001")
    assert counts(house.run(provider="bank", name="req-3")) == {"matched": (2, 2)}
    assert books(house) == {"1000": 0, "1220": 0, "1900": 0}
    assert items(house) == {}


def test_a_payout_that_came_back_before_it_arrived_asks_nothing_of_the_bank(house: House) -> None:
    send(house, 10457)
    send(house, 10457, kind=LineKind.PAYOUT_REVERSED)
    assert counts(house.run(provider="bank")) == {"matched": (2, 0)}
    assert books(house) == {"1000": 0, "1220": 0, "1900": 0}
    assert list(house.records.open_records("bank", after="")) == []


def test_a_cent_of_another_payout_is_not_taken_for_it(house: House) -> None:
    send(house, 10457, "po_00001")
    send(house, 10457, "po_00002")
    bank(house, "l1", 10457, "po_00002")
    assert counts(house.run(provider="bank")) == {"matched": (1, 1), "expected": (1, 0)}
    assert items(house) == {"po_00001": 10457}


def test_every_entry_and_payout_ends_in_one_class_and_the_books_add_up(house: House) -> None:
    for number in range(7):
        send(house, 1000 + number, f"po_1000{number}")
        bank(house, f"l{number}", 1000 + number + (number == 3), f"po_1000{number}")
    bank(house, "fee", -42, "account fee")
    house.run(provider="bank")
    run = house.run(provider="bank", name="req-2")
    waiting = [house.records.find(each) for _, each in house.records.open_records("bank", after="")]
    open_ = {str(each.kind) for record in waiting if record for each in record.standing}
    assert open_ == {"amount_mismatch", "missing_internal"}
    assert counts(run) == {"amount_mismatch": (1, 1), "missing_internal": (0, 1)}
    assert books(house) == {"1000": 7021 + 1 - 42, "1220": 0, "1900": -1 + 42}


def test_more_entries_than_one_write_holds_are_given_in_the_next_run(house: House) -> None:
    send(house, 1200)
    for number in range(12):
        bank(house, f"l{number:02d}", 100, f"po_00001 part {number}")
    house.run(provider="bank")
    house.run(provider="bank", name="req-2")
    assert books(house) == {"1000": 1200, "1220": 0, "1900": 0}
    assert items(house) == {}


def test_the_days_of_the_run_are_those_on_which_it_was_told(house: House) -> None:
    bank(house, "l1", 5, "old")
    assert counts(house.run(date(2025, 12, 31), provider="bank")) == {}
