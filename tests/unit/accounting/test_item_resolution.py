"""A person explains an item, above a limit two do, and a later line undoes what they booked."""

from datetime import date

import pytest

from accounting.application.resolve_item import resolve
from accounting.domain.errors import EntryMalformed, ItemNotOpen, SelfApproval, UnknownAccount
from accounting.domain.journal import Authorship, Person
from accounting.domain.resolution import Resolved
from accounting.domain.settlement_record import Resolution
from shared.errors.taxonomy import NotFound
from tests.unit.accounting.reconciled_house import House, counts

ITEM = "pay_a~capture:pay_a-capture-1"
ANNA = Person("operator", "anna")
BEN = Person("supervisor", "ben")


@pytest.fixture
def house() -> House:
    """1,000.00 EUR were captured; the provider settled 0.01 EUR less than that."""
    house = House()
    house.capture("pay_a", 100_000)
    house.settle("pay_a", 99_999)
    house.run()
    return house


def decide(
    house: House, who: Person = ANNA, *, account: str = "5900", item: str = ITEM, name: str = "r-1"
) -> Resolved:
    return resolve(
        item,
        Resolution(account=account, by=Authorship(actor=who, reason="agreed with the provider")),
        journal=house.ledger.journal,
        records=house.records,
        cause=house.ledger.cause(name),
    )


def test_a_person_explains_a_cent(house: House) -> None:
    done = decide(house)
    assert done.entry is not None
    assert (done.entry.by, done.entry.fact) == (
        Authorship(actor=ANNA, reason="agreed with the provider"),
        "DiscrepancyResolved",
    )
    assert (house.ledger.balance("1900"), house.ledger.balance("5900")) == (0, 1)
    assert list(house.records.open_records("sandbox", after="")) == []


def test_the_same_request_again_is_the_same_answer(house: House) -> None:
    assert decide(house).entry == decide(house).entry
    assert house.ledger.balance("5900") == 1


def test_what_is_resolved_is_not_resolved_again(house: House) -> None:
    decide(house)
    with pytest.raises(ItemNotOpen):
        decide(house, BEN, name="r-2")


def test_a_resolved_item_stays_resolved_in_the_next_run(house: House) -> None:
    decide(house)
    house.run(name="req-2")
    assert (house.ledger.balance("1900"), house.ledger.balance("5900")) == (0, 1)


@pytest.fixture
def large() -> House:
    """1,000.01 EUR were captured and never settled: more than one person may explain."""
    house = House()
    house.capture("pay_a", 100_001)
    house.ledger.tick(days=4)
    house.run()
    return house


def test_above_the_limit_a_second_person_agrees(large: House) -> None:
    assert decide(large).entry is None
    assert large.ledger.balance("1900") == 100_001
    done = decide(large, BEN, name="r-2")
    assert done.entry is not None
    assert done.entry.by == Authorship(actor=ANNA, reason="agreed with the provider", approver=BEN)
    assert (large.ledger.balance("1900"), large.ledger.balance("5900")) == (0, 100_001)


def test_a_proposal_that_is_said_again_still_waits(large: House) -> None:
    decide(large)
    assert decide(large, name="r-2").entry is None
    assert large.ledger.balance("5900") == 0


@pytest.mark.parametrize("again", [Person("operator", "carl"), Person("other", "Anna")])
def test_nobody_agrees_with_himself(large: House, again: Person) -> None:
    decide(large)
    with pytest.raises(SelfApproval):
        decide(large, again, name="r-2")
    assert large.ledger.balance("5900") == 0


def test_another_account_is_another_proposal(large: House) -> None:
    decide(large)
    assert decide(large, BEN, account="5000", name="r-2").entry is None
    assert decide(large, ANNA, account="5000", name="r-3").entry is not None
    assert (large.ledger.balance("5000"), large.ledger.balance("5900")) == (100_001, 0)


def test_a_late_line_takes_back_what_a_person_booked(large: House) -> None:
    decide(large)
    decide(large, BEN, name="r-2")
    large.ledger.tick(days=1)
    large.settle("pay_a", 100_001)
    assert counts(large.run(name="req-2")) == {"timing": (1, 1)}
    balances = {code: large.ledger.balance(code) for code in ("1100", "1900", "5900")}
    assert balances == {"1100": 0, "1900": 0, "5900": 0}


@pytest.mark.parametrize(
    ("account", "item", "refusal"),
    [
        ("5900", "pay_b~capture:pay_b-capture-1", NotFound),
        ("5900", "pay_a~capture:other", NotFound),
        ("5900", "pay_a", NotFound),
        ("1900", ITEM, EntryMalformed),
        ("1220", ITEM, EntryMalformed),
        ("0000", ITEM, UnknownAccount),
    ],
)
def test_what_cannot_be_resolved_is_refused_and_books_nothing(
    house: House, account: str, item: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        decide(house, account=account, item=item)
    assert house.ledger.balance("1900") == 1


def test_what_is_only_expected_is_resolved_by_nobody() -> None:
    house = House()
    house.capture("pay_a", 1000)
    assert house.run(date(2026, 1, 2)).totals
    with pytest.raises(ItemNotOpen):
        decide(house)
