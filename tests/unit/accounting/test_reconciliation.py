"""A run of the reconciliation over the books: what it finds, books, takes back and says."""

from __future__ import annotations

import pytest

from accounting.application.reconcile import reconcile_part
from accounting.domain.manual import Periods
from shared.contracts.accounting import (
    DiscrepancyExplained,
    DiscrepancyFound,
    ReconciliationCompleted,
    ReconciliationRequested,
)
from shared.contracts.settlement import LineKind
from shared.errors.taxonomy import AlreadyHandled
from shared.money import Money
from tests.unit.accounting.reconciled_house import DAY, House, counts
from tests.unit.accounting.reconciling import line


@pytest.fixture
def house() -> House:
    return House()


def test_what_was_captured_and_settled_is_matched(house: House) -> None:
    house.capture("pay_a", 1000)
    house.settle("pay_a", 1000)
    run = house.run()
    assert counts(run) == {"matched": (1, 1)}
    assert house.ledger.balance("1100") == 0
    assert house.ledger.balance("1900") == 0


def test_what_waits_for_its_line_is_expected_and_then_missing(house: House) -> None:
    house.capture("pay_a", 1000)
    assert counts(house.run()) == {"expected": (1, 0)}
    assert house.ledger.balance("1100") == 1000
    house.ledger.tick(days=4)
    assert counts(house.run(name="req-2")) == {"missing_external": (1, 0)}
    assert house.ledger.balance("1100") == 0
    assert house.ledger.balance("1900") == 1000


def test_what_an_earlier_run_left_waiting_is_looked_at_when_its_time_is_over(house: House) -> None:
    house.capture("pay_a", 1000)
    house.ledger.tick(days=1)
    assert counts(house.run()) == {"expected": (1, 0)}
    house.ledger.tick(days=4)  # the days of this run begin where the last one ended
    assert counts(house.run(name="req-2")) == {"missing_external": (1, 0)}
    house.ledger.tick(days=20)  # found once, it stays where it is
    assert counts(house.run(name="req-3")) == {"missing_external": (1, 0)}
    assert house.ledger.balance("1900") == 1000


def test_nothing_that_waits_is_passed_over_between_two_steps(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounting.application.reconcile.PLACES_AT_ONCE", 2)
    for number in range(10):
        house.capture(f"pay_{number}", 1000)
    house.ledger.tick(days=1)
    assert counts(house.run()) == {"expected": (10, 0)}
    house.ledger.tick(days=4)  # beyond the days of their entries
    assert counts(house.run(name="req-2")) == {"missing_external": (10, 0)}
    assert house.ledger.balance("1900") == 10_000


def test_a_payment_whose_opening_was_never_told_is_looked_at_all_the_same(house: House) -> None:
    house.capture("pay_a", 1000, opened=False)
    assert counts(house.run()) == {"expected": (1, 0)}


def test_lines_of_no_payment_are_each_looked_at_alone(house: House) -> None:
    on = house.ledger.now.date()
    for number in range(12):  # l1 is the beginning of l10 and l11
        house.tell(line(f"l{number}", -5, payment_id="", kind=LineKind.FEE, on=on))
    run = house.run()
    assert counts(run) == {"fee_only": (0, 12)}
    assert run.looked_at == 12


def test_a_late_line_explains_itself_and_takes_the_suspense_back(house: House) -> None:
    house.capture("pay_a", 1000)
    house.ledger.tick(days=4)
    house.run()
    house.told()
    house.ledger.tick(days=1)
    house.settle("pay_a", 1000)
    run = house.run(name="req-2")
    assert counts(run) == {"timing": (1, 1)}
    assert house.ledger.balance("1900") == 0
    assert house.ledger.balance("1100") == 0
    explained, completed = house.told()
    assert isinstance(explained, DiscrepancyExplained)
    assert (explained.item_id, explained.kind) == (
        "pay_a~capture:pay_a-capture-1",
        "missing_external",
    )
    assert isinstance(completed, ReconciliationCompleted)
    assert (completed.operations, completed.lines, completed.discrepancies) == (1, 1, 0)


def test_a_cent_too_little_stands_in_suspense_and_is_told_once(house: House) -> None:
    house.capture("pay_a", 1000)
    house.settle("pay_a", 999)
    house.run()
    found, completed = house.told()
    assert isinstance(completed, ReconciliationCompleted)
    assert found == DiscrepancyFound(
        reconciliation_id=completed.reconciliation_id,
        item_id="pay_a~capture:pay_a-capture-1",
        provider="sandbox",
        payment_id="pay_a",
        kind="amount_mismatch",
        residual=(Money(1, "EUR"),),
        since=DAY,
    )
    assert house.ledger.balance("1900") == 1
    house.run(name="req-2")
    assert [type(each) for each in house.told()] == [ReconciliationCompleted]
    assert house.ledger.balance("1900") == 1


def test_a_line_of_nobody_we_know_waits_in_suspense(house: House) -> None:
    on = house.ledger.now.date()
    house.tell(line("l9", 4200, payment_id="", on=on))
    run = house.run()
    assert counts(run) == {"missing_internal": (0, 1)}
    assert house.ledger.balance("1900") == -4200
    assert house.ledger.balance("1100") == 0


def test_a_payout_is_explained_to_the_cent_or_stands_in_suspense(house: House) -> None:
    house.capture("pay_a", 1000)
    house.settle("pay_a", 1000)  # 1000 less 40 of fees
    on = house.ledger.now.date()
    house.tell(line("p1", -900, payment_id="", kind=LineKind.PAYOUT, on=on))
    run = house.run()
    assert [(each.payout_id, str(each.state), each.difference.minor) for each in run.payouts] == [
        ("po_1", "unexplained", -60)
    ]
    assert house.ledger.balance("1900") == 60
    house.ledger.tick(days=1)
    house.tell(line("p2", -60, payment_id="", kind=LineKind.PAYOUT, on=on))
    run = house.run(name="req-2")
    assert [str(each.state) for each in run.payouts] == ["explained"]
    assert house.ledger.balance("1900") == 0


def test_the_same_run_again_changes_nothing(house: House) -> None:
    house.capture("pay_a", 1000)
    house.ledger.tick(days=4)
    first = house.run()
    entries = len(list(house.ledger.journal.entries()))
    assert house.run() == first
    assert len(list(house.ledger.journal.entries())) == entries


def test_a_part_that_is_done_is_not_done_again(house: House) -> None:
    run = house.run()
    part = ReconciliationRequested(
        reconciliation_id=run.reconciliation_id, provider="sandbox", day=run.day, part=1
    )
    with pytest.raises(AlreadyHandled):
        reconcile_part(
            part, books=house.books, periods=Periods(), cause=house.ledger.cause("again")
        )


def test_the_open_receivable_is_what_is_expected(house: House) -> None:
    for number in range(10):
        house.capture(f"pay_{number}", 1000 + number)
    for number in range(0, 6, 2):
        house.settle(f"pay_{number}", 1000 + number, name=f"l{number}")
    house.settle("pay_7", 900, name="l7")
    run = house.run()
    assert counts(run) == {"matched": (3, 3), "amount_mismatch": (1, 1), "expected": (6, 0)}
    # 1001 + 1003 + 1005 + 1006 + 1008 + 1009
    assert house.ledger.balance("1100") == 6032
    assert house.ledger.balance("1900") == 107


def test_a_run_is_done_in_parts_and_counts_each_payment_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounting.application.reconcile.PLACES_AT_ONCE", 2)
    monkeypatch.setattr("accounting.application.reconcile.STEPS_PER_PART", 5)
    for number in range(10):
        house.capture(f"pay_{number}", 1000)
    run = house.run()
    assert counts(run) == {"expected": (10, 0)}
    # twenty entries in ten steps and one that finds none left; no lines; ten that wait, in five
    # steps and one; no payouts; ten items, counted in one step and one: twenty-one
    assert run.part == 5
    assert run.looked_at == 10
